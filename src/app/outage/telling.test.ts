import { expect, test } from 'vitest'
import type { ChannelMessage, ChannelResult } from '#kernel/integration.ts'
import { instant } from '#kernel/time.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { silentLog } from '#platform/log.ts'
import { z } from 'zod'
import type { Timing } from '../timing.ts'
import { createTelling } from './telling.ts'

const message = {
  title: 'Degraded: Critical: A',
  body: '',
  key: 'degraded-1',
  url: 'https://tocsin.test/p/degraded/x',
  urgency: 'page',
} as const
const failed: ChannelResult = { status: 'failed', canRetry: true, inDoubt: true, reason: 'no answer' }

/** A channel that answers so; `whileWaiting` happens before each further try. */
function world(answers: ChannelResult[], whileWaiting: () => void = () => {}) {
  const sent: Pick<ChannelMessage, 'key' | 'repeated'>[] = []
  const email = {
    summary: 'email',
    address: z.string(),
    recognisesKey: true,
    send: async (_context: unknown, _address: unknown, { key, repeated }: ChannelMessage) => {
      sent.push({ key, repeated })
      return answers.shift() ?? failed
    },
  }
  const engine = { clock: { now: () => instant('2026-11-28T03:00:00Z') }, publicUrl: 'https://tocsin.test' } as Engine
  const parts = { engine, channels: new Map([['email', email]]), settings: () => undefined, log: silentLog() }
  const stopping = new AbortController()
  const ended = new AbortController()
  const timing: Timing = {
    elapsedMs: () => 0,
    after(_ms, work) {
      whileWaiting()
      work()
      return () => {}
    },
  }
  const telling = createTelling(parts, stopping.signal, timing)
  const tell = () =>
    telling(
      [
        { channel: 'email', account: 'ana@example.test' },
        { channel: 'gone', account: '' },
      ],
      message,
      ended.signal,
    )
  return { sent, tell, stopping, ended }
}

test('what may have arrived is sent again as a repeat of the same, until it is delivered', async () => {
  const { sent, tell } = world([failed, { status: 'delivered' }])
  expect(await tell()).toBe(true)
  expect(sent).toEqual([
    { key: 'degraded-1', repeated: false },
    { key: 'degraded-1', repeated: true },
  ])
})

test('five times at most, and not again where that cannot help', async () => {
  const patient = world([])
  expect(await patient.tell()).toBe(false)
  expect(patient.sent).toHaveLength(5)
  const hopeless = world([{ status: 'failed', canRetry: false, reason: 'no such address' }])
  expect(await hopeless.tell()).toBe(false)
  expect(hopeless.sent).toHaveLength(1)
})

test.each(['ended', 'stopping'] as const)('nothing more is sent once it is %s', async (how) => {
  const told = world([], () => told[how].abort())
  expect(await told.tell()).toBe(false)
  expect(told.sent).toHaveLength(1)
})
