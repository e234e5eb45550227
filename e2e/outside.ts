// What the organisation's runbook calls: a deploy system and its figures, on this machine's loopback. It keeps what it was asked.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Call = { method: string; path: string; body: string; authorization: string }

export async function startDeploys(): Promise<{ address: string; calls: Call[]; stop(): Promise<void> }> {
  const calls: Call[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls.push({
        method: request.method ?? '',
        path: request.url ?? '',
        body: Buffer.concat(chunks).toString('utf8'),
        authorization: request.headers.authorization ?? '',
      })
      const answer =
        request.method === 'POST'
          ? { id: 'rb-1' }
          : { deploys: [{ version: '4.18.2', previous: '4.18.1', at: '2026-11-23T13:58:00Z' }], failing: 8.2 }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
