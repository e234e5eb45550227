import { describe, expect, test } from 'vitest'
import { addSeconds, instant, type Instant } from '#kernel/time.ts'
import type { Decision } from '#kernel/process.ts'
import { decidePage, type PageFacts } from './escalation.ts'
import type { PageInput, PageState, Running, Subject } from './page-state.ts'
import { ScheduleSchema } from './schedule.ts'

const t0 = instant('2026-11-23T02:12:00Z')
const at = (seconds: number) => addSeconds(t0, seconds)
const person = (letter: string, name: string) => ({
  id: `usr_01k3v0v5b8e6w9d2m4q7r1s5t${letter}` as const,
  name,
  zone: 'Europe/Berlin',
  disabled: false,
})
const ana = person('a', 'Ana')
const priya = person('p', 'Priya')
const schedule = (slug: string, participants: (string | null)[]) =>
  ScheduleSchema.parse({
    slug,
    name: slug,
    zone: 'Europe/Berlin',
    layers: [{ name: 'Daily', rotation: { unit: 'day', length: 1, anchor: '2026-11-23T03:15', participants } }],
  })
const book = {
  schedules: { payments: schedule('payments', ['ana', null]), empty: schedule('empty', [null]) },
  teams: { sre: { name: 'SRE', members: ['ana', 'priya'] } },
  people: { ana, priya },
}
const facts: PageFacts = { book, owners: [{ userId: priya.id, name: 'Priya', zone: 'UTC' }], group: 'triggered', answered: false }
const subject = (levels: Subject['levels'], changes: Partial<Subject> = {}): Subject => ({
  policy: 'payments',
  levels,
  repeat: 0,
  ackTimeoutSeconds: null,
  groupId: 'grp_01k3v0v5b8e6w9d2m4q7r1s5tg',
  incidentId: null,
  teamId: null,
  severity: 'critical',
  title: 'Critical: Card payments fail, 8 % in eu-west',
  body: 'payments-gateway',
  since: at(-120),
  changed: null,
  ...changes,
})
const two = subject([
  { targets: [{ user: 'ana' }], delaySeconds: 300 },
  { targets: [{ user: 'priya' }], delaySeconds: 300 },
])

type Made = Decision<PageState>
const start = (of: Subject, now: Instant = t0, with_: Partial<PageFacts> = {}) =>
  decidePage({ phase: 'new', key: 'pag_x' }, { type: 'start', subject: of }, now, { ...facts, ...with_ })
const then = (made: Made, input: PageInput | { type: 'woke' }, seconds: number, with_: Partial<PageFacts> = {}) =>
  decidePage(made.state, input, at(seconds), { ...facts, ...with_ })
const woke = { type: 'woke' } as const
const told = (made: Made) =>
  (made.tell ?? []).map(
    ({ key, input }) =>
      `${(input as { type: string }).type} ${key.replace('pag_x/', '').replace(ana.id, 'ana').replace(priya.id, 'priya')}`,
  )
const trace = (made: Made) => (made.state as Running).news.map((step) => `${step.kind} ${step.level}: ${step.reason}`)

