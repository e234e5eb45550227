// What every answer of the server has, whatever was asked; what it costs at most; and the live stream.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { addSeconds } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type WorldServer } from '#scenarios/world/server.ts'
import { securityHeaders } from './headers.ts'

let world: World
let server: WorldServer
let session: { cookie: string }

beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  await server.addPerson('ada', 'administrator')
  session = await server.signIn('ada')
})
afterAll(async () => {
  await server.close()
  await world.close()
})

const filled = (path: string) => path.replace(/\{\w+\}/g, 'anything')
const routes = [
  ...[
    '/',
    '/healthz',
    '/readyz',
    '/metrics',
    '/api/openapi.json',
    '/nothing.txt',
    '/incidents/1',
    '/api/v1/nothing',
    '/api/v1/live',
    '/in/nokey',
    '/v2/enqueue',
    '/api/v2/alerts',
  ].map((path) => ['GET', path] as const),
  ...catalogue.operations.map(({ http }) => [http.split(' ')[0]!, `/api/v1${filled(http.split(' ')[1]!)}`] as const),
  ...catalogue.pages.map(({ http }) => [http.split(' ')[0]!, filled(http.split(' ')[1]!)] as const),
]

describe('every answer', () => {
  test.each(routes)('of %s %s carries the security headers', async (method, path) => {
    const { headers } = await server.send(method, path, method === 'GET' || method === 'DELETE' ? {} : { body: {} })
    expect(headers).toMatchObject(securityHeaders)
    expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined()
  })

  test('has a policy that lets nothing run but our own files', () => {
    const policy = securityHeaders['content-security-policy']!
    expect(policy).not.toMatch(/unsafe-|\*|http:|https:/)
    for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"])
      expect(policy).toContain(rule)
  })

  test('grants no other origin anything', async () => {
    for (const path of ['/', '/api/v1/me', '/api/openapi.json', '/in/nokey']) {
      const { headers } = await server.send('OPTIONS', path, {
        headers: { origin: 'https://evil.test', 'access-control-request-method': 'POST' },
      })
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  test('of a failure is a problem that gives no stack away, and its address is that of no host that was sent', async () => {
    const { text, status } = await server.send('GET', '/api/v1/users/nobody', { headers: { ...session, host: 'evil.test' } })
    expect(status).toBe(404)
    expect(text).not.toMatch(/evil\.test|at \w+ \(|node_modules|\.ts:/)
  })
})

describe('the size of a request', () => {
  test.each([
    '/api/v1/session',
    ...catalogue.pages
      .filter(({ http }) => http.startsWith('POST'))
      .slice(0, 1)
      .map(({ http }) => filled(http.split(' ')[1]!)),
  ])('a body without an end to %s is cut off at its bound, not read to its end', async (path) => {
    const port = Number(new URL(server.address).port)
    let sentMiB = 0
    const status = await new Promise((resolve) => {
      const sent = request({
        host: '127.0.0.1',
        port,
        method: 'POST',
        path,
        headers: {
          'content-type': path.startsWith('/api/') ? 'application/json' : 'application/x-www-form-urlencoded',
          origin: server.publicUrl,
        },
        agent: false,
      })
      const chunk = Buffer.alloc(1024 * 1024, 'x')
      const more = () => {
        if (sentMiB >= 64 || sent.destroyed) return sent.end()
        sentMiB++
        return sent.write(chunk, () => setImmediate(more))
      }
      sent.on('response', (response) => resolve(response.statusCode))
      sent.on('error', () => resolve('cut off'))
      more()
    })
    expect([413, 'cut off']).toContain(status)
    expect(sentMiB).toBeLessThan(32)
  })

  test('headers of more than 16 KiB are refused', async () => {
    expect((await server.send('GET', '/healthz', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431)
  })
})

describe('the live stream', () => {
  const open = (headers: Record<string, string>) =>
    new Promise<{ status: number; type: string; next: () => Promise<string>; close: () => void }>((resolve, reject) => {
      const sent = request(`${server.address}/api/v1/live`, { headers, agent: false })
      sent.on('error', reject)
      sent.on('response', (response) => {
        let text = ''
        let wake = () => {}
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8')
          wake()
        })
        let isOver = false
        response.on('close', () => {
          isOver = true
          wake()
        })
        const next = async () => {
          while (!text.includes('\n\n') && !isOver) await new Promise<void>((heard) => (wake = heard))
          if (!text.includes('\n\n')) return 'the end'
          const [first, ...rest] = text.split('\n\n')
          text = rest.join('\n\n')
          return first!
        }
        sent.removeAllListeners('error')
        sent.on('error', () => {})
        resolve({ status: response.statusCode!, type: response.headers['content-type'] ?? '', next, close: () => sent.destroy() })
      })
      sent.end()
    })

  test('greets, and then names the kinds of things that changed, and no ids', async () => {
    const stream = await open(session)
    expect(stream).toMatchObject({ status: 200, type: 'text/event-stream' })
    expect(await stream.next()).toContain('event: hello')
    await server.send('POST', '/api/v1/teams', { headers: { ...session, origin: server.publicUrl }, body: { slug: 'live', name: 'Live' } })
    const changed = await stream.next()
    expect(changed).toMatch(/event: changed/)
    expect(changed).toMatch(/data: \["team"\]/)
    stream.close()
  })

  test.each([
    ['signs out', (headers: Record<string, string>) => server.send('DELETE', '/api/v1/session', { headers })],
    ['is disabled', () => server.send('POST', '/api/v1/users/nils/disable', { headers: { ...session, origin: server.publicUrl } })],
  ])('ends soon for whoever %s, before it names anything', async (_, leave) => {
    await server.addPerson('nils', 'responder').catch(() => {})
    const cookie = await server.signIn('nils')
    const stream = await open(cookie)
    expect(await stream.next()).toContain('event: hello')
    await leave({ ...cookie, origin: server.publicUrl })
    world.clock.set(addSeconds(world.clock.now(), 21))
    const slug = `live-${Math.round(performance.now())}`
    await server.send('POST', '/api/v1/teams', { headers: { ...session, origin: server.publicUrl }, body: { slug, name: 'Live' } })
    const heard = [await stream.next(), await stream.next()]
    expect(heard.at(-1)).toBe('the end')
    expect(heard.join()).not.toContain('team')
  })

  test('is open a hundred times to one person, and then still to others', async () => {
    await server.addPerson('tess', 'responder')
    const tess = await server.signIn('tess')
    const streams = await Promise.all(Array.from({ length: 101 }, () => open(tess)))
    expect(streams.map(({ status }) => status).filter((status) => status !== 200)).toEqual([429])
    const other = await open(session)
    expect(other.status).toBe(200)
    for (const stream of [...streams, other]) stream.close()
  })

  test('is open to nobody without a session, and to no other site', async () => {
    for (const [headers, status] of [
      [{}, 401],
      [{ ...session, origin: 'https://evil.test' }, 403],
    ] as const) {
      const stream = await open(headers as Record<string, string>)
      expect(stream.status).toBe(status)
      stream.close()
    }
  })
})

test('metrics are open to this machine, and through a proxy only to tokens', async () => {
  expect((await server.send('GET', '/metrics')).text).toContain('tocsin_http_requests_total')
  expect((await server.send('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(401)
})

test('a public status page is made once for all who look, however they spell its address', async () => {
  const headers = { ...session, origin: server.publicUrl }
  await server.send('POST', '/api/v1/status-pages', { headers, body: { slug: 'shop', name: 'Shop', visibility: 'public', components: [] } })
  let made = 0
  const transact: typeof world.engine.transact = (...asked) => {
    made++
    return world.engine.transact(...asked)
  }
  const counted = await serveWorld({ ...world, engine: { ...world.engine, transact } })
  const { status, text } = await counted.send('GET', '/s/shop')
  expect(status).toBe(200)
  for (const path of ['/s/sh%6Fp', '/s/shop?from=mail', '/s/%73hop'])
    expect(await counted.send('GET', path)).toMatchObject({ status: 200, text })
  expect(made).toBe(1)
  await counted.close()
})
