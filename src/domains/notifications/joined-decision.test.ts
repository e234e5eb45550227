import { describe, expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import { decideJoined, join } from './joined-decision.ts'
import type { News, ReachState, Step } from './reach-state.ts'

const t0 = instant('2026-11-23T02:12:00Z')
const at = (seconds: number) => addSeconds(t0, seconds)
type Joined = Extract<ReachState, { phase: 'joined' }>

const step = (channel: string, status: Step['status'], changes: Partial<Step> = {}): Step => ({
  methodId: `mth_${channel}`,
  channel,
  label: channel,
  status,
  reason: `${channel} ${status}`,
  dueAt: t0,
  settledAt: null,
  tries: 0,
  inDoubt: false,
  ...changes,
})
const message = {
  userId: 'usr_01k3v0v5b8e6w9d2m4q7r1s5t8' as const,
  about: { page: 'pag_1' },
  urgency: 'page' as const,
  title: 'Critical: x',
  body: 'y',
  path: '/pages/pag_1',
}
const joined = (...steps: Step[]) => join('k', message, steps).state as Joined
const news = (steps: Step[], changes: Partial<News> = {}): News => ({
  type: 'news',
  pages: 12,
  steps,
  over: false,
  unwanted: false,
  reason: 'push delivered',
  ...changes,
})
const cancel = { type: 'cancel' as const, reason: 'Ben has it' }
const shown = (state: ReachState) => (state as Joined).steps.map(({ channel, status, reason }) => `${channel} ${status}: ${reason}`)
const hears = (state: Joined, input: News | typeof cancel, inSummary = true) => decideJoined(state, input, at(2), inSummary)
const together = 'in a summary of 12 pages, because 5 came within a minute'

describe('a page that waits for a summary', () => {
  test('says so, tells the process of its person’s summaries, and sends nothing itself', () => {
    const begun = join('k', message, [step('push', 'waiting')])
    expect([shown(begun.state), begun.effects, begun.tell]).toEqual([
      ['push waiting: waits for the next summary, because 5 came within a minute'],
      undefined,
      [{ process: 'notifications.summaries', key: message.userId, input: { type: 'joined' } }],
    ])
  })

  test.each([
    ['is delivered with it', [step('push', 'delivered')], {}, 'over', [`push delivered: push delivered, ${together}`]],
    [
      'is one page',
      [step('push', 'delivered')],
      { pages: 1 },
      'over',
      ['push delivered: push delivered, in a summary of 1 page, because 5 came within a minute'],
    ],
    ['fails with it', [step('push', 'failed')], { over: true }, 'over', [`push failed: push failed, ${together}`]],
    ['is as unknown as it', [step('push', 'unknown')], { over: true }, 'over', [`push unknown: push unknown, ${together}`]],
    ['waits for its next try', [step('push', 'again')], {}, 'joined', [`push again: push again, ${together}`]],
    [
      'is reached by what the summary tries next',
      [step('push', 'failed'), step('email', 'sending')],
      {},
      'joined',
      [`push failed: push failed, ${together}`, `email sending: email sending, ${together}`],
    ],
    ['is not told when it was left out', [step('push', 'cancelled')], {}, 'over', ['push cancelled: push cancelled']],
    [
      'is not reached when the summary could not begin',
      [],
      { over: true, reason: 'Ana is disabled' },
      'over',
      ['push failed: Ana is disabled'],
    ],
    [
      'is cancelled when nothing of the summary was left',
      [],
      { over: true, unwanted: true, reason: 'not told: everything in it was answered by then' },
      'over',
      ['push cancelled: not told: everything in it was answered by then'],
    ],
  ] as const)('%s', (_, steps, changes, phase, expected) => {
    const { state, ended } = hears(joined(step('push', 'waiting')), news([...steps], changes))
    expect([state.phase, ended === true, shown(state)]).toEqual([phase, phase === 'over', expected])
  })

  test('has failed by a way that the summary no longer has', () => {
    const { state } = hears(joined(step('push', 'waiting'), step('email', 'waiting')), news([step('push', 'delivered')]))
    expect([state.phase, shown(state)[1]]).toEqual(['over', 'email failed: this method was removed'])
  })

  test('is told by what the summary goes by, when that was changed meanwhile', () => {
    const { state } = hears(joined(step('push', 'waiting')), news([step('email', 'delivered')]))
    expect(shown(state)).toEqual([`email delivered: email delivered, ${together}`])
  })

  test('answered while it waits, it is over', () => {
    expect(hears(joined(step('push', 'waiting')), cancel, false)).toMatchObject({
      ended: true,
      state: { phase: 'over', reached: false, steps: [{ status: 'cancelled', reason: 'not sent: Ben has it' }] },
    })
  })

  test.each([
    ['delivered', [step('push', 'delivered')], 'over', [`push delivered: push delivered, ${together}`]],
    ['failed', [step('push', 'failed')], 'over', ['push cancelled: taken back: Ben has it']],
    ['left out', [step('push', 'cancelled')], 'over', ['push cancelled: taken back: Ben has it']],
    ['tried again', [step('push', 'again')], 'joined', ['push withdrawn: taken back: Ben has it']],
  ] as const)('answered while its summary may be on its way, what becomes of that is believed: %s', (_, steps, phase, expected) => {
    const left = hears(joined(step('push', 'waiting')), cancel)
    expect([left.state.phase, shown(left.state)]).toEqual(['joined', ['push withdrawn: taken back: Ben has it']])
    const { state } = hears(left.state as Joined, news([...steps]))
    expect([state.phase, shown(state)]).toEqual([phase, expected])
  })

  test('a second start tells nobody twice', () => {
    expect(decideJoined(joined(step('push', 'waiting')), { type: 'start', ...message }, at(1), false)).toMatchObject({
      state: { phase: 'joined' },
      reason: 'told already',
    })
  })
})
