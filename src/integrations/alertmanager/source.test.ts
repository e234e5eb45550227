import { expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import type { InboundRequest } from '#kernel/integration.ts'
import { alertmanager } from './source.ts'

const source = alertmanager.sources!.webhook

test.each([
  [39, 0],
  [500, 12],
])('of %i alerts in one request others have %i turns while they are read, and all of them are', async (count, expected) => {
  const alerts = Array.from({ length: count }, (_, n) => ({ labels: { alertname: `a${n}` } }))
  const request: InboundRequest = { method: 'POST', path: '', subpath: '/api/v2/alerts', query: {}, headers: {}, body: new Uint8Array() }
  let turns = 0
  const parsed = await source.parse(request, {
    receivedAt: instant('2026-11-29T03:00:00Z'),
    json: () => alerts,
    form: () => ({}),
    othersTurn: async () => void turns++,
  })
  expect('signals' in parsed && parsed.signals.map(({ labels }) => labels['alertname'])).toEqual(
    alerts.map(({ labels }) => labels.alertname),
  )
  expect(turns).toBe(expected)
})
