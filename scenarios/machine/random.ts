// Chance from a seed. Each purpose has a stream of its own, so that leaving out operations does not change the organisation that they are done to.
import { createHash } from 'node:crypto'
import { seeded } from '#kernel/random.ts'

export type Random = {
  /** A whole number below 2^32. */
  next(): number
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** One of them, each as likely as the others. Throws RangeError when there is none. */
  one<T>(all: readonly T[]): T
  /** So many of them, none twice, in their order. */
  some<T>(all: readonly T[], count: number): T[]
  /** All of them, in any order. */
  shuffled<T>(all: readonly T[]): T[]
}

/** The stream of this purpose: the same numbers whenever it is asked for. */
export function randomOf(seed: string, purpose: string): Random {
  const next = seeded(createHash('sha256').update(`${seed} ${purpose}`).digest().readUInt32LE(0))
  const between = (least: number, most: number) => least + (next() % (most - least + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability * 2 ** 32,
    one(all) {
      if (all.length === 0) throw new RangeError('there is nothing to choose from')
      return all[between(0, all.length - 1)]!
    },
    some(all, count) {
      const left = all.map((_, index) => index)
      while (left.length > count) left.splice(between(0, left.length - 1), 1)
      return left.map((index) => all[index]!)
    },
    shuffled(all) {
      const left = [...all]
      return all.map(() => left.splice(between(0, left.length - 1), 1)[0]!)
    },
  }
}

/** One of them, those of more weight more often. */
export function oneByWeight<T extends { weight: number }>(all: readonly T[], random: Random): T {
  let left = random.next() % all.reduce((sum, { weight }) => sum + weight, 0)
  for (const one of all) {
    if (left < one.weight) return one
    left -= one.weight
  }
  return all[0]!
}

/** The nth seed after one: 12 hexadecimal digits. */
export const seedAfter = (seed: string, n: number): string => createHash('sha256').update(`${seed} ${n}`).digest('hex').slice(0, 12)
