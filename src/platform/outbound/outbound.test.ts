import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { AppError } from '#kernel/errors.ts'
import type { OutboundRequest } from '#kernel/outbound.ts'
import { judgeAddress } from './address.ts'
import { fakeWorld, type Handler } from './fake-world.ts'
import { createOutbound } from './outbound.ts'
import { refusalOf } from './refusal.ts'

type Attack = {
  id: string
  input: {
    url: string
    dns?: Record<string, string[][]>
    redirects?: Record<string, [number, string]>
    allowlist?: string[]
    retries?: number
  }
  expect: { allow: boolean; class?: string; at?: string }
}
const attacks = JSON.parse(readFileSync(new URL('./fixtures/ssrf.json', import.meta.url), 'utf8')) as Attack[]

const ok: Handler = (_, response) => response.end('ok')
const redirecting =
  (redirects: Record<string, [number, string]>): Handler =>
  (request, response) => {
    const [status, location] = redirects[request.url] ?? [200, undefined]
    response.writeHead(status, location ? { location } : {}).end('ok')
  }
const build = (dns: Record<string, string[][]>, handler: Handler = ok, allow: string[] = []) => {
  const world = fakeWorld(dns, handler)
  return {
    ...world,
    ...createOutbound({ userAgent: 'Test/1', allowHosts: () => new Set(allow), lookup: world.lookup, connect: world.connect }),
  }
}
const failureOf = async (work: Promise<unknown>): Promise<AppError> => {
  const outcome = await work.catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(AppError)
  return outcome as AppError
}

describe.each([
  ['fetch', (world: ReturnType<typeof build>, url: string) => world.fetch({ url })],
  ['fetch with POST', (world: ReturnType<typeof build>, url: string) => world.fetch({ url, method: 'POST', body: '{}' })],
] as const)('server-side request forgery through %s', (_, call) => {
  it.each(attacks)('$id: $source', async ({ input, expect: expected }) => {
    const world = build(input.dns ?? {}, redirecting(input.redirects ?? {}), input.allowlist)
    for (let attempt = 0; attempt < (input.retries ?? 0); attempt++) expect((await call(world, input.url)).status).toBe(200)
    if (expected.allow) {
      expect(await call(world, input.url)).toMatchObject({ status: 200 })
    } else {
      const refused = await failureOf(call(world, input.url))
      expect(refused.code).toBe('refused')
      expect(refusalOf(refused)).toMatchObject({ class: expected.class, at: expected.at === 'redirect' ? 'redirect' : 'check' })
      expect(refused.message.toLowerCase().replace('bad url', 'bad-url')).toContain(expected.class)
    }
    const allowed = new Set(input.allowlist)
    for (const { address, host } of world.connections) expect(allowed.has(host) || judgeAddress(address).class === 'public').toBe(true)
    expect(world.lookups.length).toBeLessThanOrEqual(1 + (input.retries ?? 0) + Object.keys(input.redirects ?? {}).length)
  })
})

describe.each(
  attacks.filter(
    ({ input }) => !input.redirects && URL.canParse(input.url) && /^https?:$/.test(new URL(input.url).protocol) && !input.url.includes('@'),
  ),
)('a socket for another protocol, $id', ({ input, expect: expected }) => {
  it('is judged like a request', async () => {
    const world = build(input.dns ?? {}, ok, input.allowlist)
    const url = new URL(input.url)
    for (let attempt = 0; attempt < (input.retries ?? 0); attempt++)
      (await world.connectMail(url.hostname, 25, { secure: false, timeoutSeconds: 5 })).destroy()
    const opening = world.connectMail(url.hostname, 25, { secure: false, timeoutSeconds: 5 })
    if (expected.allow) (await opening).destroy()
    else expect(refusalOf(await failureOf(opening))?.class).toBe(expected.class)
  })
})

