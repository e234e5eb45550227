// One node has one thread: what a sender's eight bodies cost to read, all others would wait for. So each sender reads one at a time, and after each the
// others have their turn.

/** Runs `work` when earlier work of the same key is done and others could do theirs; at once when there is none. */
export type Turns = <T>(key: string, work: () => T | Promise<T>) => Promise<T>

export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>()
  return async (key, work) => {
    const before = last.get(key)
    let done = () => {}
    const mine = new Promise<void>((resolve) => void (done = resolve))
    last.set(key, mine)
    if (before) await before
    try {
      return await work()
    } finally {
      // After whatever has come in meanwhile.
      setImmediate(() => {
        if (last.get(key) === mine) last.delete(key)
        done()
      })
    }
  }
}
