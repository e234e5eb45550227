// The live resolver and sockets, against servers of this test on this machine.
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { createOutbound } from './outbound.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}
const outboundTo = (...hosts: string[]) => createOutbound({ userAgent: 'Test/1', allowHosts: () => new Set(hosts) })

describe('live sockets', () => {
  it('carry a request and its answer', async () => {
    const server = createHttpServer((incoming, response) => incoming.pipe(response))
    const port = await listening(server)
    const answer = await outboundTo('127.0.0.1').fetch({ url: `http://127.0.0.1:${port}/`, method: 'POST', body: 'echo' })
    expect(answer.text()).toBe('echo')
  })
  it('are not opened to this machine unless allowed', async () => {
    let connections = 0
    const port = await listening(createServer(() => connections++))
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0'])
      await expect(outboundTo().fetch({ url: `http://${host}:${port}/` })).rejects.toMatchObject({ code: 'refused' })
    expect(connections).toBe(0)
  })
  it.each([
    ['answers rubbish', 'rubbish\r\n\r\n'],
    ['closes at once', ''],
    ['closes in the middle of its answer', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'],
    ['sends endless headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['speaks no TLS', 'no TLS here'],
  ])('to a server that %s end as unavailable', async (what, text) => {
    const port = await listening(
      createServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => socket.end(text))
      }),
    )
    const scheme = what === 'speaks no TLS' ? 'https' : 'http'
    await expect(outboundTo('127.0.0.1').fetch({ url: `${scheme}://127.0.0.1:${port}/` })).rejects.toMatchObject({ code: 'unavailable' })
  })
  describe('are kept for a moment', () => {
    /** Counts connections; answers by `answer`, or with the path. */
    async function counting(answer: RequestListener = (incoming, response) => response.end(incoming.url)) {
      const heard = { connections: 0, asked: [] as string[], close: () => server.closeIdleConnections() }
      const server = createHttpServer((incoming, response) => {
        heard.asked.push(`${incoming.method} ${incoming.headers.connection}`)
        answer(incoming, response)
      })
      server.on('connection', () => heard.connections++)
      const url = `http://127.0.0.1:${await listening(server)}`
      return { heard, url }
    }

    it('for what may arrive twice, and for nothing else', async () => {
      const { heard, url } = await counting()
      const { fetch } = outboundTo('127.0.0.1')
      for (const path of ['/a', '/b']) expect((await fetch({ url: `${url}${path}` })).text()).toBe(path)
      expect((await fetch({ url: `${url}/c`, method: 'POST', body: 'search', mayRepeat: true })).text()).toBe('/c')
      expect(heard.connections).toBe(1)
      expect((await fetch({ url: `${url}/d`, method: 'POST', body: 'order' })).text()).toBe('/d')
      expect((await fetch({ url: `${url}/e`, mayRepeat: false })).text()).toBe('/e')
      expect(heard).toMatchObject({
        connections: 3,
        asked: ['GET', 'GET', 'POST'].map((method) => `${method} keep-alive`).concat(['POST close', 'GET close']),
      })
    })
    it('each for one request at a time', async () => {
      const { heard, url } = await counting()
      const { fetch } = outboundTo('127.0.0.1')
      const texts = await Promise.all(['/a', '/b', '/c'].map(async (path) => (await fetch({ url: `${url}${path}` })).text()))
      expect([texts, heard.connections]).toEqual([['/a', '/b', '/c'], 3])
    })
    it('and one that the server has given up is replaced', async () => {
      let isLast = false
      const { heard, url } = await counting((incoming, response) => {
        // The next one on this connection is cut off before it is answered.
        if (isLast) incoming.socket.destroy()
        else response.end(incoming.url)
        isLast = !isLast && incoming.url === '/a'
      })
      const { fetch } = outboundTo('127.0.0.1')
      expect((await fetch({ url: `${url}/a` })).text()).toBe('/a')
      expect((await fetch({ url: `${url}/b` })).text()).toBe('/b')
      expect(heard.connections).toBe(2)
      heard.close()
      expect((await fetch({ url: `${url}/c` })).text()).toBe('/c')
    })
    it('but are not used once their address is not allowed any more', async () => {
      const { heard, url } = await counting()
      const allowed = new Set(['127.0.0.1'])
      const { fetch } = createOutbound({ userAgent: 'Test/1', allowHosts: () => allowed })
      await fetch({ url })
      allowed.clear()
      await expect(fetch({ url })).rejects.toMatchObject({ code: 'refused' })
      allowed.add('127.0.0.1')
      await fetch({ url })
      expect(heard).toMatchObject({ connections: 1, asked: ['GET keep-alive', 'GET keep-alive'] })
    })
    it('and go to the address that the name has now', async () => {
      const { heard, url } = await counting()
      const addresses = ['127.0.0.1', '127.0.0.1', '127.0.0.2']
      const { fetch } = createOutbound({
        userAgent: 'Test/1',
        allowHosts: () => new Set(['localhost']),
        lookup: () => Promise.resolve([addresses.shift()!]),
      })
      const named = url.replace('127.0.0.1', 'localhost')
      await fetch({ url: named })
      await fetch({ url: named })
      expect(heard.connections).toBe(1)
      // Nobody listens at the new one, and the kept connection to the old one is no way round.
      await expect(fetch({ url: named })).rejects.toMatchObject({ code: 'unavailable' })
      expect(heard.asked).toHaveLength(2)
    })
    it('and not when an answer was not read to its end', async () => {
      const { heard, url } = await counting((_, response) => response.end('x'.repeat(5000)))
      const { fetch } = outboundTo('127.0.0.1')
      for (const _ of [1, 2]) await expect(fetch({ url, maxBytes: 1000 })).rejects.toMatchObject({ code: 'unavailable' })
      expect(heard.connections).toBe(2)
    })
  })
  it('carry a mail', async () => {
    const mails: string[] = []
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData(stream, _, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          mails.push(Buffer.concat(chunks).toString())
          done()
        })
      },
    })
    const port = await listening(server.server as unknown as Server)
    const outbound = outboundTo('127.0.0.1')
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      getSocket: (_: unknown, callback: (error: Error | null, options?: unknown) => void) => {
        outbound
          .connectMail('127.0.0.1', port, { secure: false, timeoutSeconds: 5 })
          .then((connection) => callback(null, { connection }), callback)
      },
    } as never)
    await transport.sendMail({ from: 'a@tocsin.test', to: 'b@tocsin.test', subject: 'Hi', text: 'through the door' })
    expect(mails).toHaveLength(1)
    expect(mails[0]).toContain('through the door')
  })
})
