import { describe, expect, test } from 'vitest'
import type { UserId } from '#kernel/actor.ts'
import { addSeconds, instant } from '#kernel/time.ts'
import { calm, decideWatchdog, type WatchdogFacts, type WatchdogState } from './decision.ts'

const now = instant('2026-11-28T03:00:00Z')
const fine: WatchdogFacts = { outcomes: [], work: { overdue: 0, oldest: null }, administrators: ['usr_ada' as UserId] }
const by = (channel: string, delivered: number, failed: number) => ({ channel, delivered, failed, reason: failed > 0 ? 'refused' : null })
const cameThrough = (state: WatchdogState, facts: Partial<WatchdogFacts> = {}) =>
  decideWatchdog(state, { type: 'came-through', at: now }, now, { ...fine, ...facts })
const toldBy = ({ tell = [] }: ReturnType<typeof cameThrough>) =>
  tell.map(({ input }) => (input as { urgency: string; title: string }).urgency + ': ' + (input as { title: string }).title)

describe('the heartbeat', () => {
  test.each<[string, Partial<WatchdogFacts>, string | null]>([
    ['goes out when nothing was sent lately', {}, null],
    ['goes out when something arrived', { outcomes: [by('email', 0, 9), by('web-push', 1, 3)] }, null],
    ['goes out when little failed: that may be one address', { outcomes: [by('email', 0, 2)] }, null],
    [
      'is withheld when nothing arrives',
      { outcomes: [by('email', 0, 2), by('web-push', 0, 1)] },
      'nothing that was sent in the last 15 min has arrived: e-mail (refused); push (refused)',
    ],
    ['goes out while work is a little late', { work: { overdue: 3, oldest: addSeconds(now, -120) } }, null],
    [
      'is withheld when work is late',
      { work: { overdue: 3, oldest: addSeconds(now, -180) } },
      'work is late by 3 min: 3 things are overdue',
    ],
  ])('%s', (_, facts, withheld) => {
    const { state, effects = [] } = cameThrough(calm, facts)
    expect(state.withheld).toBe(withheld)
    expect(effects.map(({ effect }) => effect)).toEqual(withheld === null ? ['watchdog.send-heartbeat'] : [])
  })

  test('withheld, those who administer are paged once, and it is written down when it begins and when it ends', () => {
    const late = { work: { overdue: 1, oldest: addSeconds(now, -300) } }
    const first = cameThrough(calm, late)
    expect(toldBy(first)).toEqual(['page: Tocsin itself does not work as it should'])
    expect(first.state.news.map(({ kind }) => kind)).toEqual(['withheld'])
    const second = cameThrough(first.state, late)
    expect([toldBy(second), second.state.news]).toEqual([[], []])
    const over = cameThrough(second.state)
    expect(over.state.news.map(({ kind }) => kind)).toEqual(['resumed'])
    expect(over.effects).toHaveLength(1)
  })
})

describe('a channel by which nothing arrives', () => {
  test('is told of once, by the others, and written down until something arrives by it again', () => {
    const dead = { outcomes: [by('email', 0, 3), by('web-push', 4, 0)] }
    const first = cameThrough(calm, dead)
    expect(toldBy(first)).toEqual(['update: Tocsin itself: nothing that is sent by e-mail arrives'])
    expect(first.state).toMatchObject({ failing: ['email'], news: [{ kind: 'failing', channel: 'email' }] })
    expect(toldBy(cameThrough(first.state, dead))).toEqual([])
    expect(cameThrough(first.state).state.failing, 'nothing was sent by it lately').toEqual(['email'])
    const back = cameThrough(first.state, { outcomes: [by('email', 1, 3)] })
    expect(back.state).toMatchObject({ failing: [], news: [{ kind: 'works', channel: 'email' }] })
  })
})

test('a heartbeat that cannot be sent five times in a row is told of once, and again only after one that was sent', () => {
  const failed = { type: 'effect', result: { type: 'failed', tag: '', reason: 'it answers 404' } } as const
  const done = { type: 'effect', result: { type: 'done', tag: '', outcome: { sentAt: now } } } as const
  let state: WatchdogState = calm
  const told: number[] = []
  for (let times = 1; times <= 12; times++) {
    const decided = decideWatchdog(state, failed, now, fine)
    state = decided.state
    told.push(decided.tell?.length ?? 0)
  }
  expect(told).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
  expect(decideWatchdog(state, done, now, fine).state).toMatchObject({ unsent: 0, sentAt: now })
})