describe('what an administrator allowed', () => {
  const dns = {
    'db.test': [['10.0.0.9']],
    'sub.db.test': [['10.0.0.9']],
    'evil.test': [['127.0.0.1']],
    'meta.test': [['169.254.169.254']],
    localhost: [['127.0.0.1']],
  }
  it('is open by exact name only, however it is written', async () => {
    const world = build(dns, ok, ['db.test'])
    expect((await world.fetch({ url: 'http://DB.test.:5432/' })).status).toBe(200)
    expect(world.connections).toEqual([{ address: '10.0.0.9', port: 5432, secure: false, host: 'db.test' }])
    for (const url of ['http://sub.db.test/', 'http://10.0.0.9/'])
      expect(refusalOf(await failureOf(world.fetch({ url })))?.class).toBe('private')
  })
  it('opens this machine only under its own names', async () => {
    const world = build(dns, ok, ['evil.test', 'localhost', '127.0.0.1', '[::1]'])
    for (const url of ['http://localhost/', 'http://127.0.0.1/', 'http://[::1]/']) expect((await world.fetch({ url })).status).toBe(200)
    expect(refusalOf(await failureOf(world.fetch({ url: 'http://evil.test/' })))?.class).toBe('loopback')
  })
  it('never opens the metadata service', async () => {
    const world = build(dns, ok, ['meta.test', '169.254.169.254'])
    for (const url of ['http://meta.test/', 'http://169.254.169.254/']) {
      const refused = await failureOf(world.fetch({ url }))
      expect(refusalOf(refused)?.class).toBe('link-local')
      expect(refused.message).toContain('never called')
    }
  })
  it('is named in the refusal', async () => {
    const refused = await failureOf(build(dns).fetch({ url: 'http://db.test/' }))
    expect(refused.message).toBe(
      'Not called: db.test leads to 10.0.0.9, an address of a private network. If it should be reachable, an administrator can allow exactly this name: TOCSIN_ALLOW_HOSTS=db.test.',
    )
  })
  it('is asked again at every attempt', async () => {
    const allow = new Set(['db.test'])
    const world = fakeWorld(dns, ok)
    const outbound = createOutbound({ userAgent: 'Test/1', allowHosts: () => allow, lookup: world.lookup, connect: world.connect })
    expect((await outbound.fetch({ url: 'http://db.test/' })).status).toBe(200)
    allow.clear()
    expect((await failureOf(outbound.fetch({ url: 'http://db.test/' }))).code).toBe('refused')
  })
})

describe('an attempt', () => {
  it('resolves once and connects to a judged address, by the name of the host', async () => {
    const world = build({ 'a.test': [['203.0.113.1', '203.0.113.2'], ['127.0.0.1']] })
    world.deadAddresses.add('203.0.113.1')
    expect((await world.fetch({ url: 'https://a.test/x?y=1#z' })).text()).toBe('ok')
    expect(world.lookups).toEqual(['a.test'])
    expect(world.connections.map(({ address, host, secure, port }) => [address, host, secure, port])).toEqual([
      ['203.0.113.1', 'a.test', true, 443],
      ['203.0.113.2', 'a.test', true, 443],
    ])
    expect(world.requests[0]).toMatchObject({ url: 'https://a.test/x?y=1', headers: { host: 'a.test', 'user-agent': 'Test/1' } })
  })
  it('that nobody answers is unavailable, with the reason in words', async () => {
    const world = build({ 'a.test': [['203.0.113.1']], 'empty.test': [[]] })
    world.deadAddresses.add('203.0.113.1')
    expect(await failureOf(world.fetch({ url: 'http://a.test/' }))).toMatchObject({
      code: 'unavailable',
      message: 'a.test:80 could not be reached: the connection was refused.',
    })
    expect(await failureOf(world.fetch({ url: 'http://no.test/' }))).toMatchObject({
      code: 'unavailable',
      message: 'The name no.test could not be resolved: there is no such name.',
    })
    expect((await failureOf(world.fetch({ url: 'http://empty.test/' }))).code).toBe('unavailable')
  })
  it.each([
    ['never begins', () => undefined],
    ['never ends', (_: unknown, response: Parameters<Handler>[1]) => void response.writeHead(200).write('a')],
  ] as [string, Handler][])('whose answer %s ends in time', async (_, handler) => {
    const failure = await failureOf(build({ 'a.test': [['203.0.113.1']] }, handler).fetch({ url: 'http://a.test/', timeoutSeconds: 0.05 }))
    expect(failure).toMatchObject({ code: 'unavailable', message: 'a.test gave no answer: there was no answer in time.' })
  })
  it('whose name never resolves ends in time', async () => {
    const outbound = createOutbound({ userAgent: 'Test/1', allowHosts: () => new Set(), lookup: () => new Promise(() => undefined) })
    expect((await failureOf(outbound.fetch({ url: 'http://a.test/', timeoutSeconds: 0.05 }))).message).toContain('no answer in time')
  })
  it('may not set what frames the message, nor break out of a header', async () => {
    const world = build({ 'a.test': [['203.0.113.1']] })
    for (const headers of [
      { Host: 'b.test' },
      { 'Transfer-Encoding': 'chunked' },
      { 'content-length': '1' },
      { 'x-a': 'b\r\nx-c: d' },
      { 'x a': 'b' },
    ])
      expect((await failureOf(world.fetch({ url: 'http://a.test/', headers: headers as unknown as Record<string, string> }))).code).toBe(
        'invalid-input',
      )
    expect(world.connections).toEqual([])
  })
  it('sends body and headers as they are', async () => {
    const world = build({ 'a.test': [['203.0.113.1']] })
    await world.fetch({ url: 'http://a.test/', method: 'POST', headers: { Authorization: 'Bearer x' }, body: Buffer.from('héllo') })
    expect(world.requests[0]).toMatchObject({
      method: 'POST',
      body: 'héllo',
      headers: { authorization: 'Bearer x', 'content-length': '6' },
    })
  })
})

