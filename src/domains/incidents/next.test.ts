// Promises of "Next for you": the one thing, in this order, for the one who looks; and whose everything that falls due is.
import { describe, expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import type { UserId } from '#kernel/actor.ts'
import type { RoleHolder, Task } from './board-store.ts'
import type { Incident, Move } from './incident.ts'
import { dueList, nextFor, tryingNow, type Looker, type Situation } from './next.ts'
import type { Process } from './process-definition.ts'
import { shippedProcesses } from './shipped.ts'

const sre = { ...shippedProcesses[0]!, version: 1 } as Process
const now = instant('2026-11-23T14:00:00Z')
const soon = addSeconds(now, 240)
const later = addSeconds(now, 3600)
const me: UserId = 'usr_00000000000000000000000001'
const other: UserId = 'usr_00000000000000000000000002'
const looker: Looker = { userId: me, mayRespond: true }

const incident = {
  number: 1,
  state: 'investigating',
  stateKind: 'open',
  reporterId: other,
  confirmation: 'none',
  resolvedAt: null,
  fields: {},
  trying: null,
} as unknown as Incident
const holds = (role: string, userId = me): RoleHolder => ({
  role,
  userId,
  name: userId === me ? 'Mara' : 'Tunde',
  handle: '',
  assignedAt: now,
})
const task = (change: Partial<Task> = {}): Task =>
  ({ id: 'tsk_1', title: 'Stop the pipeline', assigneeId: me, assigneeName: 'Mara', dueAt: null, doneAt: null, ...change }) as Task
const moves = [
  { to: 'fixing', name: 'Fixing', kind: 'open', label: 'Fix', allowed: true, missing: [] },
  { to: 'resolved', name: 'Resolved', kind: 'resolved', label: 'Resolve', allowed: true, missing: [] },
] as unknown as Move[]
const situation = (change: Partial<Situation> = {}): Situation => ({
  process: sre,
  incident,
  roles: [holds('commander')],
  tasks: [],
  hypotheses: [],
  decisions: [],
  moves,
  due: [],
  nextUpdateNumber: 3,
  ...change,
})
const hypothesis = (state: 'suspected' | 'testing' | 'confirmed', changedAt = now) => ({
  id: 'hyp_1' as const,
  state,
  statement: 'The release',
  changedAt,
})

type Case = [name: string, situation: Situation, looker: Looker, expected: string | undefined]
const cases: Case[] = [
  [
    'the reporter who is asked answers first',
    situation({ incident: { ...incident, confirmation: 'asked', reporterId: me } }),
    looker,
    'Say whether it works again',
  ],
  [
    'nobody else is asked for the answer',
    situation({ incident: { ...incident, confirmation: 'asked' }, roles: [] }),
    { userId: me, mayRespond: false },
    undefined,
  ],
  ['who may only look has nothing to do', situation(), { userId: me, mayRespond: false }, undefined],
  ['without a lead, somebody takes it', situation({ roles: [] }), looker, 'Nobody is commander: take it, or assign it'],
  [
    'an update that is due soon goes before tasks',
    situation({ due: [{ kind: 'update', id: '', at: soon }], tasks: [task({ dueAt: soon })] }),
    looker,
    'Publish update 3',
  ],
  [
    'one that is overdue says so',
    situation({ due: [{ kind: 'update', id: '', at: addSeconds(now, -1) }] }),
    looker,
    'Publish update 3, it is overdue',
  ],
  ['an update far away is no matter yet', situation({ due: [{ kind: 'update', id: '', at: later }] }), looker, 'Fix when it is so'],
  [
    'the update is for who communicates, when somebody does',
    situation({ roles: [holds('commander'), holds('communications', other)], due: [{ kind: 'update', id: '', at: soon }] }),
    looker,
    'Fix when it is so',
  ],
  ['a task that is due soon goes before leading', situation({ tasks: [task({ dueAt: soon })] }), looker, 'Stop the pipeline'],
  ['a lead with time leads first', situation({ tasks: [task({ dueAt: later })] }), looker, 'Fix when it is so'],
  [
    'somebody without a lead does their task',
    situation({ roles: [holds('commander', other)], tasks: [task({ dueAt: later })] }),
    looker,
    'Stop the pipeline',
  ],
  [
    'a task of somebody else is not mine',
    situation({ roles: [holds('commander', other)], tasks: [task({ assigneeId: other })] }),
    looker,
    undefined,
  ],
  ['a done task is done', situation({ roles: [holds('commander', other)], tasks: [task({ doneAt: now })] }), looker, undefined],
  [
    'what is confirmed asks for a decision',
    situation({ hypotheses: [hypothesis('confirmed')] }),
    looker,
    'Decide what follows from: The release',
  ],
  [
    'until one was made',
    situation({ hypotheses: [hypothesis('confirmed')], decisions: [{ decidedAt: soon }] }),
    looker,
    'Fix when it is so',
  ],
  ['what is suspected asks for a test', situation({ hypotheses: [hypothesis('suspected')] }), looker, 'Have it tested: The release'],
  [
    'what the next state needs is filled in first',
    situation({ moves: [{ ...moves[0]!, allowed: false, missing: ['rootCause'] }] }),
    looker,
    'Fill in cause, then fix',
  ],
  ['a closed one asks nothing', situation({ incident: { ...incident, stateKind: 'closed' }, tasks: [task()] }), looker, undefined],
]

test.each(cases)('%s', (_, given, who, expected) => expect(nextFor(who, given, now)?.sentence).toBe(expected))

describe('what is tried', () => {
  const decided = (title: string, at = now) => [{ title, decidedAt: at }]
  test.each([
    ['nothing', [], [], undefined],
    ['the newest decision', [], decided('Roll back'), 'Roll back'],
    ['the hypothesis under test', [hypothesis('testing')], [], 'Testing: The release'],
    ['what came last of both', [hypothesis('testing', later)], decided('Roll back'), 'Testing: The release'],
    ['what came last of both, the other way', [hypothesis('testing')], decided('Roll back', later), 'Roll back'],
  ])('is %s', (_, hypotheses, decisions, expected) => expect(tryingNow({ incident, hypotheses }, decisions)?.text).toBe(expected))
  test('is nothing once it is over', () =>
    expect(tryingNow({ incident: { ...incident, stateKind: 'resolved' }, hypotheses: [] }, decided('Roll back'))).toBeUndefined())
})

test('due things have their names and people; reminders are not listed beside them', () => {
  const due: Situation['due'] = [
    { kind: 'update-soon', id: '', at: now },
    { kind: 'update', id: '', at: soon },
    { kind: 'task', id: 'tsk_1', at: soon },
    { kind: 'sla-warning', id: 'resolution', at: later },
    { kind: 'sla', id: 'resolution', at: later },
    { kind: 'close', id: '', at: later },
  ]
  const listed = dueList(situation({ due, tasks: [task()], roles: [holds('commander'), holds('communications', other)] }))
  expect(listed.map(({ title, who }) => ({ title, who }))).toEqual([
    { title: 'Update 3', who: ['Tunde'] },
    { title: 'Stop the pipeline', who: ['Mara'] },
    { title: 'Resolution SLA', who: ['Mara'] },
    { title: 'Closes by itself', who: [] },
  ])
})
