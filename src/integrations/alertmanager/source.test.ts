import { afterEach, expect, test, vi } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { instant } from '#kernel/time.ts'
import type { InboundRequest } from '#kernel/integration.ts'
import { alertmanager } from './source.ts'

const source = alertmanager.sources!.webhook
afterEach(() => vi.unstubAllEnvs())

const parse = (body: unknown, subpath = '/api/v2/alerts') =>
  source.parse(
    { method: 'POST', path: '', subpath, query: {}, headers: {}, body: new Uint8Array() },
    { receivedAt: instant('2026-11-29T03:00:00Z'), json: () => body, form: () => ({}), othersTurn: () => Promise.resolve() },
  )

// Alertmanager takes each of these; refused, the alert would be lost, for a 400 is not sent again.
test('null is as what is not said', async () => {
  const labels = { alertname: 'DiskFull', team: null }
  const unsaid = { annotations: null, startsAt: null, endsAt: null, generatorURL: null }
  const meant = { action: 'trigger', title: 'DiskFull', labels: { alertname: 'DiskFull' }, endsAt: '2026-11-29T03:05:00.000Z' }
  expect(await parse([{ labels, ...unsaid }])).toMatchObject({ signals: [meant], faults: [] })
  const alert = { labels, annotations: { summary: 'No room', description: null }, status: 'firing', fingerprint: null }
  expect(await parse({ version: '4', groupKey: null, truncatedAlerts: null, externalURL: null, alerts: [alert] }, '')).toMatchObject({
    signals: [{ action: 'trigger', title: 'No room', body: '' }],
    faults: [],
  })
})

// Prometheus speaks http to what it is not told otherwise of: its key would go there in the clear, and its alerts nowhere.
test.each([
  ['https://tocsin.example', 'https'],
  ['http://localhost:8080', undefined],
])('the lines for Prometheus lead to %s', (publicUrl, scheme) => {
  const lines = source.setup({ url: `${publicUrl}/in/k`, host: new URL(publicUrl).host, key: 'k' })
  const { text } = lines.find(({ title }) => title.startsWith('Prometheus'))!
  const read = z.object({ alerting: z.object({ alertmanagers: z.array(z.unknown()) }) }).parse(parseYaml(text))
  expect(read.alerting.alertmanagers).toEqual([
    {
      api_version: 'v2',
      ...(scheme ? { scheme } : {}),
      authorization: { credentials: 'k' },
      static_configs: [{ targets: [new URL(publicUrl).host] }],
    },
  ])
})

test.each(['Asia/Tokyo', 'UTC', 'America/New_York'])('a time without an offset is UTC, also where the machine is in %s', async (zone) => {
  vi.stubEnv('TZ', zone)
  const times = { startsAt: '2026-11-29T02:50:00', endsAt: '2026-11-29 03:30:00.123456' }
  expect(await parse([{ labels: { alertname: 'DiskFull' }, ...times }])).toMatchObject({
    signals: [{ action: 'trigger', startedAt: '2026-11-29T02:50:00.000Z', endsAt: '2026-11-29T03:30:00.123Z' }],
  })
  const over = { ...times, endsAt: '2026-11-29T02:59:59' }
  expect(await parse([{ labels: { alertname: 'DiskFull' }, ...over }])).toMatchObject({ signals: [{ action: 'resolve' }] })
})

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
