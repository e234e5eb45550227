import { describe, expect, test } from 'vitest'
import { compileCondition, evaluate, maxConditionBytes, type Declarations } from './conditions.ts'
import { instant } from './time.ts'

const declarations = {
  severity: 'text',
  title: 'text',
  count: 'number',
  paging: 'boolean',
  startedAt: 'instant',
  teams: 'texts',
  labels: 'labels',
  details: 'json',
} as const satisfies Declarations

const values = {
  severity: 'critical',
  title: 'Checkout 🙂 is slow',
  count: 5,
  paging: true,
  startedAt: instant('2026-11-24T10:00:00Z'),
  teams: ['payments', 'web'],
  labels: { env: 'production', team: 'payments' },
  details: { errors: 3, codes: [500, 502], note: null, host: { name: 'web-1' } },
}

const compiled = (source: string) => {
  const condition = compileCondition(source, declarations)
  if ('faults' in condition) throw new Error(JSON.stringify(condition.faults))
  return condition
}
const answer = (source: string, changed: Record<string, unknown> = {}) => evaluate(compiled(source), { ...values, ...changed })
const faultsOf = (source: string) => {
  const condition = compileCondition(source, declarations)
  return 'faults' in condition ? condition.faults : []
}

describe('a condition is answered with its reason', () => {
  test.each<[source: string, holds: boolean, reason: string]>([
    ['severity == "critical"', true, '`severity == "critical"` holds: severity is "critical"'],
    ['severity == "critical" && labels.env == "staging"', false, '`labels.env == "staging"` does not hold: labels.env is "production"'],
    ['severity == "error" || count > 4', true, '`count > 4` holds: count is 5'],
    ['severity == "error" && labels.gone == "x"', false, '`severity == "error"` does not hold: severity is "critical"'],
    ['count > 4 && paging', true, '`count > 4 && paging` holds: count is 5, paging is true'],
    ['has(labels.squad)', false, '`has(labels.squad)` does not hold: labels.squad is missing'],
    [
      'has(labels.team) && labels["team"] == "payments"',
      true,
      '`has(labels.team) && labels["team"] == "payments"` holds: labels.team is "payments", labels["team"] is "payments"',
    ],
    ['"team" in labels', true, '`"team" in labels` holds: labels is {"env":"production","team":"payments"}'],
  ])('%s', (source, holds, reason) => expect(answer(source)).toEqual({ holds, reason }))
})

describe('numbers are doubles, however they are written', () => {
  test.each<[string, boolean]>([
    ['count == 5', true],
    ['count == 5.0', true],
    ['5 == count', true],
    ['count != 5', false],
    ['count + 1 == 6.0', true],
    ['count * 2 > 9.5', true],
    ['count / 2 == 2.5', true],
    ['count % 2 == 1', true],
    ['-count < 0', true],
    ['count in [4, 5]', true],
    ['count - (3 - 2) == 4', true],
    ['details.errors == 3', true],
    ['details.errors + 1 >= 4', true],
    ['details.errors in [3, 4]', true],
    ['details.codes[0] == 500', true],
    ['details.codes.exists(code, code >= 502)', true],
    ['size(teams) == 2', true],
    ['teams.size() > 1.5', true],
    ['1.00000000001 > 1.0', true],
  ])('%s', (source, holds) => expect(answer(source)).toMatchObject({ holds }))
})

describe('the rest of the language', () => {
  test.each<[string, boolean]>([
    ['title.matches("^Check.*slow$")', true],
    ['title.matches("(?i)checkout")', true],
    ['title.contains("🙂")', true],
    ['title == "Checkout 🙂 is slow"', true],
    ['teams.exists(team, team.matches("pay.*"))', true],
    ['teams.all(team, team.startsWith("x"))', false],
    ['teams.filter(team, team == "web").size() == 1', true],
    ['labels.exists(name, name.endsWith("v"))', true],
    ['severity.upperAscii() == "CRITICAL"', true],
    ['startedAt > timestamp("2026-11-24T09:59:59Z")', true],
    ['startedAt - timestamp("2026-11-24T09:00:00Z") == duration("1h")', true],
    ['details.note == null', true],
    ['has(details.host.name)', true],
    ['count > 4 ? paging : false', true],
    ['labels == {"env": "production", "team": "payments"}', true],
    ['double("2.5") < count', true],
    ['{"a": title}.exists(k, k.matches("a"))', true],
    ['(paging ? title : severity).matches("slow")', true],
  ])('%s', (source, holds) => expect(answer(source)).toMatchObject({ holds }))
})

