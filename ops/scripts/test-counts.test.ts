import { expect, test } from 'vitest'
import { countsOf, spokenCounts, sumOf } from './test-counts.ts'

const report = (change: object) => () =>
  JSON.stringify({ numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, success: true, ...change })

test.each([
  ['all green', report({}), 0, { passed: 5, failed: 0, skipped: 0 }],
  [
    'failed and skipped ones',
    report({ numFailedTests: 2, numPendingTests: 1, numTodoTests: 1, success: false }),
    1,
    { passed: 5, failed: 2, skipped: 2 },
  ],
  ['a file that did not load counts as one failure', report({ success: false }), 1, { passed: 5, failed: 1, skipped: 0 }],
  ['an error outside of tests counts as one failure', report({}), 1, { passed: 5, failed: 1, skipped: 0 }],
  [
    'a report that is not there counts as one failure',
    () => {
      throw new Error('no file')
    },
    0,
    { passed: 0, failed: 1, skipped: 0 },
  ],
])('%s', (_, read, code, expected) => expect(countsOf(read, code)).toEqual(expected))

test('the sum is said in the plain form', () => {
  expect(
    spokenCounts(
      sumOf([
        { passed: 5, failed: 0, skipped: 1 },
        { passed: 2, failed: 1, skipped: 0 },
      ]),
    ),
  ).toBe('7 passed, 1 failed, 1 skipped')
  expect(spokenCounts({ passed: 7, failed: 0, skipped: 0 })).toBe('7 passed, 0 failed')
})
