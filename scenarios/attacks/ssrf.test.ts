// Addresses that lead where nobody should be sent, through every way out that a user can point somewhere: a connection that a runbook's steps call
// (reading and changing), and a browser's push endpoint. The way out is the real one, over a fake name service and fake sockets. The mail server's
// address is the administrator's alone; its socket meets the same attacks in src/platform/outbound/outbound.test.ts, as the bare way out does.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Outbound } from '#kernel/outbound.ts'
import { Secret } from '#kernel/secret.ts'
import { catalogue } from '#app/wiring.ts'
import { webPushChannel } from '#integrations/web-push/channel.ts'
import { judgeAddress } from '#platform/outbound/address.ts'
import { fakeWorld } from '#platform/outbound/fake-world.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { serveWorld, type WorldServer } from '../world/server.ts'
import { createWorld, type World } from '../world/world.ts'
import { attacksOf, type Case } from './cases.ts'

type Input = {
  url: string
  dns?: Record<string, string[][]>
  redirects?: Record<string, [number, string]>
  allowlist?: string[]
  retries?: number
}
type Expected = { allow: boolean; class?: string; at?: string }
const { cases, attack, nothingYet, close } = attacksOf<Input, Expected>('ssrf')

let world: World
let server: WorldServer
let headers: Record<string, string>
let outside: Outbound

beforeAll(async () => {
  const outbound: Outbound = { fetch: (request) => outside.fetch(request), connectMail: (...to) => outside.connectMail(...to) }
  world = await createWorld(catalogue, { outbound })
  server = await serveWorld(world)
  await server.addPerson('ada', 'administrator')
  headers = { ...(await server.signIn('ada')), origin: server.publicUrl }
})
afterAll(async () => {
  await server.close()
  await world.close()
})
const send = (method: string, path: string, body: object) => server.send(method, `/api/v1${path}`, { headers, body })
const read = async (path: string) => (await server.send('GET', `/api/v1${path}`, { headers })).json as Record<string, unknown>

function fakeOutside({ dns, redirects, allowlist }: Input) {
  const fake = fakeWorld(dns ?? {}, (request, response) => {
    const [status, location] = redirects?.[request.url] ?? [200, undefined]
    response.writeHead(status, location ? { location } : {}).end('{}')
  })
  outside = createOutbound({ userAgent: 'Test/1', allowHosts: () => new Set(allowlist), lookup: fake.lookup, connect: fake.connect })
  return fake
}

/** No socket went to an address that was not judged good, and no name was asked for more than once an attempt. */
function onlyJudged({ connections, lookups }: ReturnType<typeof fakeWorld>, { allowlist, retries, redirects }: Input, attempts: number) {
  for (const { address, host } of connections)
    expect([address, allowlist?.includes(host) || judgeAddress(address).class === 'public']).toEqual([address, true])
  expect(lookups.length).toBeLessThanOrEqual(attempts * (1 + (retries ?? 0) + Object.keys(redirects ?? {}).length))
}
const words = (expected: Expected) => new RegExp(expected.class === 'bad-url' ? 'bad.url' : (expected.class ?? ''), 'i')

/** A run whose only step calls the address. Tells how it ended, in the words that a person reads; `refused` when it could not even be set up. */
async function calledByRun({ id, input }: Case<Input, Expected>, method: 'GET' | 'POST'): Promise<{ ended: string; text: string }[]> {
  const slug = `${id}-${method}`.toLowerCase()
  const [, address, path = '/'] = /^([a-z]+:\/\/[^/]+)(\/.*)?$/i.exec(input.url)!
  const added = await send('POST', '/connections', { slug, name: slug, address, secret: 'canary-of-the-far-side' })
  if (added.status !== 201) return [{ ended: `not taken: ${added.status}`, text: added.text }]
  const http = { connection: slug, method, url: path, danger: method === 'GET' ? 'reads' : 'changes' }
  const step = { id: 'call', name: 'Call it', http }
  const approve = { id: 'approve', name: 'Approve', approve: { who: [{ user: 'ada' }], danger: 'It changes something.' } }
  const steps = method === 'GET' ? [step] : [approve, step]
  const saved = await send('PUT', `/runbooks/${slug}`, { name: slug, sections: [{ name: 'A', steps }] })
  expect([saved.status, saved.status < 300 ? '' : saved.text]).toEqual([saved.status, ''])
  const runs = []
  for (let time = 0; time <= (input.retries ?? 0); time++) {
    const run = (await send('POST', '/runs', { runbook: slug, inputs: {} })).json as { id: string }
    await world.settle()
    if (method === 'POST') {
      const { pending } = (await read(`/runs/${run.id}`)) as { pending: { hash: string } }
      expect((await send('POST', `/runs/${run.id}/approve`, { step: 'approve', hash: pending.hash })).status).toBe(200)
    }
    await world.pass('1 min')
    const after = await read(`/runs/${run.id}`)
    runs.push({ ended: String(after['phase']), text: JSON.stringify(after) })
    if (time < (input.retries ?? 0)) expect(after['phase']).toBe('done')
  }
  return runs
}