describe('what cannot be told is an error, never a no', () => {
  test.each<[source: string, changed: Record<string, unknown>, error: string]>([
    ['labels.squad == "a"', {}, 'No such key: squad'],
    ['details.host.zone == "a"', {}, 'No such key: zone'],
    ['has(details.nope.deeper)', {}, 'No such key: nope'],
    ['labels.constructor == "a"', {}, 'No such key: constructor'],
    ['details.host', {}, '`details.host` is not yes or no'],
    ['count > 1', { count: undefined }, 'Unknown variable: count'],
    ['severity == "a"', { severity: 3 }, "Variable 'severity' is not of type 'string', got 'double'"],
    [
      'details.codes.exists(code, code == 1)',
      { details: { codes: Array.from({ length: 501 }, (_, i) => i) } },
      'details.codes has 501 entries; a condition looks at 500 at most',
    ],
    [
      'details.a == 1',
      { details: JSON.parse('{"a":'.repeat(40) + '1' + '}'.repeat(40)) as unknown },
      `details${'.a'.repeat(33)} is nested deeper than 32`,
    ],
    ['title.matches("(a{1,30}){1,30}$")', { title: 'a'.repeat(60_000) }, 'the texts are too long for this condition'],
  ])('%s', (source, changed, error) => expect(answer(source, changed)).toEqual({ error }))
})

describe('a fault names its place', () => {
  test.each<[source: string, path: string, message: RegExp, range: { start: number; end: number }]>([
    ['severity == 5', '1:1', /no such overload: string == double/, { start: 0, end: 13 }],
    ['paging &&\n  nope', '2:3', /Unknown variable: nope/, { start: 12, end: 16 }],
    ['paging &&', '1:10', /Unexpected token: EOF/, { start: 9, end: 9 }],
    ['severity', '1:1', /is a text; a condition is yes or no/, { start: 0, end: 8 }],
    ['count', '1:1', /is a number; a condition is yes or no/, { start: 0, end: 5 }],
    ['title.matches("a(b")', '1:15', /missing closing \)/, { start: 14, end: 19 }],
    ['paging || title.matches(labels.pattern)', '1:11', /written out in quotes/, { start: 10, end: 39 }],
    ['count.contains("a")', '1:1', /found no matching overload for 'double.contains\(string\)'/, { start: 0, end: 19 }],
    ['title.split("").size() > 1', '1:1', /there is no function `split` here/, { start: 0, end: 15 }],
    ['cel.bind(x, title, x == "a")', '1:1', /there is no function `bind` here/, { start: 0, end: 28 }],
    ['title + title == "a"', '1:1', /does not join/, { start: 0, end: 13 }],
    ['[1] + [2] == [3]', '1:1', /does not join/, { start: 0, end: 9 }],
    ['teams.exists(t, t + t == "a")', '1:17', /does not join/, { start: 16, end: 21 }],
    ['details.a + details.b == 3', '1:1', /write double/, { start: 0, end: 21 }],
    ['teams.exists(a, labels.exists(b, a == b))', '1:1', /loops too often/, { start: 0, end: 41 }],
  ])('%s', (source, path, message, range) =>
    expect(faultsOf(source)).toEqual([{ path, message: expect.stringMatching(message) as string, range }]),
  )

  test('parentheses deeper than 40 are refused while reading', () => {
    expect(faultsOf(`${'(1 + '.repeat(60)}1${')'.repeat(60)} == 61`)[0]?.message).toContain('maxDepth')
  })

  test(`a source longer than ${maxConditionBytes} bytes is refused unread, counted in bytes`, () => {
    expect(faultsOf(`title == "${'é'.repeat(2100)}"`)[0]?.message).toContain('4096 bytes')
  })
})

test('a loop inside written-out lists is allowed', () =>
  expect(answer('["a", "web"].exists(a, teams.exists(b, a == b))')).toMatchObject({ holds: true }))

test.each([
  'title.matches("^(a+)+$")',
  '[title].exists(t, t.matches("^(a+)+$"))',
  '(paging ? title : "").matches("^(a+)+$")',
  '!{"k": title.matches("^(a+)+$")}["k"]',
])('no place in a condition reaches a backtracking engine: %s', (source) => {
  const before = performance.now()
  expect(answer(source, { title: `${'a'.repeat(64 * 1024)}!` })).toHaveProperty('holds')
  expect(performance.now() - before).toBeLessThan(2000)
})
