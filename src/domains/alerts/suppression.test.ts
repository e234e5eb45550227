// The lifecycle vector of silences and inhibitions, which is given in words: its steps as tests.
import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { release, suppress, type Standing } from './alert.ts'
import file from './fixtures/grouping/silence-lifecycle.json' with { type: 'json' }
import { compileInhibitionRule, inhibition, type CompiledInhibitionRule } from './inhibition.ts'
import { compileSilence, silencing, type CompiledSilence } from './silencing.ts'

const now = instant('2026-11-24T12:00:00Z')
const silence = compileSilence({
  id: 'sil_1',
  comment: 'deploy window',
  createdBy: 'Kenji',
  startsAt: now,
  endsAt: instant('2026-11-24T14:00:00Z'),
  matcherSets: [[{ name: 'alertname', operator: '=', value: 'test1' }]],
}) as CompiledSilence
const rule = compileInhibitionRule({
  name: 'critical before warning',
  source: [{ name: 'severity', operator: '=', value: 'critical' }],
  target: [{ name: 'severity', operator: '=', value: 'warning' }],
  equal: ['alertname'],
}) as CompiledInhibitionRule

const warning = { id: 'alt_warning', labels: { alertname: 'test1', severity: 'warning' } }
const critical = { id: 'alt_critical', title: 'test1 is critical', labels: { alertname: 'test1', severity: 'critical' } }
const triggered: Standing = {
  state: 'triggered',
  acknowledgedAt: null,
  acknowledgedBy: null,
  snoozedUntil: null,
  resolvedAt: null,
  reason: 'it pages',
}

/** What holds an alert back among these. */
function status(alert: typeof warning, silences: CompiledSilence[], alerts: (typeof warning)[]) {
  const silenced = silencing(silences, alert.labels, now, 'UTC')
  const inhibited = inhibition([rule], alert.labels, alerts, now)
  const move = silenced.silenced
    ? suppress(triggered, silenced.reason, now)
    : inhibited.inhibited
      ? suppress(triggered, inhibited.reason, now)
      : undefined
  return {
    state: move === undefined ? 'triggered' : move.refused ? 'refused' : move.alert.state,
    silencedBy: silenced.silenced ? silenced.by : [],
    inhibitedBy: inhibited.inhibited ? inhibited.by : [],
  }
}

describe(`the vector ${file.vectors[0]!.id}`, () => {
  test('has the four steps that are played here', () =>
    expect(file.vectors.map(({ id, steps }) => [id, steps.length])).toEqual([['alert-status', 4]]))

  test('a warning alone is active', () => {
    expect(status(warning, [], [warning])).toEqual({ state: 'triggered', silencedBy: [], inhibitedBy: [] })
  })

  test('a silence suppresses it at once and is named', () => {
    expect(status(warning, [silence], [warning])).toEqual({ state: 'suppressed', silencedBy: ['sil_1'], inhibitedBy: [] })
  })

  test('with a critical one both are silenced, and the warning is also inhibited by the critical', () => {
    expect(status(critical, [silence], [warning, critical])).toEqual({ state: 'suppressed', silencedBy: ['sil_1'], inhibitedBy: [] })
    expect(status(warning, [silence], [warning, critical])).toEqual({
      state: 'suppressed',
      silencedBy: ['sil_1'],
      inhibitedBy: ['alt_critical'],
    })
  })

  test('without the silence the critical is active, the warning is still suppressed', () => {
    const ended = { ...silence, endsAt: now }
    expect(status(critical, [ended], [warning, critical])).toEqual({ state: 'triggered', silencedBy: [], inhibitedBy: [] })
    expect(status(warning, [ended], [warning, critical])).toEqual({ state: 'suppressed', silencedBy: [], inhibitedBy: ['alt_critical'] })
    expect(release({ ...triggered, state: 'suppressed' }, 'the silence is over')).toMatchObject({
      alert: { state: 'triggered', reason: 'the silence is over' },
    })
  })
})
