// One node of a run: a process that is started, killed, hung and stopped, and that is started again when it ends by itself.
import { appendFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { exitCodes } from '#app/cli/exit.ts'
import { startTocsin } from '../../../ops/real/programs.ts'
import type { Diary } from './diary.ts'
import type { Proxy } from './proxy.ts'

export type Member = {
  name: string
  port: number
  /** Its ways. */
  database: Proxy
  mail: Proxy
  readonly state: 'down' | 'up' | 'hung'
  start(): Promise<void>
  /** SIGKILL, and a new process when `lasts` has resolved; resolves when that one serves. */
  kill(lasts?: () => Promise<void>): Promise<void>
  /** SIGSTOP, and SIGCONT when `lasts` has resolved. */
  hang(lasts: () => Promise<void>): Promise<void>
  /** SIGTERM, and a new process. */
  restart(): Promise<void>
  /** SIGTERM. Answers the exit code, null when it had to be killed. */
  stop(): Promise<number | null>
  /** SIGKILL, for good, and without waiting. */
  abandon(): void
}

const stopsWithinMs = 25_000
const wrongClock = fileURLToPath(new URL('../../../ops/real/wrong-clock.ts', import.meta.url))
/** A node that begins while its database is away goes by its machine's clock, so that this is right then. */
const rightForMs = 5000

/** A node that is not started yet, with its data in `folder` and its log beside it. Its machine's clock is wrong by `wrongMs`. */
export function createMember(
  name: string,
  port: number,
  ways: Pick<Member, 'database' | 'mail'>,
  environment: Record<string, string>,
  folder: string,
  wrongMs: number,
  diary: Diary,
): Member {
  let starts = 0
  let node: Awaited<ReturnType<typeof startTocsin>> | undefined
  let state: Member['state'] = 'down'
  let isOver = false
  const heard = (text: string) => appendFileSync(`${folder}.log`, text)

  /** Wrong from the start on while nothing else can be wrong, and set so a while after every other. */
  const clock = (): Record<string, string> => ({
    NODE_OPTIONS: `--import=${wrongClock}`,
    WRONG_CLOCK_MS: String(wrongMs),
    WRONG_CLOCK_AFTER_MS: String(starts++ === 0 ? 0 : rightForMs),
  })

  const start = async (): Promise<void> => {
    const started = diary.begin({ kind: 'starting', place: 'node', node: name })
    const began = Date.now()
    while (!isOver) {
      try {
        node = await startTocsin(port, { ...environment, ...clock() }, folder, undefined, heard)
        break
      } catch (error) {
        diary.say(name, 'does not start', error instanceof Error ? error.message.slice(-300) : String(error))
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
    started()
    state = 'up'
    const mine = node
    void mine?.exit.then((code) => {
      if (node !== mine || state === 'down') return
      state = 'down'
      const sentence = `node ${name} ended by itself with ${code} ${((Date.now() - began) / 1000).toFixed(1)} s after its start`
      // It gave its start up, for the database went away meanwhile: then it was of no use from its start on.
      if (code === exitCodes.unavailable) diary.spans.push({ kind: 'starting', place: 'node', node: name, from: began, to: Date.now() })
      else diary.wrong.push({ invariant: 'nodes', sentence })
      diary.say(name, sentence)
      void start()
    })
  }
  const end = async (): Promise<number | null> => {
    if (!node || state === 'down') return 0
    state = 'down'
    const began = performance.now()
    process.kill(node.pid, 'SIGTERM')
    const late = setTimeout(() => process.kill(node!.pid, 'SIGKILL'), stopsWithinMs)
    const code = await node.exit
    clearTimeout(late)
    diary.say(name, 'has stopped', `with ${code} after ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return code
  }
  return {
    name,
    port,
    ...ways,
    get state() {
      return state
    },
    start,
    async kill(lasts) {
      state = 'down'
      await node?.kill()
      await lasts?.()
      await start()
    },
    async hang(lasts) {
      const { pid } = node!
      state = 'hung'
      process.kill(pid, 'SIGSTOP')
      await lasts()
      process.kill(pid, 'SIGCONT')
      state = 'up'
    },
    async restart() {
      await end()
      await start()
    },
    stop() {
      isOver = true
      return end()
    },
    abandon() {
      isOver = true
      if (node && state !== 'down') process.kill(node.pid, 'SIGKILL')
    },
  }
}
