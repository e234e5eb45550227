import { expect, test } from 'vitest'
import { said } from './made-up.ts'
import { slicesMeetAtTheDoor, slicesSeeOnlyThoseBefore } from './slices.ts'

test('a slice that sees one after it is named, with the way out of it', () => {
  expect(said(slicesSeeOnlyThoseBefore, { 'src/domains/alerts/a.ts': `import type { Page } from '#domains/oncall/index.ts'` })).toEqual([
    expect.stringMatching(/^src\/domains\/alerts\/a\.ts:1 alerts may not see oncall.*let oncall react/),
  ])
  expect(said(slicesSeeOnlyThoseBefore, { 'src/domains/oncall/a.ts': `import { findGroup } from '#domains/alerts/index.ts'` })).toEqual([])
})

test('a slice without a place in the order is named', () => {
  expect(said(slicesSeeOnlyThoseBefore, { 'src/domains/billing/a.ts': '' })).toEqual([expect.stringContaining('billing has no place')])
})

test('a slice is entered by its door; its tests may reach in', () => {
  const text = `import { findAlert } from '#domains/alerts/store.ts'`
  expect(said(slicesMeetAtTheDoor, { 'src/domains/oncall/a.ts': text, 'src/app/b.ts': text })).toEqual([
    expect.stringContaining('import from #domains/alerts/index.ts'),
    expect.stringContaining('import from #domains/alerts/index.ts'),
  ])
  expect(said(slicesMeetAtTheDoor, { 'src/domains/oncall/a.test.ts': text, 'src/domains/alerts/b.ts': text })).toEqual([])
})
