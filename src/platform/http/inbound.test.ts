// What the way in promises to senders: an answer that their protocol knows, nothing lost that was accepted, nothing kept quiet that was refused.
import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { defineIntegration } from '#kernel/define.ts'
import { integrations } from '#integrations/catalogue.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type WorldServer } from '#scenarios/world/server.ts'

const locked = defineIntegration({
  id: 'alertmanager',
  name: 'Locked',
  docs: '',
  sources: {
    webhook: {
      summary: 'A source that is signed',
      subpaths: [''],
      verify: {
        kind: 'checked',
        scheme: 'made up',
        check: (_, secret) => (secret === undefined ? 'No secret is set, so nothing is taken.' : true),
      },
      parse: () => ({ signals: [{ action: 'trigger', title: 'never', severity: 'info', labels: {} }] }),
      accepted: () => ({ status: 200 }),
      refused: (reason, _, status) => ({ status, body: { message: reason } }),
      setup: () => [],
    },
  },
})

let world: World
let server: WorldServer
let admin: Record<string, string>
const ids: Record<string, string> = {}
const alertmanager = 'a-key-for-alertmanager'
const pagerduty = 'c1000000000000000000000000000001'

beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  await server.addPerson('ada', 'administrator')
  admin = { ...(await server.signIn('ada')), origin: server.publicUrl }
  for (const [kind, key] of [
    ['alertmanager', alertmanager],
    ['pagerduty', pagerduty],
  ] as const) {
    const { json } = await server.send('POST', '/api/v1/integrations', { headers: admin, body: { name: kind, kind, key } })
    ids[key] = (json as { id: string }).id
  }
  server.refreshKeys()
})
afterAll(async () => {
  await server.close()
  await world.close()
})

const fired = (name: string) => [{ labels: { alertname: name }, annotations: { summary: name } }]
const postTo = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  server.send('POST', path, { body, headers: { 'content-type': 'application/json', ...headers } })
const titles = async () =>
  ((await server.send('GET', '/api/v1/alerts?limit=200', { headers: admin })).json as { items: { title: string }[] }).items.map(
    ({ title }) => title,
  )
const refusedOf = async (key: string) =>
  (
    (await server.send('GET', `/api/v1/integrations/${ids[key]}`, { headers: admin })).json as {
      refused: { status: number; reason: string; path: string; body: string }[]
    }
  ).refused

/** The status of the answer to a request of which only the head arrives. */
const answerToHead = (path: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const sent = request(`${server.address}${path}`, { method: 'POST', agent: false, headers: { 'content-length': '4000000', ...headers } })
    const late = setTimeout(() => sent.destroy(new Error('it waits for the body')), 3000)
    sent.on('error', reject)
    sent.on('response', ({ statusCode }) => {
      clearTimeout(late)
      sent.destroy()
      resolve(statusCode ?? 0)
    })
    sent.flushHeaders()
  })

