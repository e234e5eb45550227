// The live resolver and sockets, against servers of this test on this machine.
import { createServer as createHttpServer } from 'node:http'
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
