import { describe, expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import vectors from './fixtures/grouping/inhibition.json' with { type: 'json' }
import { compileInhibitionRule, equalSources, inhibition, type CompiledInhibitionRule, type Inhibitor } from './inhibition.ts'
import { parseMatchers, type Matcher } from './matcher.ts'

const now = instant('2026-11-24T12:00:00Z')
const matchers = (texts: string[]): Matcher[] => parseMatchers(texts.join(',')) as Matcher[]
const rule = (name: string, source: string[], target: string[], equal: string[]): CompiledInhibitionRule => {
  const compiled = compileInhibitionRule({ name, source: matchers(source), target: matchers(target), equal })
  if ('faults' in compiled) throw new Error(JSON.stringify(compiled.faults))
  return compiled
}
const ends = { '+1h': addSeconds(now, 3600), '-1s': addSeconds(now, -1) }

for (const vector of vectors.vectors) {
  const active: Inhibitor[] = vector.active.map(({ labels, endsAt }, index) => ({
    id: `alt_${index}`,
    labels: known(labels),
    endsAt: ends[endsAt as keyof typeof ends],
  }))
  test.each(vector.cases.map((one) => [JSON.stringify(one.labels), one] as const))(
    `vector ${vector.id}: %s`,
    (_, { labels, inhibited }) => {
      const rules = vector.rules.map(({ source, target, equal }, index) => rule(`rule ${index + 1}`, source, target, equal))
      // Some vectors hand over alerts that are already known to be sources, and ask only whether one is open and equal.
      const answer = vector.rules.some((one) => 'sourceAlertsOnly' in one && one.sourceAlertsOnly)
        ? rules.some((one) => equalSources(one, known(labels), active, now, { twoSidedCount: true }).length > 0)
        : inhibition(rules, known(labels), active, now).inhibited
      expect(answer).toBe(inhibited)
    },
  )
}

describe('the verdict names the rule and the alert', () => {
  const rules = [rule('a cluster that is down explains its nodes', ['alertname=ClusterDown'], ['alertname=~"Node.*"'], ['cluster'])]
  const cluster: Inhibitor = { id: 'alt_1', title: 'cluster a is down', labels: { alertname: 'ClusterDown', cluster: 'a' } }

  test.each([
    [
      'held back',
      { alertname: 'NodeDown', cluster: 'a' },
      [cluster],
      { inhibited: true, by: ['alt_1'], rule: rules[0]!.name, reason: `inhibited by 'cluster a is down' (rule '${rules[0]!.name}')` },
    ],
    [
      'by two',
      { alertname: 'NodeDown', cluster: 'a' },
      [cluster, { ...cluster, id: 'alt_2' }],
      {
        inhibited: true,
        by: ['alt_1', 'alt_2'],
        rule: rules[0]!.name,
        reason: `inhibited by 'cluster a is down' and 1 more (rule '${rules[0]!.name}')`,
      },
    ],
    ['another cluster', { alertname: 'NodeDown', cluster: 'b' }, [cluster], { inhibited: false, reason: 'no open alert inhibits it' }],
    [
      'the source has ended',
      { alertname: 'NodeDown', cluster: 'a' },
      [{ ...cluster, endsAt: now }],
      { inhibited: false, reason: 'no open alert inhibits it' },
    ],
  ])('%s', (_, labels, alerts, verdict) => expect(inhibition(rules, labels, alerts, now)).toEqual(verdict))

  test('without rules nothing is held back', () => {
    expect(inhibition([], {}, [cluster], now)).toEqual({ inhibited: false, reason: 'there is no inhibition rule' })
  })
})

test('labels that are missing on both sides are equal, and one that is missing equals an empty one', () => {
  const rules = [rule('r', ['s=1'], ['t=1'], ['zone'])]
  expect(inhibition(rules, { t: '1' }, [{ id: 'alt_1', labels: { s: '1' } }], now).inhibited).toBe(true)
  expect(inhibition(rules, { t: '1' }, [{ id: 'alt_1', labels: { s: '1', zone: '' } }], now).inhibited).toBe(true)
  expect(inhibition(rules, { t: '1' }, [{ id: 'alt_1', labels: { s: '1', zone: 'a' } }], now).inhibited).toBe(false)
})

test('a rule that matches everything on both sides holds back nothing', () => {
  expect(inhibition([rule('all', [], [], [])], { a: 'b' }, [{ id: 'alt_1', labels: { c: 'd' } }], now).inhibited).toBe(false)
})

/** A JSON import types absent labels of one case as undefined, because another case has them. */
function known(labels: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
