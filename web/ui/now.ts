// The browser's one clock. Everything that counts subscribes here, so that all digits change together and nothing ticks unseen.
import { useSyncExternalStore } from 'react'
import { nowBeside } from './time-words.ts'

const listeners = new Set<() => void>()
let serverAheadMs = 0
let current = Date.now()
let timer: ReturnType<typeof setTimeout> | undefined

/** Epoch milliseconds by this machine's own clock, right or wrong. */
export const ownMs = (): number => Date.now()

/** Epoch milliseconds now, by the server's clock once it is known. */
export const nowMs = (): number => ownMs() + serverAheadMs

/** Clocks so far apart count as one: digits that jump by half a second say nothing new. */
const sameMs = 1000

/**
 * Hears what the server's clock said, to the second, in an answer to what was asked at `askedMs` of `ownMs`: somewhere between then and now. A clock that
 * can have said the same is left alone, however long the answer took; one that cannot is wrong, and times are told by the server's.
 */
export function setServerTime(serverMs: number, askedMs: number): void {
  const [least, most] = [serverMs - ownMs(), serverMs + 1000 - askedMs]
  const mayBe = (aheadMs: number) => aheadMs >= least - sameMs && aheadMs <= most + sameMs
  if (!mayBe(serverAheadMs)) serverAheadMs = mayBe(0) ? 0 : (least + most) / 2
}

/** Epoch milliseconds, renewed every `everySeconds` (1, 60 …), and at once after the tab was hidden. */
export function useNow(everySeconds = 1): number {
  const step = everySeconds * 1000
  const read = () => Math.floor(current / step) * step
  return useSyncExternalStore(subscribe, read, read)
}

/** Epoch milliseconds, renewed as often as the words of this moment may change: `moving` ones say how far away it is. */
export function useNowBeside(atMs: number, moving: boolean): number {
  const read = () => (moving ? nowBeside(atMs, current) : Math.floor(current / 60_000) * 60_000)
  return useSyncExternalStore(subscribe, read, read)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (listeners.size === 1) {
    tick()
    document.addEventListener('visibilitychange', tick)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', tick)
  }
}

// Wakes at the turn of each second, not a second after the last call, so that the digits do not drift.
function tick(): void {
  clearTimeout(timer)
  current = nowMs()
  for (const listener of listeners) listener()
  if (!document.hidden) timer = setTimeout(tick, 1000 - (nowMs() % 1000))
}
