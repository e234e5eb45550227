// For tests: a name service and an internet inside the process, which write down every question and every connection.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { duplexPair } from 'node:stream'
import type { Connect, Lookup } from './dial.ts'

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
export type Handler = (request: Seen, response: ServerResponse) => void

/** `dns`: name → answers, one list per question, the last one repeats. Every address answers by `handler`. */
export function fakeWorld(dns: Record<string, string[][]>, handler: Handler) {
  const lookups: string[] = []
  const connections: { address: string; port: number; secure: boolean; host: string }[] = []
  const requests: Seen[] = []
  const deadAddresses = new Set<string>()

  const lookup: Lookup = async (host) => {
    const asked = lookups.filter((name) => name === host).length
    lookups.push(host)
    const answers = dns[host]
    const answer = answers?.[Math.min(asked, answers.length - 1)]
    if (!answer) throw Object.assign(new Error(`no ${host}`), { code: 'ENOTFOUND' })
    return answer
  }

  const connect: Connect = async ({ address, port, secure, host }) => {
    const to = { address, port, secure, host }
    connections.push(to)
    if (deadAddresses.has(to.address)) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const [ours, theirs] = duplexPair()
    const server = createServer((incoming, response) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const url = `${to.secure ? 'https' : 'http'}://${incoming.headers.host}${incoming.url}`
        const seen = { method: incoming.method ?? '', url, headers: incoming.headers, body: Buffer.concat(chunks).toString() }
        requests.push(seen)
        handler(seen, response)
      })
    })
    server.emit('connection', theirs)
    return ours
  }

  return { lookup, connect, lookups, connections, requests, deadAddresses }
}
