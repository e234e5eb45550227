import { expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import type { InboundRequest } from '#kernel/integration.ts'
import { pagerduty } from './source.ts'

const source = pagerduty.sources!.webhook
const parsed = (summary: string) => {
  const request: InboundRequest = { method: 'POST', path: '', subpath: '/v2/enqueue', query: {}, headers: {}, body: new Uint8Array() }
  return source.parse(request, {
    receivedAt: instant('2026-11-29T03:00:00Z'),
    json: () => ({ routing_key: 'k', event_action: 'trigger', payload: { summary, source: 's', severity: 'error' } }),
    form: () => ({}),
    othersTurn: () => Promise.resolve(),
  })
}

// Alertmanager cuts a summary to 1,024 runes: refused, its alert would be lost, for a 400 is not sent again.
test.each(['a', 'ü', '日', '🔥'])('a summary of as many characters as there may be is taken, and of one more refused: %s', async (one) => {
  expect(await parsed(one.repeat(1024))).toMatchObject({ signals: [{ action: 'trigger' }] })
  expect(await parsed(one.repeat(1025))).toMatchObject({ faults: ["'payload.summary' is too long (at most 1024 characters)"] })
})
