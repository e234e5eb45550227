// The seeds that are kept: each found something once, and runs first for ever.
import { readFileSync } from 'node:fs'

/** Of `seeds.txt`: a seed, and the sentence that says what it found. */
export const keptSeeds = (): { seed: string; why: string }[] =>
  readFileSync(new URL('seeds.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ seed: line.slice(0, line.indexOf(' ')), why: line.slice(line.indexOf(' ') + 1) }))