for (const found of cases) {
  const { id, source, input, expect: expected } = found
  attack(id, source, async () => {
    for (const method of ['GET', 'POST'] as const) {
      const fake = fakeOutside(input)
      const last = (await calledByRun(found, method)).at(-1)!
      expect(last.text).not.toContain('canary-of-the-far-side')
      if (expected.allow) expect([last.ended, fake.connections.length]).toEqual(['done', 1])
      // A step that changes something follows no redirect at all: it takes the answer for one that it did not expect.
      else if (input.redirects && method === 'POST') expect(fake.requests.map(({ url }) => url)).toEqual([input.url])
      else {
        expect(last.ended).not.toBe('done')
        if (!last.ended.startsWith('not taken')) expect(last.text).toMatch(words(expected))
        else expect(last.ended).toBe('not taken: 400')
      }
      onlyJudged(fake, input, 1)
    }
  })
}

describe('a browser’s push endpoint', () => {
  // A subscription of RFC 8291, whose private key nobody kept.
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  }
  const vapid = {
    publicKey: 'BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs',
    privateKey: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  }

  test.each(cases)('$id', async ({ input, expect: expected }) => {
    const endpoint = input.url.replace(/^http:/, 'https:')
    const fake = fakeOutside(input)
    const taken = await send('POST', '/me/contact-methods', { channel: 'web-push', address: { endpoint, keys }, label: 'A phone' })
    if (taken.status === 400) return expect([expected.allow, fake.connections]).toEqual([false, []])
    expect(taken.status).toBe(201)
    const message = { key: 'k', repeated: false, title: 't', body: 'b', url: 'https://tocsin.test/p/x', urgency: 'page' as const }
    const context = {
      outbound: outside,
      now: world.clock.now(),
      publicUrl: 'https://tocsin.test',
      settings: () => new Secret(JSON.stringify(vapid)),
    }
    let result = await webPushChannel.send(context, { endpoint, keys }, message)
    for (let time = 0; time < (input.retries ?? 0); time++) result = await webPushChannel.send(context, { endpoint, keys }, message)
    if (expected.allow) expect(result.status).toBe('delivered')
    // It follows no redirect: the first answer is the last.
    else if (input.redirects) expect([result.status, fake.requests.length]).toEqual(['failed', 1])
    else expect(result).toMatchObject({ status: 'failed', canRetry: false, reason: expect.stringMatching(words(expected)) })
    onlyJudged(fake, input, 1)
    await server.send('DELETE', `/api/v1/me/contact-methods/${(taken.json as { id: string }).id}`, { headers })
  })
})

for (const [way, why] of [
  ['OIDC discovery', 'people sign in with a password only'],
  ['OpenAPI import', 'no definition is imported'],
  ['iCal import', 'calendars are written and not read'],
  ['monitors', 'nothing watches an address'],
  ['outgoing webhooks', 'nothing is told to an address but by a runbook'],
  ['avatars', 'people have no pictures'],
  ['SNS SubscribeURL', 'no source calls its sender back'],
  ['SSH and PostgreSQL hosts', 'steps of runbooks speak HTTP only'],
] as const)
  nothingYet('ssrf-01', why, way)

close()