describe('a page', () => {
  test('tells the first level and says who is paged when', () => {
    const made = start(two)
    expect([told(made), made.wakeAt, made.reason]).toEqual([
      ['start 1/1/ana'],
      at(300),
      'Ana is paged, level 1: it is the first level; then Priya after 5 min',
    ])
    expect(made.tell![0]!.input).toMatchObject({
      title: 'Critical: Card payments fail, 8 % in eu-west',
      body: 'payments-gateway, for 2 min. Priya is paged at 03:17.',
      onlyWhile: { group: two.groupId },
      page: 'pag_x',
    })
  })

  test('goes on to the next level when nobody answers, then is exhausted and tells the owners', () => {
    const second = then(start(two), woke, 300)
    expect([told(second), second.wakeAt]).toEqual([['start 2/1/priya'], at(600)])
    const third = then(second, woke, 600)
    expect([told(third), third.wakeAt, third.reason]).toEqual([
      ['start owners/1/priya'],
      undefined,
      'nobody answered in one round of 2 levels; Priya was told',
    ])
  })

  test('begins anew as often as the policy says', () => {
    const again = then(then(start({ ...two, repeat: 1 }), woke, 300), woke, 600)
    expect([told(again), (again.state as Running).round]).toEqual([['start 1/2/ana'], 2])
    expect(again.tell![0]!.input).toMatchObject({ body: expect.stringContaining('Asked again: nobody has it yet.') })
  })

  test('a level with nobody on call is skipped at once, with its reason', () => {
    const made = start(
      subject([
        { targets: [{ schedule: 'empty' }], delaySeconds: 300 },
        { targets: [{ user: 'priya' }], delaySeconds: 300 },
      ]),
    )
    expect(told(made)).toEqual(['start 2/1/priya'])
    expect(trace(made)[0]).toBe('skipped 1: level 1 has nobody: empty: nobody: no layer has anybody then, no override')
  })

  test('who is on call is looked up at each moment, not at the start', () => {
    const levels: Subject['levels'] = [
      { targets: [{ user: 'priya' }], delaySeconds: 600 },
      { targets: [{ schedule: 'payments' }], delaySeconds: 300 },
    ]
    const made = start(subject(levels))
    expect((made.state as Running).next).toEqual({ at: at(600), level: 2, names: ['Ana'] })
    expect(told(then(made, woke, 600))).toEqual(['start 2/1/ana'])
    expect(told(then(made, woke, 86_400 + 600))).toEqual(['start owners/1/priya'])
  })

  test('when no level has anybody the owners are told at once, not after the delays', () => {
    const made = start(subject([{ targets: [{ schedule: 'empty' }], delaySeconds: 300 }], { repeat: 9 }))
    expect(told(made)).toEqual(['start owners/1/priya'])
    expect(made.reason).toContain('no level has anybody')
    expect(start(subject([])).reason).toBe('there is no policy payments any more; Priya was told')
  })

  test('acknowledged, nobody else is told and what waits is taken back', () => {
    const made = then(start(two), { type: 'acknowledged', by: ana.id, name: 'Ana' }, 47)
    expect([told(made), made.wakeAt, made.reason]).toEqual([['cancel 1/1/ana'], undefined, 'Ana has it; nobody else is paged'])
    expect(told(then(made, woke, 300))).toEqual([])
  })

  test('answered before it began, nobody is told; it pages when that has grown old, and help is whoever else is in a level', () => {
    const taken = decidePage(
      { phase: 'new', key: 'pag_x' },
      { type: 'start', subject: { ...two, ackTimeoutSeconds: 600 }, taker: { by: ana.id, name: 'Ana' } },
      t0,
      { ...facts, group: 'acknowledged', answered: true },
    )
    expect([told(taken), taken.wakeAt, trace(taken)]).toEqual([
      [],
      at(600),
      ['acknowledged 1: Ana has it; nobody else is paged, unless it is still open in 10 min'],
    ])
    expect(told(then(taken, { type: 'escalate', name: 'Ana' }, 60))).toEqual(['start 2/2/priya'])
    expect(then(taken, woke, 600, { group: 'acknowledged', answered: true }).effects).toHaveLength(1)
    expect(told(then(taken, { type: 'given-back', reason: 'Ana gave it back' }, 60))).toEqual(['start 1/2/ana'])
  })

  test.each([
    ['the alert was acknowledged', { group: 'acknowledged' as const }],
    ['the alert was resolved', { group: 'resolved' as const }],
    ['the page was answered', { answered: true }],
  ])('holds still when %s and its input is only on the way', (_, with_) => {
    const held = then(start(two), woke, 300, with_)
    expect([told(held), held.wakeAt]).toEqual([[], at(301)])
    // Given back before the page heard of it, it goes on by itself.
    expect(told(then(held, woke, 301))).toEqual(['start 2/1/priya'])
    expect(then(held, woke, 400, with_).wakeAt).toEqual(at(430))
  })

  test('given back, it pages again from the first level, and says why', () => {
    const made = then(
      then(start(two), { type: 'acknowledged', by: ana.id, name: 'Ana' }, 47),
      { type: 'given-back', reason: 'Ana gave it back' },
      60,
    )
    expect([told(made), trace(made)]).toEqual([['start 1/2/ana'], ['given-back 1: Ana gave it back', 'paged 1: Ana gave it back']])
  })

  test('given back again and again, it remembers each person once, and takes back what is new', () => {
    let made = start(two)
    for (let n = 1; n <= 50; n++) {
      made = then(made, { type: 'acknowledged', by: ana.id, name: 'Ana' }, n * 100)
      expect(told(made).length).toBeLessThanOrEqual(2)
      made = then(made, { type: 'given-back', reason: 'Ana gave it back' }, n * 100 + 50)
    }
    expect((made.state as Running).told).toHaveLength(2)
    expect(told(then(made, { type: 'end', reason: 'resolved by a person', over: true }, 9000))).toContain('start over/ana')
  })

  test('an acknowledgement that has grown old gives the alert back; without an alert it pages again', () => {
    const old = { ...two, ackTimeoutSeconds: 600 }
    const acknowledged = then(start(old), { type: 'acknowledged', by: ana.id, name: 'Ana' }, 0)
    expect(acknowledged.wakeAt).toBe(at(600))
    expect(then(acknowledged, woke, 600, { group: 'acknowledged', answered: true }).effects).toMatchObject([
      { effect: 'oncall.give-back', input: { groupId: two.groupId } },
    ])
    const bare = then(start({ ...old, groupId: null }), { type: 'acknowledged', by: ana.id, name: 'Ana' }, 0)
    const again = then(bare, woke, 600, { group: undefined })
    expect([told(again), again.reason]).toEqual([
      ['start 1/2/ana'],
      'Ana is paged, level 1: Ana acknowledged it 10 min ago and it is still open; then Priya after 5 min',
    ])
  })

  test('escalated by a person, the next level is paged now', () => {
    const made = then(start(two), { type: 'escalate', name: 'Ana' }, 20)
    expect([told(made), trace(made), made.wakeAt]).toEqual([['start 2/1/priya'], ['paged 2: Ana escalated it'], at(320)])
  })

  test('escalated by whoever has it, the next level comes as help and nothing goes on by itself', () => {
    const made = then(then(start(two), { type: 'acknowledged', by: ana.id, name: 'Ana' }, 10), { type: 'escalate', name: 'Ana' }, 20)
    expect([told(made), made.state.phase, made.wakeAt]).toEqual([['start 2/2/priya'], 'acknowledged', undefined])
    expect(made.tell![0]!.input).not.toHaveProperty('onlyWhile')
  })

  test('whoever asks for help is not paged by it themselves', () => {
    const both = subject([two.levels[0]!, { targets: [{ team: 'sre' }], delaySeconds: 300 }])
    const made = then(then(start(both), { type: 'acknowledged', by: ana.id, name: 'Ana' }, 10), { type: 'escalate', name: 'Ana' }, 20)
    expect(told(made)).toEqual(['start 2/2/priya'])
  })

  test('somebody else who asks for help is not taken for the one who has it', () => {
    const asked = then(then(start(two), { type: 'acknowledged', by: ana.id, name: 'Ana' }, 10), { type: 'escalate', name: 'Max' }, 20)
    expect(trace(asked)).toEqual(['paged 2: Ana has it, and Max asks for help'])
  })

  test('an alert that could not be given back is tried again', () => {
    const old = { ...two, ackTimeoutSeconds: 600 }
    const kept = { group: 'acknowledged' as const, answered: true }
    const asked = then(then(start(old), { type: 'acknowledged', by: ana.id, name: 'Ana' }, 0), woke, 600, kept)
    const failed = decidePage(asked.state, { type: 'effect', result: { type: 'failed', tag: '', reason: 'no' } }, at(700), {
      ...facts,
      ...kept,
    })
    expect(failed.wakeAt).toBe(at(760))
    expect(then(failed, woke, 760, kept).effects).toHaveLength(1)
  })

  test('ended, everything is taken back and those who were told hear that it is over', () => {
    const made = then(start(two), { type: 'end', reason: 'resolved by its source', over: true }, 60)
    expect([told(made), made.ended]).toEqual([['cancel 1/1/ana', 'start over/ana'], true])
    expect(made.tell![1]!.input).toMatchObject({ title: 'Over: Critical: Card payments fail, 8 % in eu-west, 3 min', urgency: 'update' })
  })

  test('the policy is the copy of the start', () => {
    expect((start(two).state as Running).subject.levels).toEqual(two.levels)
  })

  test('people who are named twice are told once; disabled ones are not', () => {
    expect(told(start(subject([{ targets: [{ user: 'ana' }, { team: 'sre' }], delaySeconds: 300 }])))).toEqual([
      'start 1/1/ana',
      'start 1/1/priya',
    ])
    const gone = { ...book, people: { ana: { ...ana, disabled: true }, priya } }
    expect(trace(start(two, t0, { book: gone }))[0]).toBe('skipped 1: level 1 has nobody: Ana is disabled')
  })
})
