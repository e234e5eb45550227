// Attacks on a sandbox for users' scripts. There is none: conditions and templates are total languages, and no file runs a text as code.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { attacksOf } from './cases.ts'

const { cases, nothingYet, close } = attacksOf('sandbox')

for (const { id } of cases) nothingYet(id, 'no step of a runbook and no other place takes a script')

test('nothing in the server makes code of a text', () => {
  const root = fileURLToPath(new URL('../../src', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )
  expect(files.length).toBeGreaterThan(100)
  const code = /\beval\(|new Function\(|node:vm|\bimport\([^'")]/
  expect(files.filter((file) => code.test(readFileSync(`${root}/${file}`, 'utf8')))).toEqual([])
})

close()
