import { describe, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { instant } from '#kernel/time.ts'
import {
  acknowledge,
  mayPage,
  release,
  resolve,
  snooze,
  suppress,
  unacknowledge,
  wakeFromSnooze,
  type Move,
  type Standing,
} from './alert.ts'

const now = instant('2026-11-24T12:00:00Z')
const before = instant('2026-11-24T11:50:00Z')
const later = instant('2026-11-24T13:00:00Z')
const ana = { kind: 'user', userId: 'usr_ana', sessionId: 's', rights: system('test').rights } as const

const untaken = { acknowledgedAt: null, acknowledgedBy: null, snoozedUntil: null, resolvedAt: null } as const
const standings: Record<string, Standing> = {
  triggered: { ...untaken, state: 'triggered', reason: 'it pages' },
  acknowledged: {
    state: 'acknowledged',
    acknowledgedAt: before,
    acknowledgedBy: 'usr_ben',
    snoozedUntil: null,
    resolvedAt: null,
    reason: 'acknowledged',
  },
  snoozed: {
    state: 'acknowledged',
    acknowledgedAt: before,
    acknowledgedBy: 'usr_ben',
    snoozedUntil: later,
    resolvedAt: null,
    reason: 'snoozed',
  },
  suppressed: { ...untaken, state: 'suppressed', reason: "silenced by 'deploy window' until 14:00 (Kenji)" },
  resolved: { ...untaken, state: 'resolved', resolvedAt: before, reason: 'over' },
}
const moves: Record<string, (alert: Standing & { id: string }) => Move<Standing & { id: string }>> = {
  acknowledge: (alert) => acknowledge(alert, ana, now),
  unacknowledge: (alert) => unacknowledge(alert, now),
  snooze: (alert) => snooze(alert, later, ana, now),
  'wake from snooze': (alert) => wakeFromSnooze(alert, later),
  resolve: (alert) => resolve(alert, before, now, 'its source says so'),
  suppress: (alert) => suppress(alert, 'inhibited', now),
  release: (alert) => release(alert, 'the silence is over'),
}
const tooLate = 'This alert was resolved 10 min ago; a resolved alert is never opened again.'
const notHeld = 'This alert is not held back.'
const notSnoozed = 'This alert is not snoozed.'

describe('every move from every state', () => {
  test.each<[move: string, from: string, to: Partial<Standing> | string]>([
    [
      'acknowledge',
      'triggered',
      { state: 'acknowledged', acknowledgedAt: now, acknowledgedBy: 'usr_ana', snoozedUntil: null, reason: 'acknowledged' },
    ],
    ['acknowledge', 'acknowledged', 'This alert was acknowledged 10 min ago already.'],
    ['acknowledge', 'snoozed', { state: 'acknowledged', acknowledgedAt: now, acknowledgedBy: 'usr_ana', snoozedUntil: null }],
    ['acknowledge', 'suppressed', { state: 'acknowledged', acknowledgedBy: 'usr_ana' }],
    ['acknowledge', 'resolved', tooLate],
    ['unacknowledge', 'triggered', 'Nobody has acknowledged this alert.'],
    ['unacknowledge', 'acknowledged', { state: 'triggered', acknowledgedAt: null, acknowledgedBy: null, reason: 'given back' }],
    ['unacknowledge', 'snoozed', { state: 'triggered', snoozedUntil: null }],
    ['unacknowledge', 'suppressed', 'Nobody has acknowledged this alert.'],
    ['unacknowledge', 'resolved', tooLate],
    ['snooze', 'triggered', { state: 'acknowledged', acknowledgedBy: 'usr_ana', snoozedUntil: later }],
    ['snooze', 'acknowledged', { state: 'acknowledged', acknowledgedBy: 'usr_ana', snoozedUntil: later }],
    ['snooze', 'snoozed', { state: 'acknowledged', snoozedUntil: later }],
    ['snooze', 'suppressed', "This alert does not page now: silenced by 'deploy window' until 14:00 (Kenji)."],
    ['snooze', 'resolved', tooLate],
    ['wake from snooze', 'triggered', notSnoozed],
    ['wake from snooze', 'acknowledged', notSnoozed],
    ['wake from snooze', 'snoozed', { state: 'triggered', acknowledgedBy: null, snoozedUntil: null, reason: 'the snooze is over' }],
    ['wake from snooze', 'suppressed', notSnoozed],
    ['wake from snooze', 'resolved', notSnoozed],
    ['resolve', 'triggered', { state: 'resolved', resolvedAt: before, acknowledgedBy: null, reason: 'its source says so' }],
    ['resolve', 'acknowledged', { state: 'resolved', resolvedAt: before, acknowledgedBy: 'usr_ben', acknowledgedAt: before }],
    ['resolve', 'snoozed', { state: 'resolved', snoozedUntil: null }],
    ['resolve', 'suppressed', { state: 'resolved' }],
    ['resolve', 'resolved', tooLate],
    ['suppress', 'triggered', { state: 'suppressed', reason: 'inhibited' }],
    ['suppress', 'acknowledged', 'This alert is acknowledged: there is no page to hold back.'],
    ['suppress', 'snoozed', 'This alert is acknowledged: there is no page to hold back.'],
    ['suppress', 'suppressed', { state: 'suppressed', reason: 'inhibited' }],
    ['suppress', 'resolved', tooLate],
    ['release', 'triggered', notHeld],
    ['release', 'acknowledged', notHeld],
    ['release', 'snoozed', notHeld],
    ['release', 'suppressed', { state: 'triggered', reason: 'the silence is over' }],
    ['release', 'resolved', notHeld],
  ])('%s of a %s alert', (move, from, to) => {
    const alert = { id: 'alt_1', ...standings[from]! }
    const result = moves[move]!(alert)
    if (typeof to === 'string') expect(result).toEqual({ refused: true, reason: to })
    else expect(result).toMatchObject({ alert: { id: 'alt_1', ...to } })
    expect(alert).toEqual({ id: 'alt_1', ...standings[from]! })
  })
})

test.each([
  ['now', now, 'A snooze ends in the future.'],
  ['in two months', instant('2027-01-24T12:00:00Z'), 'A snooze is at most 31 days long; a silence or a maintenance window can be longer.'],
])('a snooze that ends %s is refused', (_, until, reason) =>
  expect(snooze(standings['triggered']!, until, ana, now)).toEqual({ refused: true, reason }),
)

test('a snooze does not end before its time, however early its timer comes', () => {
  expect(wakeFromSnooze(standings['snoozed']!, now)).toEqual({
    refused: true,
    reason: 'This alert is snoozed until 2026-11-24T13:00:00.000Z.',
  })
})

test('an end that a source names in the future is now', () => {
  expect(resolve(standings['triggered']!, later, now, 'over')).toMatchObject({ alert: { resolvedAt: now } })
})

test('only a triggered alert may page', () => {
  expect(
    Object.entries(standings)
      .filter(([, alert]) => mayPage(alert))
      .map(([name]) => name),
  ).toEqual(['triggered'])
})