describe('an answer', () => {
  const answering = (headers: Record<string, string>, body: Uint8Array) =>
    build({ 'a.test': [['203.0.113.1']] }, (_, response) => response.writeHead(200, headers).end(body))
  const fetchIt = (world: ReturnType<typeof build>, more: Partial<OutboundRequest> = {}) => world.fetch({ url: 'http://a.test/', ...more })
  it.each([
    ['gzip', gzipSync('hello')],
    ['br', brotliCompressSync('hello')],
    ['identity', Buffer.from('hello')],
  ])('is unpacked from %s', async (encoding, body) => {
    expect((await fetchIt(answering({ 'content-encoding': encoding }, body))).text()).toBe('hello')
  })
  it('is cut off when it is too large, packed or not', async () => {
    const large = Buffer.alloc(50_000_000)
    for (const world of [answering({}, large), answering({ 'content-encoding': 'gzip' }, gzipSync(large))]) {
      const failure = await failureOf(fetchIt(world))
      expect(failure).toMatchObject({ code: 'unavailable', message: 'The answer of a.test is larger than the 1 MiB that are read.' })
    }
    expect((await fetchIt(answering({}, Buffer.alloc(1000)), { maxBytes: 1000 })).bytes).toHaveLength(1000)
    expect((await failureOf(fetchIt(answering({}, Buffer.alloc(1001)), { maxBytes: 1000 }))).code).toBe('unavailable')
  })
  it('that is not packed as it says is unavailable', async () => {
    for (const encoding of ['gzip', 'x-unknown', 'gzip, gzip'])
      expect((await failureOf(fetchIt(answering({ 'content-encoding': encoding }, Buffer.from('no'))))).code).toBe('unavailable')
  })
  it('of any status is an answer, its headers in lower case', async () => {
    const world = build({ 'a.test': [['203.0.113.1']] }, (_, response) => response.writeHead(503, { 'Retry-After': '5' }).end())
    expect(await fetchIt(world)).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, url: 'http://a.test/' })
  })
})

