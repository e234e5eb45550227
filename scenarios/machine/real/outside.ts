// The outside as the nodes see it: a mail server and an HTTP server that keep everything with its time, and that may be slow or refuse.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { startProxy, type Proxy } from './proxy.ts'

/**
 * One mail that arrived whole. `began`: when its connection came, or it was said on a connection that had brought one before; which is right after its
 * sender last looked. `key`: its delivery's. `path`: of the page that it links to. `stopPath`: where it can be ended.
 */
export type Mail = {
  key: string
  to: string
  node: string
  began: number
  arrived: number
  repeated: boolean
  path: string | undefined
  stopPath: string | undefined
}

export type Outside = {
  readonly mails: Mail[]
  /** Paths that runbook steps have posted to: `/tag/step`. */
  readonly posted: string[]
  /** How long an answer takes now, and whether mails are refused for the moment. */
  readonly mood: { mailMs: number; actionMs: number; refuses: boolean }
  /** The way to the HTTP server, for all nodes. */
  readonly action: Proxy
  /** A mail server of this node's own, so that it is known whose a mail is; and the way there. */
  mailServerOf(node: string): Promise<Proxy>
  stop(): Promise<void>
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** `usualMs`: how long each answer takes when nothing is wrong. */
export async function startOutside(usualMs: number): Promise<Outside> {
  const mails: Mail[] = []
  const posted: string[] = []
  const mood = { mailMs: usualMs, actionMs: usualMs, refuses: false }
  const stops: (() => Promise<unknown>)[] = []

  const server = createServer((request, response) => {
    request.on('end', () => {
      if (request.method === 'POST') posted.push(request.url ?? '')
      void wait(mood.actionMs).then(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
    })
    request.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const action = await startProxy((server.address() as AddressInfo).port)
  stops.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  stops.push(() => action.stop())

  return {
    mails,
    posted,
    mood,
    action,
    async mailServerOf(node) {
      const began = new Map<string, number>()
      const smtp = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        closeTimeout: 100,
        onConnect({ id }, done) {
          began.set(id, Date.now())
          done()
        },
        onMailFrom(_, { id }, done) {
          if (!began.has(id)) began.set(id, Date.now())
          if (!mood.refuses) return done(null)
          began.delete(id)
          done(Object.assign(new Error('busy'), { responseCode: 451 }))
        },
        onData(stream, { id, envelope }, done) {
          const chunks: Buffer[] = []
          stream.on('data', (chunk: Buffer) => chunks.push(chunk))
          stream.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8').replaceAll('=\r\n', '').replaceAll('=3D', '=')
            mails.push({
              key: /^message-id:\s*<([^@\s]+)@/im.exec(text)?.[1] ?? '',
              to: envelope.rcptTo[0]?.address ?? '',
              node,
              began: began.get(id) ?? Date.now(),
              arrived: Date.now(),
              repeated: text.includes('You may have had this message before'),
              path: /\/(p|s\/confirm)\/[\w.~-]+/.exec(text)?.[0],
              stopPath: /\/s\/unsubscribe\/[\w.~-]+/.exec(text)?.[0],
            })
            began.delete(id)
            void wait(mood.mailMs).then(() => done())
          })
        },
      })
      // A node that is killed breaks off in the middle of a mail: that is the sender's trouble.
      smtp.on('error', () => undefined)
      await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
      const proxy = await startProxy((smtp.server.address() as AddressInfo).port)
      stops.push(() => new Promise<void>((resolve) => smtp.close(() => resolve())))
      stops.push(() => proxy.stop())
      return proxy
    },
    async stop() {
      for (const stop of stops.reverse()) await stop()
    },
  }
}
