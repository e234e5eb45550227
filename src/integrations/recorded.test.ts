// What real clients sent, sent again through the real way in: each is answered as its protocol documents, and stored as what it means.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type WorldServer } from '#scenarios/world/server.ts'

type Recorded = {
  client: string
  step: string
  request: { method: string; path: string; headers: Record<string, string>; body: unknown }
  response: { status: number; body: unknown }
}

const recordedOf = (integration: string): { file: string; recorded: Recorded }[] => {
  const folder = fileURLToPath(new URL(`${integration}/fixtures/`, import.meta.url))
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, recorded: JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Recorded }))
}

let world: World
let server: WorldServer
const keys = {
  alertmanager: 'alertmanager-webhook-key',
  prometheus: 'prometheus-bearer-key',
  pagerduty: [
    'a1000000000000000000000000000001',
    'a1000000000000000000000000000002',
    'a1000000000000000000000000000004',
    'R0UT1NGKEY00000000000000000default',
    'R0UT1NGKEY000000000000000000000rich',
  ],
}

beforeAll(async () => {
  world = await createWorld(catalogue, { at: '2026-11-23T16:30:00Z' })
  server = await serveWorld(world)
  await server.addPerson('ada', 'administrator')
  const headers = { ...(await server.signIn('ada')), origin: server.publicUrl }
  const add = async (kind: string, key: string) =>
    expect((await server.send('POST', '/api/v1/integrations', { headers, body: { name: key, kind, key } })).status).toBe(201)
  for (const key of [keys.alertmanager, keys.prometheus]) await add('alertmanager', key)
  for (const key of keys.pagerduty) await add('pagerduty', key)
  server.refreshKeys()
})
afterAll(async () => {
  await server.close()
  await world.close()
})

/** `<…>` stands for any text of up to 255 characters; an empty body for whatever its client does not read. */
const documented = (body: unknown): unknown =>
  typeof body === 'string' && body.startsWith('<')
    ? expect.stringMatching(/^.{1,255}$/)
    : typeof body === 'object' && body !== null && !Array.isArray(body)
      ? Object.fromEntries(
          Object.entries(body).map(([name, value]) => [
            name,
            name === 'errors' ? expect.arrayContaining([expect.any(String)]) : documented(value),
          ]),
        )
      : body

const stored = (key: string) =>
  world.read((scope) =>
    scope.query<{ dedupKey: string; state: string; severity: string; title: string; count: number }>(sql`
    select dedup_key as "dedupKey", alerts.state, alerts.severity, alerts.title, alerts.count from alerts join integrations on integrations.id = alerts.integration_id where integrations.name = ${key} order by alerts.id`),
  )

describe('Alertmanager and Prometheus', () => {
  test.each(recordedOf('alertmanager').map(({ file, recorded }) => [file, recorded] as const))(
    '%s is answered as documented',
    async (file, { request, response }) => {
      const own = file.startsWith('prometheus-')
      const headers = { ...request.headers, ...(own ? { Authorization: `Bearer ${keys.prometheus}` } : {}) }
      const answer = await server.send(request.method, own ? request.path : `/in/${keys.alertmanager}`, { headers, body: request.body })
      expect(answer.status).toBe(response.status)
      if (response.body !== '') expect(answer.json).toMatchObject(documented(response.body) as object)
    },
  )

  test('firing, repeated and resolved webhooks of one alert are one alert, which ends resolved', async () => {
    const alerts = await stored(keys.alertmanager)
    const resolved = recordedOf('alertmanager')
      .filter(({ file }) => file.includes('resolved'))
      .flatMap(({ recorded }) => (recorded.request.body as { alerts: { status: string; fingerprint: string }[] }).alerts)
    for (const { status, fingerprint } of resolved)
      expect([fingerprint, alerts.findLast(({ dedupKey }) => dedupKey === fingerprint)?.state]).toEqual([
        fingerprint,
        status === 'resolved' ? 'resolved' : 'triggered',
      ])
    expect(alerts.some(({ count }) => count > 1)).toBe(true)
    expect(alerts.find(({ title }) => title === 'p99 over 2s')).toMatchObject({ severity: 'critical' })
  })

  test('a series that Prometheus sends again and again is one alert', async () => {
    const alerts = await stored(keys.prometheus)
    expect(new Set(alerts.map(({ dedupKey }) => dedupKey)).size).toBe(alerts.length)
    expect(alerts.filter(({ title }) => title.startsWith('value is')).length).toBeGreaterThan(0)
  })

  test('the token may also stand in the path, for clients that cannot send one', async () => {
    const { request } = recordedOf('alertmanager').find(({ file }) => file.startsWith('prometheus-'))!.recorded
    expect((await server.send('POST', `/in/${keys.prometheus}/api/v2/alerts`, { body: request.body })).status).toBe(200)
    expect((await server.send('POST', `/in/${keys.prometheus}/api/v2/alerts/`, { body: request.body })).status).toBe(200)
  })
})

describe('clients of the Events API v2', () => {
  test.each(recordedOf('pagerduty').map(({ file, recorded }) => [file, recorded] as const))(
    '%s is answered as documented',
    async (_, { request, response }) => {
      const answer = await server.send(request.method, request.path, { headers: request.headers, body: request.body })
      expect(answer.status).toBe(response.status)
      expect(answer.json).toMatchObject(documented(response.body) as object)
      const given = (request.body as { dedup_key?: string }).dedup_key
      if (given !== undefined && response.status === 202) expect(answer.json).toMatchObject({ dedup_key: given })
    },
  )

  test('trigger, acknowledge and resolve with one key are one alert', async () => {
    const alerts = await stored('a1000000000000000000000000000004')
    const { dedup_key: key } = recordedOf('pagerduty').find(({ file }) => file.includes('acknowledge'))!.recorded.request.body as {
      dedup_key: string
    }
    expect(alerts.filter(({ dedupKey }) => dedupKey === key)).toMatchObject([{ state: 'resolved' }])
  })
})
