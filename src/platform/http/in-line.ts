// Whoever is served one after the other where all come at the same moment: so many at once, and then so many a second, in the order in which they came.

export type Line = {
  /** Resolves when it is one's turn. */
  turn(): Promise<void>
}

export function createLine(perSecond: number): Line {
  const waiting: (() => void)[] = []
  let free = perSecond
  let timer: NodeJS.Timeout | undefined

  const tick = () => {
    const first = waiting.shift()
    if (first) first()
    else free += 1
    if (waiting.length === 0 && free >= perSecond) {
      clearInterval(timer)
      timer = undefined
    }
  }

  return {
    turn() {
      timer ??= setInterval(tick, 1000 / perSecond).unref()
      if (free === 0) return new Promise((resolve) => void waiting.push(resolve))
      free -= 1
      return Promise.resolve()
    },
  }
}
