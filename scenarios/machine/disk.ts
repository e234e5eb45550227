// The disk of a node: it outlives the node, and of what was not on it for certain when the node crashed, a part is lost.
import type { KnownFile } from '#app/outage/known-file.ts'
import type { Folder, GrowingFile } from '#app/outage/folder.ts'
import type { LastKnown } from '#app/outage/last-known.ts'
import type { FaultKind, Faults } from './faults.ts'
import type { Random } from './random.ts'
import type { Seen } from './record.ts'
import type { Schedule } from './schedule.ts'

export type Disk = {
  folder: Folder
  known: KnownFile
  /** Whether there is a file in the folder. */
  holds(): boolean
  /** Its node is gone. */
  crashed(): void
}

type World = {
  schedule: Schedule
  faults: Faults
  random: Random
  seen: Seen
  crashed: (how: FaultKind) => void
  /** Hears that the last file of the folder is gone. */
  emptied: () => void
}

const full = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
const never = <T>(): Promise<T> => new Promise<T>(() => {})

export function createDisk({ schedule, faults, random, seen, crashed, emptied }: World): Disk {
  const files = new Map<string, { text: string; certain: number }>()
  let kept: LastKnown | undefined

  /** Each thing that the disk does takes until it is chosen, and may be the last one of its node. */
  async function work(before: () => void = () => {}): Promise<void> {
    await schedule.gate('the disk')
    if (!faults.strikes('crash at the disk')) return
    before()
    crashed('crash at the disk')
    return never()
  }

  const growing = (file: { text: string; certain: number }): GrowingFile => ({
    async append(text) {
      const part = text.slice(0, random.between(0, text.length))
      await work(() => void (file.text += part))
      if (faults.strikes('disk full')) {
        file.text += part
        seen.reached.add('a disk that was full')
        throw full()
      }
      file.text += text
    },
    async sync() {
      await work()
      file.certain = file.text.length
    },
    close: () => Promise.resolve(),
  })

  return {
    folder: {
      names: (suffix) => [...files.keys()].filter((name) => name.endsWith(suffix)).sort(),
      async create(name, begun) {
        await work()
        if (faults.strikes('disk full')) throw full()
        const file = { text: '', certain: 0 }
        files.set(name, file)
        begun()
        await work()
        return growing(file)
      },
      async *lines(name) {
        await work()
        const lines = (files.get(name)?.text ?? '').split('\n')
        const isTorn = lines.at(-1) !== ''
        if (!isTorn) lines.pop()
        else seen.reached.add('a file that ends in the middle of a line')
        const last = lines.length - 1
        for (const [n, line] of lines.entries()) yield n === last && isTorn ? line : `${line}\n`
      },
      async remove(name) {
        await work()
        if (files.delete(name) && files.size === 0) emptied()
      },
      setAside: (name) => Promise.reject(new Error(`${name} is set aside, and this disk damages nothing`)),
    },
    known: {
      read: () => kept,
      async write(known) {
        await work()
        kept = structuredClone(known)
      },
    },
    holds: () => files.size > 0,
    crashed() {
      for (const file of files.values()) {
        file.text = file.text.slice(0, file.certain + random.between(0, file.text.length - file.certain))
        file.certain = file.text.length
      }
    },
  }
}
