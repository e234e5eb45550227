import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { staleFiles } from './stale.ts'

test('a generated file that is old or missing is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stale-'))
  writeFileSync(join(folder, 'current.ts'), 'new')
  writeFileSync(join(folder, 'old.ts'), 'old')
  const file = (path: string) => ({ path, text: () => 'new' })
  expect(staleFiles([file('current.ts'), file('old.ts'), file('gone.ts')], folder)).toEqual([
    'old.ts is not current: run `npm run generate`',
    'gone.ts is not current: run `npm run generate`',
  ])
  rmSync(folder, { recursive: true })
})
