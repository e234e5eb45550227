import { expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { decideAlert, type Subject } from './decision.ts'
import { compileRules, RouteSchema } from './rules.ts'

const now = instant('2026-11-29T03:00:00Z')
const subject: Subject = {
  id: 'alt_1',
  title: 'Disk full',
  body: '',
  severity: 'critical',
  source: 'Prometheus',
  labels: { team: 'storage' },
  service: null,
  integration: 'Prometheus',
  integrationId: 'int_1',
  dedupKey: 'disk',
  firstAt: now,
}
const routes = (count: number, taking: number) =>
  Array.from({ length: count }, (_, n) =>
    RouteSchema.parse({ slug: `r${n}`, name: `R${n}`, match: n === taking ? 'team=storage' : `team=t${n}` }),
  )
const rulesTried = (count: number, taking: number) => {
  const rules = compileRules(routes(count, taking), [], [])
  const decision = decideAlert(subject, { rules, silences: [], inhibitors: [], zone: 'UTC' }, now)
  return decision.trace.filter(({ rule }) => /route/i.test(rule))
}

test('every route that was tried stands in the trace of an alert, with its reason', () => {
  const tried = rulesTried(90, 80)
  expect(tried).toHaveLength(91)
  expect(tried.filter(({ applied }) => applied).map(({ rule }) => rule)).toEqual(["Route 'r80'"])
})

test('of very many routes it keeps those that match and the first of the others, and says how many more there were', () => {
  const tried = rulesTried(1000, 800)
  expect(tried.length).toBeLessThan(110)
  expect(tried.filter(({ applied }) => applied).map(({ rule }) => rule)).toEqual(["Route 'r800'"])
  expect(tried.at(-1)).toMatchObject({ rule: 'Other routes', applied: false, reason: expect.stringMatching(/^899 more were tried/) })
})
