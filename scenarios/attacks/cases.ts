// The recorded attacks of one class, and the account of them: each is run here, or in a test that is named, or has nothing to attack yet.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

export type Case<Input, Expected> = { id: string; input: Input; expect: Expected; source: string }

export type Account<Input, Expected> = {
  cases: readonly Case<Input, Expected>[]
  /** Runs one case under its id. */
  attack(id: string, what: string, run: (attack: Case<Input, Expected>) => Promise<void> | void): void
  /** A case of which a test in `file` (from the project's folder) is the proof; its id stands there. */
  provedBy(id: string, file: string): void
  /** A case, or with `part` a part of one, whose surface is not there. `why` says what is missing. */
  nothingYet(id: string, why: string, part?: string): void
  /** Called last: fails when a case of the file is not accounted for. */
  close(): void
}

/** `name` is a file of `scenarios/fixtures/attacks`, without its ending. */
export function attacksOf<Input, Expected>(name: string): Account<Input, Expected> {
  const cases = JSON.parse(readFileSync(new URL(`../fixtures/attacks/${name}.json`, import.meta.url), 'utf8')) as Case<Input, Expected>[]
  const accounted = new Set<string>()
  const find = (id: string) => {
    const found = cases.find((one) => one.id === id)
    if (!found) throw new Error(`${name}.json has no ${id}`)
    return found
  }
  return {
    cases,
    attack(id, what, run) {
      const found = find(id)
      accounted.add(id)
      test(`${id}: ${what}`, () => run(found))
    },
    provedBy(id, file) {
      find(id)
      accounted.add(id)
      test(`${id} is proved by ${file}`, () => {
        const path = fileURLToPath(new URL(`../../${file}`, import.meta.url))
        expect([file, existsSync(path)]).toEqual([file, true])
        expect(readFileSync(path, 'utf8')).toContain(id)
      })
    },
    nothingYet(id, why, part) {
      find(id)
      if (part === undefined) accounted.add(id)
      test.skip(`${id}${part === undefined ? '' : `, ${part}`}: nothing to attack yet, for ${why}`, () => {})
    },
    close() {
      test(`every case of ${name}.json is run, proved elsewhere, or listed with what is missing`, () => {
        expect(cases.map(({ id }) => id).filter((id) => !accounted.has(id))).toEqual([])
        expect(cases.length).toBeGreaterThan(0)
      })
    },
  }
}
