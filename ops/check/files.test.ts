import { expect, test } from 'vitest'
import { filesOpenWithTheirPurpose, namesSayWhatIsHeld, noFileIsTooLong } from './files.ts'
import { said } from './made-up.ts'

test('the line after the four hundredth is one too many', () => {
  expect(said(noFileIsTooLong, { 'src/a.ts': 'x\n'.repeat(400) })).toEqual([])
  expect(said(noFileIsTooLong, { 'src/a.ts': 'x\n'.repeat(401) })).toEqual([expect.stringContaining('src/a.ts:401 has 401 lines')])
})

test('names that say nothing are named, in folders, files and exports, each once', () => {
  expect(
    said(namesSayWhatIsHeld, {
      'src/utils/a.ts': '',
      'src/utils/b.ts': '',
      'src/domains/alerts/time-helpers.ts': '',
      'src/domains/alerts/ok.ts': '// A\nexport class AlertManager {}',
    }),
  ).toEqual([
    expect.stringContaining('src/utils:1 "utils"'),
    expect.stringContaining('src/domains/alerts/time-helpers.ts:1 "helpers"'),
    expect.stringContaining('src/domains/alerts/ok.ts:2 "manager" in AlertManager'),
  ])
  expect(said(namesSayWhatIsHeld, { 'src/platform/database/database.ts': 'export const databaseUrl = 1' })).toEqual([])
})

test('a file that does not say what it owns is named', () => {
  expect(said(filesOpenWithTheirPurpose, { 'src/a.ts': 'export const a = 1', 'src/b.ts': '// What b owns.\nexport const b = 1' })).toEqual([
    expect.stringContaining('src/a.ts:1 open the file with'),
  ])
})
