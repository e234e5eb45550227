// Promises of the clocks: what starts, pauses, meets and misses a target, when an update is due, and that each thing is done once.
import { describe, expect, test } from 'vitest'
import { addSeconds, instant, secondsBetween, type Instant } from '#kernel/time.ts'
import { ClockState, decideClocks, type ClockFacts } from './clock-acts.ts'
import { dueOf, dueOfIncident, leftSeconds, nextUpdate, turnClocks, warnOf, type SlaClock } from './clocks.ts'
import type { Incident } from './incident.ts'
import type { Process } from './process-definition.ts'
import { shippedProcesses } from './shipped.ts'

const [sre, itil] = shippedProcesses.map((process) => ({ ...process, version: 1 })) as [Process, Process]
const opened = instant('2026-11-23T14:00:00Z')
const at = (minutes: number): Instant => addSeconds(opened, minutes * 60)

const incident = (process: Process, change: Partial<Incident>): Incident => ({
  id: 'inc_00000000000000000000000001',
  number: 1,
  type: process.slug,
  processVersion: 1,
  title: '',
  description: '',
  state: process.start,
  stateKind: 'open',
  stateSince: opened,
  holdReason: null,
  severity: 'SEV1',
  impact: null,
  urgency: null,
  risk: null,
  priority: null,
  priorityReason: '',
  category: null,
  subcategory: null,
  errorCode: null,
  reporterId: null,
  openedBy: '',
  occurredAt: null,
  occurredExact: true,
  openedAt: opened,
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
const of = (clocks: SlaClock[], sla: string): SlaClock => clocks.find((clock) => clock.sla === sla)!

describe('a target', () => {
  test('runs from the opening, by severity', () =>
    expect(dueOf(of(turnClocks(sre, incident(sre, {}), [], opened), 'resolution'))).toBe(at(120)))
  test('has none where its level has none', () =>
    expect(dueOf(of(turnClocks(sre, incident(sre, { severity: 'SEV5' }), [], opened), 'resolution'))).toBeNull())
  test('by priority waits until there is one', () => {
    const before = turnClocks(itil, incident(itil, {}), [], opened)
    expect(dueOf(of(before, 'resolution'))).toBeNull()
    expect(dueOf(of(turnClocks(itil, incident(itil, { priority: 'P1' }), before, at(10)), 'resolution'))).toBe(at(240))
  })
  test('is met by entering a state, and stays met when work goes back', () => {
    const met = turnClocks(sre, incident(sre, { state: 'fixing' }), turnClocks(sre, incident(sre, {}), [], opened), at(3))
    expect(of(met, 'response')).toMatchObject({ metAt: at(3) })
    expect(leftSeconds(of(met, 'response'), at(50))).toBe(120)
    expect(of(turnClocks(sre, incident(sre, { state: 'investigating' }), met, at(60)), 'response')).toMatchObject({ metAt: at(3) })
  })
  test('that was met late is missed', () => {
    const met = turnClocks(sre, incident(sre, { state: 'fixing' }), turnClocks(sre, incident(sre, {}), [], opened), at(7))
    expect(leftSeconds(of(met, 'response'), at(50))).toBe(-120)
  })
  test('pauses while it waits for the reporter, and not while it waits for a supplier', () => {
    const running = turnClocks(itil, incident(itil, { priority: 'P1' }), [], opened)
    const held = turnClocks(itil, incident(itil, { priority: 'P1', state: 'on-hold', holdReason: 'reporter' }), running, at(10))
    expect(dueOf(of(held, 'resolution'))).toBeNull()
    expect(leftSeconds(of(held, 'resolution'), at(1000))).toBe(230 * 60)
    expect(dueOf(of(turnClocks(itil, incident(itil, { priority: 'P1', state: 'investigating' }), held, at(70)), 'resolution'))).toBe(
      at(300),
    )
    expect(
      dueOf(
        of(turnClocks(itil, incident(itil, { priority: 'P1', state: 'on-hold', holdReason: 'supplier' }), running, at(10)), 'resolution'),
      ),
    ).toBe(at(240))
  })
  test('of the end goes on after reopening, without the time in between', () => {
    const running = turnClocks(sre, incident(sre, {}), [], opened)
    const over = turnClocks(sre, incident(sre, { state: 'resolved', stateKind: 'resolved' }), running, at(60))
    expect(dueOf(of(over, 'resolution'))).toBeNull()
    expect(dueOf(of(turnClocks(sre, incident(sre, { state: 'investigating' }), over, at(600)), 'resolution'))).toBe(at(660))
  })
  test('does not run while it is over without having been met, and goes on after reopening', () => {
    const own = { ...sre, slas: sre.slas.map((sla) => ({ ...sla, metBy: ['resolved'] })) }
    const running = turnClocks(own, incident(own, {}), [], opened)
    const over = turnClocks(own, incident(own, { state: 'declined', stateKind: 'cancelled' }), running, at(60))
    expect(leftSeconds(of(over, 'resolution'), at(600))).toBe(60 * 60)
    expect(dueOf(of(turnClocks(own, incident(own, { state: 'investigating' }), over, at(600)), 'resolution'))).toBe(at(660))
  })
  test('that moves into the future is not missed any more', () => {
    const missed = turnClocks(sre, incident(sre, {}), [], opened).map((clock) => ({ ...clock, breachedAt: at(120), warnedAt: at(96) }))
    expect(of(turnClocks(sre, incident(sre, { severity: 'SEV3' }), missed, at(130)), 'resolution')).toMatchObject({
      breachedAt: null,
      warnedAt: null,
      targetSeconds: 86_400,
    })
    expect(of(turnClocks(sre, incident(sre, {}), missed, at(130)), 'resolution')).toMatchObject({ breachedAt: at(120) })
  })
  test('warns before it', () => expect(warnOf(sre.slas[1]!, of(turnClocks(sre, incident(sre, {}), [], opened), 'resolution'))).toBe(at(96)))
  test.each(['closed', 'cancelled'] as const)('that was never met is not due any more in an incident that is %s', (stateKind) => {
    const over = incident(itil, { priority: 'P1', state: 'closed', stateKind })
    expect(dueOfIncident(itil, over, turnClocks(itil, over, [], opened), [], undefined)).toEqual([])
  })
  test('turning twice changes nothing', () => {
    const once = turnClocks(itil, incident(itil, { priority: 'P2', state: 'on-hold', holdReason: 'reporter' }), [], at(5))
    expect(turnClocks(itil, incident(itil, { priority: 'P2', state: 'on-hold', holdReason: 'reporter' }), once, at(50))).toEqual(once)
  })
})

describe('the next update', () => {
  test.each([
    ['counts from the opening', {}, undefined, at(30)],
    ['counts from the last one', {}, { at: at(20), nextAt: null }, at(50)],
    ['is when it was promised', {}, { at: at(20), nextAt: at(35) }, at(35)],
    ['counts from its return', {}, { at: at(20), nextAt: at(35), reopenedAt: at(600) }, at(630)],
    ['has another cadence at another severity', { severity: 'SEV2' as const }, undefined, at(60)],
    ['is not due where the process names none', { severity: 'SEV4' as const }, undefined, undefined],
    ['is not due once it is resolved', { stateKind: 'resolved' as const }, undefined, undefined],
  ])('%s', (_, change, last, expected) => expect(nextUpdate(sre, incident(sre, change), last)?.at).toBe(expected))
})

describe('the process of the clocks', () => {
  const facts = (minutes: number, change: Partial<Incident> = {}): ClockFacts => {
    const now = incident(sre, change)
    const due = dueOfIncident(sre, now, turnClocks(sre, now, [], opened), [{ id: 'tsk_1', dueAt: at(15), assigneeId: null }], undefined)
    return {
      due,
      slas: sre.slas.map((sla) => ({ ...sla, pages: sla.id === 'resolution' ? 'duty-managers' : null })),
      key: `INC-${minutes}`,
      title: 'x',
    }
  }
  const initial: ClockState = { incident: 'inc_1', told: [], acts: [] }

  test('waits for the first thing, does each once, and looks at what remains', () => {
    const first = decideClocks(initial, { type: 'changed' }, opened, facts(0))
    expect(first).toMatchObject({
      state: { acts: [] },
      wakeAt: at(4),
      reason: expect.stringMatching(/Waits for the warning before a target/),
    })
    const second = decideClocks(first.state, { type: 'woke' }, at(4), facts(4))
    expect(second.state.acts).toEqual([{ kind: 'sla-warning', id: 'response' }])
    expect(decideClocks(second.state, { type: 'changed' }, at(4.5), facts(4)).state.acts).toEqual([])
    expect(decideClocks(second.state, { type: 'woke' }, at(5), facts(5)).state.acts).toEqual([{ kind: 'sla', id: 'response' }])
  })

  test('after a long silence it does not warn of what is missed already, and pages for what asks for it', () => {
    const late = decideClocks(initial, { type: 'woke' }, at(121), facts(121))
    expect(late.state.acts.map((act) => act.kind)).toEqual(['sla', 'task', 'update', 'sla'])
    expect(late.effects).toEqual([
      {
        effect: 'incidents.page-for-target',
        tag: 'resolution',
        input: { policy: 'duty-managers', incident: 'inc_1', title: 'Resolution SLA missed: INC-121 x' },
      },
    ])
  })

  test('a page that could not be sent is told', () => {
    const failed = decideClocks(
      initial,
      { type: 'effect', result: { type: 'failed', tag: 'resolution', reason: 'no policy' } },
      opened,
      facts(0),
    )
    expect(failed.state.acts).toEqual([{ kind: 'page-failed', id: 'resolution' }])
  })

  test('a gone incident ends it', () =>
    expect(decideClocks(initial, { type: 'woke' }, opened, undefined)).toMatchObject({ ended: true, reason: 'The incident is gone.' }))

  test('the next wake-up is never in the past', () => {
    for (let minutes = 0; minutes < 200; minutes += 7) {
      const { wakeAt } = decideClocks(initial, { type: 'woke' }, at(minutes), facts(minutes))
      if (wakeAt) expect(secondsBetween(at(minutes), wakeAt)).toBeGreaterThan(0)
    }
  })
})
