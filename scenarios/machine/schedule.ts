// Everything that may happen next, in one list. Work stands still at each border of a transaction and of a call to the outside until it is let go on,
// one piece at a time; nothing else moves.
import { AsyncLocalStorage } from 'node:async_hooks'
import { epochMs, type Clock, type Instant } from '#kernel/time.ts'

/** One line of work of a node: a request, or a worker's. */
export type Task = {
  name: string
  node: string
  /** How many transactions had been committed when the last one of this task began. */
  seen: number
  /** When that was. */
  lookedAt: Instant
  /** Its node died. */
  isGone: boolean
}

type Parked = { task: Task; what: string; notBefore: number; goOn: () => void }

export type Schedule = ReturnType<typeof createSchedule>

export function createSchedule(clock: Clock) {
  const here = new AsyncLocalStorage<Task>()
  const parked: Parked[] = []
  const running = new Set<Task>()
  let busy = 0

  return {
    /** The task in which this is called. Throws outside of one. */
    current(): Task {
      const task = here.getStore()
      if (!task) throw new Error('this runs in no task of the machine')
      return task
    },
    /** Begins a task; `ended` hears of its end, never when its node died before. */
    begin<T>(name: string, node: string, work: () => Promise<T>, ended: (answer: T | undefined, error: unknown) => void): Task {
      const task: Task = { name, node, seen: 0, lookedAt: clock.now(), isGone: false }
      running.add(task)
      const end = (answer: T | undefined, error: unknown) => {
        if (running.delete(task)) ended(answer, error)
      }
      void here.run(task, () =>
        work().then(
          (answer) => end(answer, undefined),
          (error: unknown) => end(undefined, error),
        ),
      )
      return task
    },
    /** Stands still here until it is chosen; never before `notBefore`. */
    gate(what: string, notBefore?: Instant): Promise<void> {
      const task = here.getStore()
      // Also what goes on after its own request was answered, as a commit of several requests does.
      if (!task || task.isGone) return new Promise(() => {})
      return new Promise((goOn) => void parked.push({ task, what, notBefore: notBefore ? epochMs(notBefore) : 0, goOn }))
    },
    /** Calls back when so much time has passed, unless what it answers is called before. */
    later(what: string, notBefore: Instant, goOn: () => void): () => void {
      const task = here.getStore()
      if (!task || task.isGone) return () => {}
      const one = { task, what, notBefore: epochMs(notBefore), goOn }
      parked.push(one)
      return () => {
        const place = parked.indexOf(one)
        if (place !== -1) parked.splice(place, 1)
      }
    },
    /** Something that the machine itself waits for, as a transaction is. */
    async during<T>(work: () => Promise<T>): Promise<T> {
      busy++
      try {
        return await work()
      } finally {
        busy--
      }
    },
    /** What could go on now, of nodes that are not in `still`. */
    ready: (still: ReadonlySet<string>): Parked[] =>
      parked.filter(({ task, notBefore }) => notBefore <= epochMs(clock.now()) && !still.has(task.node)),
    async let(one: Parked): Promise<void> {
      parked.splice(parked.indexOf(one), 1)
      one.goOn()
    },
    /** When the next one that waits for a time may go on, in epoch milliseconds. */
    nextTime: (): number | undefined =>
      parked
        .map(({ notBefore }) => notBefore)
        .filter((at) => at > epochMs(clock.now()))
        .sort((a, b) => a - b)[0],
    /** Resolves when nothing moves any more by itself. */
    async stillness(): Promise<void> {
      do await new Promise((resolve) => setImmediate(resolve))
      while (busy > 0)
    },
    /** The node is gone: what it was doing never goes on. */
    drop(node: string): void {
      for (let i = parked.length - 1; i >= 0; i--) if (parked[i]!.task.node === node) parked.splice(i, 1)[0]!.task.isGone = true
      for (const task of running) {
        if (task.node !== node) continue
        task.isGone = true
        running.delete(task)
      }
    },
    running: (node?: string): Task[] => [...running].filter((task) => node === undefined || task.node === node),
  }
}
