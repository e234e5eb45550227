import { expect, test } from 'vitest'
import { said } from './made-up.ts'
import { sqlAsksNoClock, timeAndChanceAreParameters } from './time-and-chance.ts'

test.each([
  ['src/domains/alerts/a.ts', 'const at = Date.now()', 'take `now`'],
  ['src/domains/alerts/a.ts', 'const at = new Date()', 'take `now`'],
  ['src/platform/a.ts', 'const at = Temporal.Now.instant()', 'take `now`'],
  ['src/platform/a.ts', 'const wait = Math.random() * 5', 'take `now`'],
  ['web/pages/a.tsx', 'const at = Date.now()', 'web/ui/now.ts'],
])('%s: %s is named', (path, text, expected) => {
  expect(said(timeAndChanceAreParameters, { [path]: text })).toEqual([expect.stringContaining(expected)])
})

test('the clock itself, a given time, comments and tests pass', () => {
  expect(
    said(timeAndChanceAreParameters, {
      'src/app/node.ts': 'const clock = { now: () => instant(Date.now()) }',
      'web/ui/now.ts': 'Date.now()',
      'src/kernel/time.ts': 'const date = new Date(value) // not Date.now()',
      'src/kernel/time.test.ts': 'Date.now()',
    }),
  ).toEqual([])
})

test('a statement that asks the database for the time is named', () => {
  expect(said(sqlAsksNoClock, { 'src/domains/a/store.ts': 'const now = 1\nsql`select 1\n where at < now()`' })).toEqual([
    expect.stringContaining('src/domains/a/store.ts:3'),
  ])
  expect(said(sqlAsksNoClock, { 'src/domains/a/store.ts': 'sql`select 1 where at < ${clock.now()}`' })).toEqual([])
})
