// Chance with a seed: what one run drew, every other run with the same seed draws.
import { seeded } from '#kernel/random.ts'

export type Chance = {
  /** A whole number from 0 to below `below`. */
  below(below: number): number
  /** True in one of `times`. */
  oneIn(times: number): boolean
  pick<T>(items: readonly T[]): T
  bytes(length: number): Buffer
}

/** Drawn from (seed, run), so that a run can be had without those before it. */
export function chanceOf(seed: number, run: number): Chance {
  const next = seeded(Math.imul(seed >>> 0, 0x9e3779b1) ^ Math.imul(run + 1, 0x85ebca6b))
  const below = (most: number) => Math.floor((next() / 2 ** 32) * most)
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick: (items) => items[below(items.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  }
}
