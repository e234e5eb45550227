// What the API promises for every operation of the product, asked over the real server.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { catalogue } from '#app/wiring.ts'
import type { AnyOperation } from '#kernel/command.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type Received, type WorldServer } from '#scenarios/world/server.ts'

let world: World
let server: WorldServer
let admin: { cookie: string }

beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  for (const [handle, role] of [
    ['ada', 'administrator'],
    ['sam', 'stakeholder'],
    ['rita', 'responder'],
  ] as const)
    await server.addPerson(handle, role)
  admin = await server.signIn('ada')
})
afterAll(async () => {
  await server.close()
  await world.close()
})

const as = (session: { cookie: string }, more: Record<string, string> = {}) => ({ ...session, origin: server.publicUrl, ...more })
const pathOf = ({ http }: AnyOperation) => `/api/v1${http.split(' ')[1]!.replace(/\{\w+\}/g, 'anything')}`
const commands = catalogue.operations.filter((operation) => operation.kind === 'command')
const recorded = async () => (await world.events()).filter(({ type }) => !type.startsWith('auth.refused')).length

function expectProblem(answer: Received, status: number, code: string) {
  expect(answer).toMatchObject({
    status,
    json: {
      type: `/docs/problems#${code}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      code,
      reference: expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
  })
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(answer.headers['cache-control']).toBe('no-store')
}

describe('changes come from our own pages only', () => {
  test.each([
    ['another origin', { origin: 'https://evil.test' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling of our site', { 'sec-fetch-site': 'same-site', origin: 'https://www.tocsin.test' }],
    ['a sandboxed page, whose origin is null', { origin: 'null' }],
    ['our address over plain http', { origin: 'http://tocsin.test' }],
    ['no origin at all, with a cookie', {}],
  ])('every command refuses %s, and changes nothing', async (_, headers) => {
    const before = await recorded()
    for (const operation of commands) {
      const method = operation.http.split(' ')[0]!
      const answer = await server.send(method, pathOf(operation), {
        headers: { ...admin, ...(headers as unknown as Record<string, string>) },
        ...(method === 'DELETE' ? {} : { body: {} }),
      })
      expect([operation.name, answer.status, (answer.json as { code?: string }).code]).toEqual([operation.name, 403, 'wrong-origin'])
    }
    expect(await recorded()).toBe(before)
  })

  test('our own origin, a same-origin fetch and a token without any origin pass', async () => {
    const team = (slug: string) => ({ body: { slug, name: slug } })
    expect((await server.send('POST', '/api/v1/teams', { headers: as(admin), ...team('one') })).status).toBe(201)
    expect(
      (await server.send('POST', '/api/v1/teams', { headers: { ...admin, 'sec-fetch-site': 'same-origin' }, ...team('two') })).status,
    ).toBe(201)
    const token = (
      await server.send('POST', '/api/v1/tokens', { headers: as(admin), body: { name: 'CI', scopes: ['directory:configure'] } })
    ).json as { token: string }
    expect(
      (await server.send('POST', '/api/v1/teams', { headers: { authorization: `Bearer ${token.token}` }, ...team('three') })).status,
    ).toBe(201)
  })

  test('no operation that reads is a command, and no command comes by GET', () => {
    for (const { kind, http } of catalogue.operations) expect([http, kind]).toEqual([http, http.startsWith('GET ') ? 'query' : kind])
    expect(commands.filter(({ http }) => http.startsWith('GET '))).toEqual([])
  })
})

describe('input', () => {
  test('a field that is not known is named by its pointer', async () => {
    const answer = await server.send('POST', '/api/v1/teams', { headers: as(admin), body: { slug: 'x', name: 'X', colour: 'red' } })
    expectProblem(answer, 400, 'invalid-input')
    expect((answer.json as { faults: { path: string; message: string }[] }).faults).toEqual([
      { path: expect.any(String), message: expect.stringContaining('colour') },
    ])
  })

  test('each wrong field is named by its pointer', async () => {
    const answer = await server.send('POST', '/api/v1/services', {
      headers: as(admin),
      body: { slug: 'Not A Slug', name: '', links: [{ href: 'javascript:alert(1)', text: 'x' }] },
    })
    expectProblem(answer, 400, 'invalid-input')
    expect((answer.json as { faults: { path: string }[] }).faults.map(({ path }) => path)).toEqual(['/slug', '/name', '/links/0/href'])
  })

  test.each([
    ['a parameter that stands twice', 'GET', '/api/v1/users?limit=1&limit=2', undefined, 400, 'invalid-input'],
    ['a parameter that is not known', 'GET', '/api/v1/users?sort=name;drop', undefined, 400, 'invalid-input'],
    ['a limit above the most', 'GET', '/api/v1/users?limit=1000', undefined, 400, 'invalid-input'],
    ['input in the query of a change', 'POST', '/api/v1/teams?slug=x', { slug: 'x', name: 'X' }, 400, 'invalid-input'],
    ['a body that names what the path names', 'POST', '/api/v1/users/rita/disable', { user: 'ada' }, 400, 'invalid-input'],
    ['a list as body', 'POST', '/api/v1/teams', [], 400, 'invalid-input'],
    ['rubbish as JSON', 'POST', '/api/v1/teams', '{"slug":', 400, 'invalid-input'],
    ['a doubled key', 'POST', '/api/v1/teams', '{"slug":"a","slug":"b","name":"X"}', 400, 'invalid-input'],
    ['a prototype key', 'POST', '/api/v1/teams', '{"slug":"a","name":"X","__proto__":{"admin":true}}', 400, 'invalid-input'],
    ['a body deeper than 64', 'POST', '/api/v1/teams', '['.repeat(100) + ']'.repeat(100), 400, 'invalid-input'],
  ])('%s is refused in words', async (_, method, path, body, status, code) => {
    const headers = as(admin, typeof body === 'string' ? { 'content-type': 'application/json' } : {})
    expectProblem(await server.send(method, path, { headers, ...(body === undefined ? {} : { body }) }), status, code)
  })

  test('a form is not taken for JSON', async () => {
    const answer = await server.send('POST', '/api/v1/teams', {
      headers: as(admin, { 'content-type': 'text/plain' }),
      body: '{"slug":"x","name":"X"}',
    })
    expectProblem(answer, 415, 'wrong-media-type')
  })

  test.each([
    ['announced', false],
    ['streamed', true],
  ])('a body of more than 1 MiB that is %s ends with 413 and the connection', async (_, chunked) => {
    const answer = await server.send('POST', '/api/v1/teams', {
      headers: as(admin, { 'content-type': 'application/json' }),
      body: `{"slug":"${'x'.repeat(3 * 1024 * 1024)}"}`,
      chunked,
    })
    expectProblem(answer, 413, 'too-large')
    expect(answer.headers['connection']).toBe('close')
  })
})

describe('lists', () => {
  test('go on where they stopped, and a cursor that was tampered with or taken from another list is refused', async () => {
    const list = (query: string, path = '/api/v1/users') => server.send('GET', `${path}?${query}`, { headers: as(admin) })
    const first = (await list('limit=1')).json as { items: { handle: string }[]; nextCursor: string }
    const second = (await list(`limit=1&cursor=${first.nextCursor}`)).json as typeof first
    expect(second.items[0]!.handle > first.items[0]!.handle).toBe(true)
    const [text, signature] = first.nextCursor.split('.') as [string, string]
    const forged = Buffer.from(JSON.stringify(['z'])).toString('base64url')
    for (const cursor of [`${forged}.${signature}`, `${text}.${signature.slice(0, -1)}x`, text, `${text}.`, '.', 'x'.repeat(500)])
      expectProblem(await list(`cursor=${cursor}`), 400, 'invalid-input')
    expectProblem(await list(`cursor=${first.nextCursor}`, '/api/v1/services'), 400, 'invalid-input')
  })
})

describe('an idempotency key', () => {
  const add = (key: string, slug: string, session = admin) =>
    server.send('POST', '/api/v1/teams', { headers: as(session, { 'idempotency-key': key }), body: { slug, name: slug } })

  test('makes the second request give the first answer, and happens once', async () => {
    const first = await add('a key of mine', 'once')
    expect(first.status).toBe(201)
    expect(await add('a key of mine', 'once')).toMatchObject({ status: 201, json: first.json })
    expect((await world.events('team.added')).filter((event) => event.stream === (first.json as { id: string }).id)).toHaveLength(1)
  })

  test('for another request is a conflict, and of another person is another key', async () => {
    await add('a second key', 'twice')
    expectProblem(await add('a second key', 'thrice'), 409, 'conflict')
    expectProblem(await add('a second key', 'twice', await server.signIn('rita')), 403, 'forbidden')
  })

  test('gives no answer again to somebody who may no longer ask', async () => {
    await server.addPerson('otis', 'manager')
    const otis = await server.signIn('otis')
    expect((await add('a third key', 'while-he-may', otis)).status).toBe(201)
    await server.send('PATCH', '/api/v1/users/otis', { headers: as(admin), body: { role: 'stakeholder' } })
    expectProblem(await add('a third key', 'while-he-may', otis), 403, 'forbidden')
  })

  test('keeps what was asked and answered so that nobody reads a token or tries passwords in it', async () => {
    const ask = (path: string, key: string, body: object) =>
      server.send('POST', `/api/v1${path}`, { headers: as(admin, { 'idempotency-key': key }), body })
    const token = { name: 'CI', scopes: ['alerts:read'] }
    const first = await ask('/tokens', 'a key for a token', token)
    expect(first.status).toBe(201)
    expect((await ask('/tokens', 'a key for a token', token)).json).toEqual(first.json)
    expectProblem(await ask('/tokens', 'a key for a token', { ...token, name: 'CD' }), 409, 'conflict')
    const person = { handle: 'pia', name: 'Pia', email: 'pia@example.test', role: 'responder', zone: 'UTC', password: 'a sentence of pia' }
    expect((await ask('/users', 'a key for a person', person)).status).toBe(201)
    const rows = await world.read((scope) =>
      scope.query<{ request: string }>(sql`select request, answer from idempotency_keys where key like '% a key for a %'`),
    )
    expect(rows.length).toBe(2)
    expect(JSON.stringify(rows)).not.toContain((first.json as { token: string }).token)
    const guessed = createHash('sha256')
      .update(`directory.addUser\n${JSON.stringify(person)}`)
      .digest('hex')
    expect(rows.map(({ request }) => request)).not.toContain(guessed)
  })

  test('of fewer than 8 characters is refused', async () => expectProblem(await add('short', 'short'), 400, 'invalid-input'))
})

describe('a session', () => {
  test('is a cookie that no script, other site or plain connection gets', async () => {
    const { headers, text } = await server.send('POST', '/api/v1/session', {
      body: { email: 'rita@example.test', password: 'a long sentence is best' },
    })
    const [cookie, ...attributes] = String(headers['set-cookie']).split('; ')
    expect(cookie).toMatch(/^__Host-tocsin=[\w-]{32}$/)
    expect(attributes).toEqual(
      expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure', expect.stringMatching(/^Max-Age=\d+$/)]),
    )
    expect(attributes.some((attribute) => /^domain/i.test(attribute))).toBe(false)
    expect(text).not.toContain(cookie!.split('=')[1])
  })

  test('gets a new id at sign-in: a planted one stays unknown (auth-09)', async () => {
    const planted = `__Host-tocsin=${'a'.repeat(32)}`
    const { headers } = await server.send('POST', '/api/v1/session', {
      headers: { cookie: planted },
      body: { email: 'rita@example.test', password: 'a long sentence is best' },
    })
    expect(String(headers['set-cookie'])).not.toContain(planted)
    expect((await server.send('GET', '/api/v1/me', { headers: { cookie: planted } })).status).toBe(401)
  })

  test('ends for good at sign-out', async () => {
    const session = await server.signIn('rita')
    expect((await server.send('GET', '/api/v1/me', { headers: session })).status).toBe(200)
    expect((await server.send('DELETE', '/api/v1/session', { headers: as(session) })).headers['set-cookie']).toEqual([
      expect.stringContaining('Max-Age=0'),
    ])
    expect((await server.send('GET', '/api/v1/me', { headers: session })).status).toBe(401)
  })

  test('does not tell whether an address is known, and a refused sign-in is written down, without the address that was tried', async () => {
    const attempt = (email: string) => server.send('POST', '/api/v1/session', { body: { email, password: 'wrong' } })
    const [known, unknown] = [await attempt('sam@example.test'), await attempt('nobody@example.test')]
    expectProblem(known, 401, 'not-signed-in')
    expect({ ...(known.json as object), reference: '' }).toEqual({ ...(unknown.json as object), reference: '' })
    const written = (await world.events('auth.refused')).filter(
      ({ data }) => (data as { operation: string }).operation === 'directory.signIn',
    )
    expect(written.slice(-2).map(({ data }) => (data as { reason: string }).reason)).toEqual([
      'wrong password',
      'nobody has this e-mail address',
    ])
    expect(JSON.stringify(written)).not.toMatch(/example\.test/)
  })

  test('guessing at one account is slowed down, with the time to wait', async () => {
    let last: Received | undefined
    for (let guess = 0; guess < 12 && last?.status !== 429; guess++) {
      last = await server.send('POST', '/api/v1/session', { body: { email: 'guessed@example.test', password: `guess ${guess}` } })
      world.clock.set(new Date(Date.parse(world.clock.now()) + 3000).toISOString() as never)
    }
    expectProblem(last!, 429, 'too-many')
    expect(Number(last!.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('a token that is not valid is never taken for nobody, also where anybody may ask', async () => {
    for (const authorization of ['Bearer wrong', 'Basic YTpi', 'Bearer', ''])
      expectProblem(await server.send('GET', '/api/v1/setup', { headers: { authorization } }), 401, 'not-signed-in')
  })
})
