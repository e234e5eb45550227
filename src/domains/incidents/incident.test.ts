// Promises of the lifecycle: what may follow what in the two shipped processes, what it needs, and the sentence of every "no".
import { describe, expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import {
  answer,
  closesItselfAt,
  emptyBoard,
  enter,
  fill,
  move,
  movesFrom,
  reopen,
  reportedBy,
  type Board,
  type Incident,
  type Wanted,
} from './incident.ts'
import type { Process } from './process-definition.ts'
import { shippedProcesses } from './shipped.ts'

const [sre, itil] = shippedProcesses.map((process) => ({ ...process, version: 1 })) as [Process, Process]
const now = instant('2026-11-23T14:00:00Z')
const nobody = { roles: [], overrules: false }

const incidentIn = (process: Process, state: string, change: Partial<Incident> = {}): Incident => ({
  id: 'inc_00000000000000000000000001',
  number: 1,
  type: process.slug,
  processVersion: 1,
  title: 'Card payments fail',
  description: '',
  state,
  stateKind: process.states.find((candidate) => candidate.id === state)!.kind,
  stateSince: now,
  holdReason: null,
  severity: 'SEV3',
  impact: null,
  urgency: null,
  risk: null,
  priority: null,
  priorityReason: '',
  category: null,
  subcategory: null,
  errorCode: null,
  reporterId: 'usr_00000000000000000000000001',
  openedBy: 'usr_00000000000000000000000001',
  occurredAt: null,
  occurredExact: true,
  openedAt: now,
  resolvedAt: null,
  closedAt: null,
  teamId: null,
  private: false,
  impactNow: null,
  trying: null,
  fields: {},
  confirmation: 'none',
  confirmationAskedAt: null,
  confirmationRound: 0,
  serviceIds: [],
  ...change,
})
const classified = { category: 'software', impact: 'moderate', urgency: 'high' }
const fixed = { fields: { diagnosis: 'The disk is full', resolution: 'Logs are rotated', retest: 'Passed' } }

type Case = [name: string, process: Process, before: Incident, wanted: Wanted, expected: string | RegExp, board?: Partial<Board>]
const cases: Case[] = [
  ['sre: triage is left for investigating', sre, incidentIn(sre, 'triage'), { to: 'investigating' }, 'investigating'],
  ['sre: a known fix needs no investigation', sre, incidentIn(sre, 'triage'), { to: 'fixing' }, 'fixing'],
  ['sre: a fix that does not hold goes back', sre, incidentIn(sre, 'monitoring'), { to: 'fixing' }, 'fixing'],
  [
    'sre: triage cannot be watched',
    sre,
    incidentIn(sre, 'triage'),
    { to: 'monitoring' },
    /From Triage it cannot go to Monitoring. It can go to Investigating, Fixing, Resolved, Declined\./,
  ],
  ['sre: a state that is not there', sre, incidentIn(sre, 'triage'), { to: 'party' }, /has no state party/],
  ['sre: the same state', sre, incidentIn(sre, 'triage'), { to: 'triage' }, /It is in Triage already/],
  ['sre: declining asks why', sre, incidentIn(sre, 'triage'), { to: 'declined' }, /Say why: Declined asks for a reason/],
  ['sre: declined with a reason', sre, incidentIn(sre, 'triage'), { to: 'declined', reason: 'Covered by INC-1' }, 'declined'],
  ['sre: a SEV3 closes without a review', sre, incidentIn(sre, 'resolved'), { to: 'closed' }, 'closed'],
  [
    'sre: a SEV1 does not',
    sre,
    incidentIn(sre, 'resolved', { severity: 'SEV1' }),
    { to: 'closed' },
    /A SEV1 or SEV2 has a review before it is closed\. \(`severity != 'SEV1'` does not hold: severity is "SEV1"\)/,
  ],
  [
    'itil: classified needs its classification',
    itil,
    incidentIn(itil, 'logged'),
    { to: 'classified' },
    /Before Classified, fill in: Category, Impact, Urgency\./,
  ],
  ['itil: classified with it', itil, incidentIn(itil, 'logged', classified), { to: 'classified' }, 'classified'],
  [
    'itil: recovery needs a diagnosis',
    itil,
    incidentIn(itil, 'investigating', classified),
    { to: 'recovering' },
    /Before Recovering, fill in: Diagnosis\./,
  ],
  [
    'itil: the diagnosis can come with the move',
    itil,
    incidentIn(itil, 'investigating', classified),
    { to: 'recovering', fields: { diagnosis: 'The disk is full' } },
    'recovering',
  ],
  [
    'itil: a field that is not there',
    itil,
    incidentIn(itil, 'investigating'),
    { to: 'recovering', fields: { mood: 'bad' } },
    /has no field mood/,
  ],
  [
    'itil: an option that is not there',
    itil,
    incidentIn(itil, 'recovering'),
    { to: 'resolved', fields: { retest: 'Maybe' } },
    /Retest is one of Passed, Failed, Not possible/,
  ],
  ['itil: resolved after the retest', itil, incidentIn(itil, 'recovering', fixed), { to: 'resolved' }, 'resolved'],
  [
    'itil: not resolved when the retest failed',
    itil,
    incidentIn(itil, 'recovering', { fields: { ...fixed.fields, retest: 'Failed' } }),
    { to: 'resolved' },
    /The retest failed\./,
  ],
  [
    'itil: not closed before the reporter confirms',
    itil,
    incidentIn(itil, 'resolved', { ...fixed, confirmation: 'asked' }),
    { to: 'closed' },
    /The reporter confirms first/,
  ],
  ['itil: closed when nobody reported it', itil, incidentIn(itil, 'resolved', { ...fixed, reporterId: null }), { to: 'closed' }, 'closed'],
  [
    'itil: on hold asks what it waits for',
    itil,
    incidentIn(itil, 'investigating'),
    { to: 'on-hold' },
    /Say what it waits for: reporter, supplier, change, problem/,
  ],
  [
    'itil: waiting for the reporter asks for a note',
    itil,
    incidentIn(itil, 'investigating'),
    { to: 'on-hold', holdReason: 'reporter' },
    /“Waiting for the reporter” asks for a note/,
  ],
  ['itil: on hold', itil, incidentIn(itil, 'investigating'), { to: 'on-hold', holdReason: 'supplier' }, 'on-hold'],
]

test.each(cases)('%s', (_, process, before, wanted, expected, board = {}) => {
  const moved = move(process, before, { ...emptyBoard, ...board }, nobody, wanted, now)
  if (typeof expected === 'string') expect(moved).toMatchObject({ incident: { state: expected, stateSince: now } })
  else expect(moved).toMatchObject({ refused: true, reason: expect.stringMatching(expected) })
})

describe('a move that only some roles may make', () => {
  const guarded: Process = { ...sre, transitions: sre.transitions.map((transition) => ({ ...transition, by: ['commander'] })) }
  test.each([
    ['nobody in particular', nobody, false],
    ['another role', { roles: ['scribe'], overrules: false }, false],
    ['that role', { roles: ['commander'], overrules: false }, true],
    ['a process owner', { roles: [], overrules: true }, true],
  ])('%s', (_, mover, allowed) => {
    const moves = movesFrom(guarded, incidentIn(sre, 'triage'), emptyBoard, mover, now)
    expect(moves[0]).toMatchObject({ allowed, reason: allowed ? '' : 'Only Commander may do this.' })
  })
})

test('the moves of a state are told in the order of the process, with what each needs', () => {
  expect(
    movesFrom(itil, incidentIn(itil, 'logged'), emptyBoard, nobody, now).map(({ to, allowed, missing, asksHold, asksReason }) => ({
      to,
      allowed,
      missing,
      asksHold,
      asksReason,
    })),
  ).toEqual([
    { to: 'classified', allowed: false, missing: ['category', 'impact', 'urgency'], asksHold: false, asksReason: false },
    { to: 'on-hold', allowed: true, missing: [], asksHold: true, asksReason: false },
    { to: 'cancelled', allowed: true, missing: [], asksHold: false, asksReason: true },
  ])
})

describe('entering a state', () => {
  test('resolved asks the reporter when the process wants it, and counts the round', () => {
    const resolved = enter(itil, incidentIn(itil, 'recovering'), 'resolved', now)
    expect(resolved).toMatchObject({
      stateKind: 'resolved',
      resolvedAt: now,
      confirmation: 'asked',
      confirmationAskedAt: now,
      confirmationRound: 1,
    })
    expect(enter(sre, incidentIn(sre, 'monitoring'), 'resolved', now)).toMatchObject({ confirmation: 'none', confirmationRound: 1 })
    expect(enter(itil, incidentIn(itil, 'recovering', { reporterId: null }), 'resolved', now)).toMatchObject({ confirmation: 'none' })
  })
  test('a second state of kind resolved keeps the time of the first', () => {
    const later = addSeconds(now, 600)
    expect(enter(sre, enter(sre, incidentIn(sre, 'monitoring'), 'resolved', now), 'review', later)).toMatchObject({
      state: 'review',
      resolvedAt: now,
      stateSince: later,
    })
  })
  test('closing what was never resolved resolves it', () =>
    expect(enter(sre, incidentIn(sre, 'fixing'), 'closed', now)).toMatchObject({ resolvedAt: now, closedAt: now }))
  test('going back to work clears both times and the hold', () => {
    const closed = enter(sre, incidentIn(sre, 'resolved', { resolvedAt: now }), 'closed', now)
    expect(enter(sre, closed, 'investigating', now)).toMatchObject({
      resolvedAt: null,
      closedAt: null,
      holdReason: null,
      stateKind: 'open',
    })
  })
})

describe("the reporter's answer", () => {
  const asked = enter(itil, incidentIn(itil, 'recovering', fixed), 'resolved', now)
  test('yes closes it', () =>
    expect(answer(itil, asked, true, now)).toMatchObject({ incident: { state: 'closed', confirmation: 'confirmed', closedAt: now } }))
  test('no opens it again, and the next resolution asks again', () => {
    const refused = answer(itil, asked, false, now) as { incident: Incident }
    expect(refused.incident).toMatchObject({ state: 'investigating', confirmation: 'refused', resolvedAt: null })
    expect(enter(itil, refused.incident, 'resolved', now)).toMatchObject({ confirmation: 'asked', confirmationRound: 2 })
  })
  test.each([
    ['twice', { confirmation: 'confirmed', stateKind: 'closed' }, /confirmed already/],
    ['while it is worked on', { confirmation: 'none', stateKind: 'open' }, /You are asked again/],
    ['when nobody asked', { confirmation: 'none', stateKind: 'closed' }, /Nobody is asked/],
  ] as const)('is refused %s', (_, change, reason) => {
    expect(answer(itil, { ...asked, ...change }, true, now)).toMatchObject({ refused: true, reason: expect.stringMatching(reason) })
  })
})

describe('reopening', () => {
  const resolved = enter(sre, incidentIn(sre, 'monitoring'), 'resolved', now)
  test('within the time of the process', () =>
    expect(reopen(sre, resolved, addSeconds(now, 14 * 86_400))).toMatchObject({ incident: { state: 'investigating' } }))
  test('not later', () =>
    expect(reopen(sre, resolved, addSeconds(now, 14 * 86_400 + 1))).toMatchObject({
      refused: true,
      reason: expect.stringMatching(/more than 14 d ago. Declare a new incident/),
    }))
  test('not while it is open', () => expect(reopen(sre, incidentIn(sre, 'fixing'), now)).toMatchObject({ refused: true }))
  test('also what was cancelled', () =>
    expect(reopen(sre, enter(sre, incidentIn(sre, 'triage'), 'declined', now), now)).toMatchObject({ incident: { stateKind: 'open' } }))
})

test('it closes by itself only while it is resolved, and only when the process says so', () => {
  const resolved = enter(itil, incidentIn(itil, 'recovering'), 'resolved', now)
  expect(closesItselfAt(itil, resolved)).toBe(addSeconds(now, 3 * 86_400))
  expect(closesItselfAt(itil, incidentIn(itil, 'recovering'))).toBeNull()
  expect(closesItselfAt(sre, enter(sre, incidentIn(sre, 'monitoring'), 'resolved', now))).toBeNull()
})

test('somebody else who is asked has as long to answer', () => {
  const resolved = enter(itil, incidentIn(itil, 'recovering'), 'resolved', now)
  const later = addSeconds(now, 2 * 86_400)
  const asked = reportedBy(itil, resolved, 'usr_00000000000000000000000002', later)
  expect(closesItselfAt(itil, asked)).toBe(addSeconds(later, 3 * 86_400))
  expect(closesItselfAt(itil, reportedBy(itil, asked, null, later))).toBe(addSeconds(later, 3 * 86_400))
})

test('an empty text clears a field', () => {
  expect(fill(itil, incidentIn(itil, 'recovering', fixed), { diagnosis: '' })).toMatchObject({
    fields: { resolution: 'Logs are rotated', retest: 'Passed' },
  })
  expect(fill(itil, incidentIn(itil, 'recovering', fixed), { diagnosis: '' })).not.toMatchObject({
    fields: { diagnosis: expect.anything() },
  })
})
