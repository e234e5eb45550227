import { expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import type { InboundRequest } from '#kernel/integration.ts'
import { pagerduty } from './source.ts'

const source = pagerduty.sources!.webhook
const parsed = (summary: string) => parse({ event_action: 'trigger', payload: { summary, source: 's', severity: 'error' } })
const parse = (body: unknown, subpath = '/v2/enqueue') => {
  const request: InboundRequest = {
    method: 'POST',
    path: '',
    subpath,
    query: {},
    headers: { 'x-routing-key': 'k' },
    body: new Uint8Array(),
  }
  return source.parse(request, {
    receivedAt: instant('2026-11-29T03:00:00Z'),
    json: () => body,
    form: () => ({}),
    othersTurn: () => Promise.resolve(),
  })
}

// Alertmanager cuts a summary to 1,024 runes: refused, its alert would be lost, for a 400 is not sent again.
test.each(['a', 'ü', '日', '🔥'])('a summary of as many characters as there may be is taken, and of one more refused: %s', async (one) => {
  expect(await parsed(one.repeat(1024))).toMatchObject({ signals: [{ action: 'trigger' }] })
  expect(await parsed(one.repeat(1025))).toMatchObject({ faults: ["'payload.summary' is too long (at most 1024 characters)"] })
})

const payload = { summary: 'Checkout fails', source: 'shop', severity: 'critical' }

test('null is as what is not said, and an empty key as none', async () => {
  const given = {
    client: null,
    client_url: null,
    links: null,
    images: [{ src: 'https://a.test/i.png', href: null, alt: null }],
    dedup_key: '',
  }
  const event = {
    ...given,
    event_action: 'trigger',
    payload: { ...payload, component: null, group: null, class: null, timestamp: null, custom_details: { cause: null } },
  }
  const { signals } = (await parse(event)) as { signals: object[] }
  expect(signals).toEqual([
    {
      action: 'trigger',
      title: 'Checkout fails',
      severity: 'critical',
      labels: { source: 'shop' },
      details: { cause: null },
      links: [],
      images: [{ src: 'https://a.test/i.png' }],
      source: 'pagerduty',
    },
  ])
  expect(
    await parse({ payload: { summary: '4.18.2 was deployed', source: null, custom_details: null }, links: null }, '/v2/change/enqueue'),
  ).toEqual({ signals: [], changes: [{ summary: '4.18.2 was deployed', links: [] }] })
})

test.each([
  ['without', undefined],
  ['with null for', null],
  ['with half of', { summary: 'Checkout fails' }],
  ['with nothing in', {}],
  ['with a text for', 'fine again'],
  ['with another severity in', { ...payload, severity: 'ok' }],
])('an end %s the payload that a beginning needs is an end', async (_, given) => {
  expect(await parse({ event_action: 'resolve', dedup_key: 'checkout', payload: given, links: 'none' })).toMatchObject({
    signals: [{ action: 'resolve', dedupKey: 'checkout' }],
  })
  expect(await parse({ event_action: 'resolve', dedup_key: '', payload: given })).toMatchObject({
    faults: ["'dedup_key' is missing or blank"],
  })
})

test('what a beginning needs it must say', async () => {
  expect(await parse({ event_action: 'trigger', payload: { ...payload, summary: null } })).toMatchObject({
    faults: ["'payload.summary' is missing or blank"],
  })
  expect(await parse({ event_action: 'trigger', payload: null })).toMatchObject({ faults: ["'payload' is missing or blank"] })
  expect(await parse({ event_action: null, payload })).toMatchObject({
    faults: ["'event_action' must be one of trigger, acknowledge, resolve"],
  })
})