describe('a key', () => {
  // Who has none could otherwise have as much kept in memory as they have connections for.
  test('that nobody has is refused before anything is read, wherever the key stands before the body', async () => {
    expect(await answerToHead('/in/nobodys-key', {})).toBe(404)
    expect(await answerToHead('/api/v2/alerts', { authorization: 'Bearer nobodys-key' })).toBe(401)
    expect(await answerToHead('/api/v2/alerts', {})).toBe(401)
  })

  test('in a header shows its owner also what is too large to be read', async () => {
    const before = (await refusedOf(alertmanager)).length
    const answer = await postTo('/api/v2/alerts', 'x'.repeat(5_000_000), { authorization: `Bearer ${alertmanager}` }).catch(() => undefined)
    if (answer) expect(answer.status).toBe(413)
    expect((await refusedOf(alertmanager)).map(({ status }) => status).slice(0, -before || undefined)).toEqual([413])
  })

  test('that nobody has is 404 under its path, and the refusal of the vendor at the vendor’s own', async () => {
    expect(await postTo('/in/nobodys-key', fired('x'))).toMatchObject({ status: 404, json: { status: 'not found' } })
    expect(await postTo('/api/v2/alerts', fired('x'), { authorization: 'Bearer nobodys-key' })).toMatchObject({
      status: 401,
      json: { code: 401 },
    })
    expect(await postTo('/api/v2/alerts', fired('x'))).toMatchObject({ status: 401 })
    expect(
      await postTo('/v2/enqueue', {
        routing_key: 'nobody',
        event_action: 'trigger',
        payload: { summary: 's', source: 's', severity: 'info' },
      }),
    ).toMatchObject({ status: 400, json: { status: 'invalid event' } })
  })

  test('opens only its own kind of source', async () => {
    expect((await postTo('/api/v2/alerts', fired('x'), { authorization: `Bearer ${pagerduty}` })).status).toBe(401)
    expect(
      (
        await postTo('/v2/enqueue', {
          routing_key: alertmanager,
          event_action: 'trigger',
          payload: { summary: 's', source: 's', severity: 'info' },
        })
      ).status,
    ).toBe(400)
    expect((await postTo(`/in/${alertmanager}/v2/enqueue`, {})).status).toBe(404)
  })

  test('that was removed stops working at once', async () => {
    const { json } = await server.send('POST', '/api/v1/integrations', {
      headers: admin,
      body: { name: 'gone', kind: 'alertmanager', key: 'a-key-that-will-go' },
    })
    server.refreshKeys()
    expect((await postTo('/in/a-key-that-will-go/api/v2/alerts', fired('before'))).status).toBe(200)
    await server.send('DELETE', `/api/v1/integrations/${(json as { id: string }).id}`, { headers: admin })
    server.refreshKeys()
    expect((await postTo('/in/a-key-that-will-go/api/v2/alerts', fired('after'))).status).toBe(404)
  })

  test('is asked for with POST only', async () => {
    for (const path of [`/in/${alertmanager}`, '/v2/enqueue']) {
      const answer = await server.send('GET', path)
      expect([path, answer.status, answer.headers['allow']]).toEqual([path, 405, 'POST'])
    }
  })
})

describe('what was accepted', () => {
  test('is stored before the sender hears 2xx', async () => {
    expect((await postTo(`/in/${alertmanager}/api/v2/alerts`, fired('StoredAtOnce'))).status).toBe(200)
    expect(await titles()).toContain('StoredAtOnce')
  })

  test('is all there when many arrive at once', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `Storm${index}`)
    const answers = await Promise.all(names.map((name) => postTo(`/in/${alertmanager}/api/v2/alerts`, fired(name))))
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200))
    expect(await titles()).toEqual(expect.arrayContaining(names))
  })

  test('may be packed', async () => {
    expect(
      (await postTo(`/in/${alertmanager}/api/v2/alerts`, gzipSync(JSON.stringify(fired('Packed'))), { 'content-encoding': 'gzip' })).status,
    ).toBe(200)
    expect(await titles()).toContain('Packed')
  })

  test('is within the bounds of what can be stored and shown, whatever was sent', async () => {
    const labels = { alertname: `${'x'.repeat(1023)}🙂`, long: 'y'.repeat(6000) }
    expect(
      (
        await postTo(`/in/${alertmanager}/api/v2/alerts`, [
          { labels, annotations: { runbook_url: 'https:', summary: `${'s'.repeat(1023)}🙂` } },
        ])
      ).status,
    ).toBe(200)
    expect(await titles()).toContain('s'.repeat(1023))
  })

  test.each(['\\u0000', '\\ud800'])('is stored although the name of a field holds what no database stores: %s', async (odd) => {
    const event = `{"routing_key":"${pagerduty}","event_action":"trigger","payload":{"summary":"Odd name","source":"s","severity":"info","custom_details":{"a${odd}":1}}}`
    expect((await postTo('/v2/enqueue', event)).status).toBe(202)
    const labels = `[{"labels":{"alertname":"Odd label","a${odd}":"x"}}]`
    expect((await postTo(`/in/${alertmanager}/api/v2/alerts`, labels)).status).toBe(200)
  })

  test.each(['+275760-09-12T00:00:00Z', '-000001-01-01T00:00:00Z', '9999-12-31T23:59:59-14:00'])(
    'whose time is none that can be stored (%s) is refused in words by one protocol and taken without it by the other',
    async (startsAt) => {
      const posted = await postTo(`/in/${alertmanager}/api/v2/alerts`, [{ labels: { alertname: 'Far' }, startsAt }])
      expect([posted.status, posted.text]).toEqual([400, expect.stringContaining('is not a time')])
      const payload = { summary: 'Far', source: 's', severity: 'info', timestamp: startsAt }
      expect((await postTo('/v2/enqueue', { routing_key: pagerduty, event_action: 'trigger', payload })).status).toBe(202)
    },
  )

  test('is kept although others in the same body could not be read; these are named', async () => {
    const answer = await postTo(`/in/${alertmanager}/api/v2/alerts`, [...fired('GoodOne'), { labels: {} }, { labels: 'x' }])
    expect(answer).toMatchObject({ status: 400, text: expect.stringMatching(/alert 1:.*alert 2:/) })
    expect(await titles()).toContain('GoodOne')
  })
})

