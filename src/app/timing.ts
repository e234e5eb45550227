// How long something takes, and what happens when that was too long: by no clock, for a clock may be set. A simulation passes its own.

export type Timing = {
  /** Milliseconds since some moment. They never step back. */
  elapsedMs(): number
  /** Calls back once, after so long, unless what it answers is called before. */
  after(ms: number, work: () => void): () => void
}

export const realTiming: Timing = {
  elapsedMs: () => performance.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms).unref()
    return () => clearTimeout(timer)
  },
}