describe('a redirect', () => {
  const dns = { 'a.test': [['203.0.113.1']], 'b.test': [['203.0.113.2']], 'in.test': [['10.0.0.1']] }
  const secret = { authorization: 'Bearer x', cookie: 'c=1', 'dd-api-key': 'k', accept: 'text/plain' }
  it('keeps credentials at the same origin and drops them for good at another', async () => {
    const world = build(
      dns,
      redirecting({
        'https://a.test/1': [302, '/2'],
        'https://a.test/2': [302, 'https://b.test/3'],
        'https://b.test/3': [302, 'https://a.test/4'],
      }),
    )
    expect((await world.fetch({ url: 'https://a.test/1', headers: secret })).url).toBe('https://a.test/4')
    expect(world.requests.map(({ headers }) => [headers.authorization, headers.cookie, headers['dd-api-key'], headers.accept])).toEqual([
      ['Bearer x', 'c=1', 'k', 'text/plain'],
      ['Bearer x', 'c=1', 'k', 'text/plain'],
      [undefined, undefined, undefined, 'text/plain'],
      [undefined, undefined, undefined, 'text/plain'],
    ])
  })
  it.each([
    ['another scheme', 'http://a.test/'],
    ['another port', 'https://a.test:8443/'],
  ])('to %s is another origin', async (_, location) => {
    const world = build(dns, redirecting({ 'https://a.test/1': [302, location] }))
    await world.fetch({ url: 'https://a.test/1', headers: secret })
    expect(world.requests[1]?.headers.authorization).toBeUndefined()
  })
  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'PUT', 'PUT', 'x'],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [307, 'POST', 'POST', 'x'],
    [308, 'DELETE', 'DELETE', ''],
  ] as const)('with %i turns %s into %s', async (status, method, becomes, body) => {
    const world = build(dns, redirecting({ 'https://a.test/1': [status, '/2'] }))
    await world.fetch({
      url: 'https://a.test/1',
      method,
      ...(method === 'POST' || method === 'PUT' ? { body: 'x', headers: { 'content-type': 'text/plain' } } : {}),
    })
    expect(world.requests[1]).toMatchObject({ method: becomes, body })
    expect(world.requests[1]?.headers['content-type']).toBe(body === 'x' ? 'text/plain' : undefined)
  })
  it.each([
    ['to a private host', 'http://in.test/', 'private'],
    ['to a loopback literal', 'http://[::ffff:7f00:1]/', 'loopback'],
    ['to no URL', 'http://[', 'bad-url'],
    ['with credentials', 'https://u:p@b.test/', 'credentials'],
    ['to data', 'data:text/plain,x', 'scheme'],
  ])('%s is refused and opens no socket', async (_, location, is) => {
    const world = build(dns, redirecting({ 'https://a.test/1': [302, location] }))
    expect(refusalOf(await failureOf(world.fetch({ url: 'https://a.test/1' })))).toMatchObject({ class: is, at: 'redirect' })
    expect(world.connections).toHaveLength(1)
  })
  it.each([
    [307, 'POST', 'https://a.test/1', 'https://b.test/2'],
    [308, 'POST', 'https://a.test/1', 'https://a.test:8443/2'],
    [302, 'PUT', 'https://a.test/1', 'https://b.test/2'],
    [307, 'POST', 'https://a.test/1', 'http://a.test/2'],
  ] as const)('with %i of a %s from %s to %s hands on no body', async (status, method, url, location) => {
    const world = build(dns, redirecting({ [url]: [status, location] }))
    const refused = await failureOf(world.fetch({ url, method, body: '{"routing_key":"a key"}' }))
    expect(refusalOf(refused)).toMatchObject({ class: 'another-origin', at: 'redirect' })
    expect(refused.message).toContain(`${new URL(url).origin} wants what it was sent to go to ${new URL(location).origin}.`)
    expect(world.connections).toHaveLength(1)
  })
  it.each([
    [308, 'http://a.test/1', 'https://a.test/1', 'POST', 'x'],
    [302, 'https://a.test/1', 'https://b.test/2', 'GET', ''],
    [303, 'https://a.test/1', 'https://b.test/2', 'GET', ''],
  ] as const)('with %i from %s to %s is followed: nobody else gets the body', async (status, url, location, method, body) => {
    const world = build(dns, redirecting({ [url]: [status, location] }))
    await world.fetch({ url, method: 'POST', headers: secret, body: 'x' })
    expect(world.requests[1]).toMatchObject({ url: location, method, body })
    expect(world.requests[1]?.headers.authorization).toBeUndefined()
  })
  it('is followed five times, resolved each time, and not a sixth time', async () => {
    const chain = (length: number) =>
      redirecting(Object.fromEntries(Array.from({ length }, (_, i) => [`https://a.test/${i}`, [302, `/${i + 1}`]])))
    const world = build(dns, chain(5))
    expect((await world.fetch({ url: 'https://a.test/0', maxRedirects: 99 })).url).toBe('https://a.test/5')
    expect(world.lookups).toHaveLength(6)
    const endless = build(dns, chain(50))
    expect(refusalOf(await failureOf(endless.fetch({ url: 'https://a.test/0', maxRedirects: 99 })))?.class).toBe('redirects')
    expect(endless.connections).toHaveLength(6)
  })
  it('is handed back when none are wanted', async () => {
    const world = build(dns, redirecting({ 'https://a.test/1': [302, 'http://127.0.0.1/'] }))
    expect(await world.fetch({ url: 'https://a.test/1', maxRedirects: 0 })).toMatchObject({
      status: 302,
      headers: { location: 'http://127.0.0.1/' },
    })
  })
})