describe('what was refused', () => {
  test.each([
    ['rubbish', '{"alerts":', 400],
    ['nothing', '', 400],
    ['something else', '{"hello":"world"}', 400],
    ['a list deeper than 64', '['.repeat(200) + ']'.repeat(200), 400],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), 400],
    ['a prototype key', '[{"labels":{"__proto__":"x"}}]', 400],
  ])('%s is a 4xx in words, and kept for the integration’s owner', async (_, body, status) => {
    for (const path of [`/in/${alertmanager}`, `/in/${alertmanager}/api/v2/alerts`]) {
      const before = (await refusedOf(alertmanager)).length
      const answer = await postTo(path, body)
      expect([path, answer.status]).toEqual([path, status])
      expect(answer.text).not.toMatch(/at \w+ \(|node_modules/)
      const kept = await refusedOf(alertmanager)
      expect(kept.length).toBe(before + 1)
      expect(kept[0]).toMatchObject({ status, reason: expect.stringMatching(/\w+ \w+/) })
      expect(kept[0]!.body).toBe(Buffer.from(body).toString('utf8').replaceAll('\0', '\ufffd'))
    }
  })

  test.each([
    ['zstd', 415],
    ['gzip', 400],
  ])('a body that is not packed as its header says (%s) is kept for the integration’s owner too', async (encoding, status) => {
    expect((await postTo(`/in/${alertmanager}`, 'rubbish', { 'content-encoding': encoding })).status).toBe(status)
    expect((await refusedOf(alertmanager))[0]).toMatchObject({ status, reason: expect.stringContaining(encoding) })
  })

  test('of the Events API has the vendor’s shape', async () => {
    for (const body of ['{', '[]', 'null', '{"routing_key":7}'])
      expect(await postTo('/v2/enqueue', body)).toMatchObject({ status: 400, json: { status: 'invalid event', errors: expect.any(Array) } })
    expect(await postTo('/v2/enqueue', { routing_key: pagerduty, event_action: 'explode' })).toMatchObject({
      status: 400,
      json: { status: 'invalid event' },
    })
    expect((await refusedOf(pagerduty))[0]).toMatchObject({ status: 400 })
  })

  test('is kept without the key, which is a secret: not in its address, and not in a body that has it', async () => {
    await postTo(`/in/${alertmanager}/api/v2/alerts?x=${alertmanager}`, `{"key": "${alertmanager}"}`)
    await postTo('/v2/enqueue', { routing_key: pagerduty, event_action: 'explode', note: 'ünder' })
    const [[first], [second]] = [await refusedOf(alertmanager), await refusedOf(pagerduty)]
    expect([first!.path, first!.body]).toEqual(['/in/…/api/v2/alerts', '{"key": "..."}'])
    expect([second!.path, JSON.parse(second!.body)]).toEqual([
      '/v2/enqueue',
      { routing_key: '...', event_action: 'explode', note: 'ünder' },
    ])
  })

  test('tells its owner once a minute, however much of it comes', async () => {
    const before = (await world.events('integration.request-refused')).length
    for (let index = 0; index < 5; index++) await postTo(`/in/${alertmanager}`, 'x')
    expect((await world.events('integration.request-refused')).length - before).toBeLessThanOrEqual(1)
  })

  test('an unsigned request to a source that is signed is, when no secret is set', async () => {
    const other = await serveWorld(world, { integrations: [locked] })
    const before = (await titles()).length
    expect(await other.send('POST', `/in/${alertmanager}`, { body: {} })).toMatchObject({
      status: 401,
      json: { message: 'No secret is set, so nothing is taken.' },
    })
    expect((await titles()).length).toBe(before)
    expect((await refusedOf(alertmanager))[0]).toMatchObject({ status: 401 })
    await other.close()
  })
})

describe('the size of a request', () => {
  const MiB = 1024 * 1024
  const big = (bytes: number) =>
    JSON.stringify([
      {
        labels: { alertname: 'Big' },
        annotations: Object.fromEntries(
          Array.from({ length: Math.floor(bytes / 100_000) }, (_, index) => [`a${index}`, 'x'.repeat(99_900)]),
        ),
      },
    ])

  test('of almost 4 MiB passes, of more it does not, announced or streamed or packed', async () => {
    const path = `/in/${alertmanager}/api/v2/alerts`
    expect((await postTo(path, big(3.9 * MiB))).status).toBe(200)
    const over = big(4.4 * MiB)
    for (const answer of [
      await postTo(path, over),
      await server.send('POST', path, { body: over, chunked: true }),
      await postTo(path, gzipSync(over), { 'content-encoding': 'gzip' }),
    ]) {
      expect(answer.status).toBe(413)
      expect(answer.headers['connection']).toBe('close')
    }
    expect((await refusedOf(alertmanager))[0]).toMatchObject({ status: 413 })
    expect((await postTo(path, fired('AfterTheBig'))).status).toBe(200)
  })

  test('of an event is 512 KiB at most', async () => {
    const event = (bytes: number) => ({
      routing_key: pagerduty,
      event_action: 'trigger',
      payload: { summary: 's', source: 's', severity: 'info', custom_details: Array.from({ length: 4 }, () => 'x'.repeat(bytes / 4)) },
    })
    expect((await postTo('/v2/enqueue', event(500 * 1024))).status).toBe(202)
    expect(await postTo('/v2/enqueue', event(600 * 1024))).toMatchObject({ status: 413, headers: { connection: 'close' } })
  })
})

test('every shipped source with a path of its own is claimed there', () => {
  for (const place of integrations.flatMap((integration) => integration.sources?.webhook.dropIn ?? []))
    expect(place.unknownKey.status).toBeGreaterThanOrEqual(400)
})

test('what comes with a key that nobody has is refused, and whoever looks for it finds it in the record, without the key', async () => {
  const wrong = 'a-key-that-was-taken-away'
  expect((await postTo(`/in/${wrong}/api/v2/alerts`, fired('Lost'))).status).toBe(404)
  expect((await postTo('/api/v2/alerts', fired('Lost'), { authorization: `Bearer ${wrong}` })).status).toBe(401)
  const found = async () => (await world.events('auth.refused')).map(({ actor, data }) => ({ actor, ...(data as object) }))
  await expect
    .poll(found)
    .toEqual(
      expect.arrayContaining(
        ['POST /in/{key}', 'POST /api/v2/alerts'].map((operation) =>
          expect.objectContaining({ actor: 'anonymous', operation, reason: 'it has no key of an integration', address: '127.0.0.1' }),
        ),
      ),
    )
  expect(JSON.stringify(await world.events())).not.toContain(wrong)
  const written = (await found()).length
  for (let n = 0; n < 5; n++) await postTo(`/in/${wrong}`, fired('Lost'))
  expect(await found()).toHaveLength(written)
  expect(await titles()).not.toContain('Lost')
})
