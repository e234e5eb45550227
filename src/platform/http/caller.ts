// Who is calling: the address that limits are keyed by, and whether the request comes from this very machine.
import type { IncomingMessage } from 'node:http'
import type { Caller } from '#kernel/command.ts'

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** `trustedProxies`: how many proxies in front are ours; only their X-Forwarded-For entries count. */
export function callerOf(request: IncomingMessage, trustedProxies: number): Caller {
  const socket = request.socket.remoteAddress ?? ''
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const address = trustedProxies > 0 ? (forwarded.at(-trustedProxies) ?? socket) : socket
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  const proxied = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host'].some(
    (name) => request.headers[name] !== undefined,
  )
  return {
    local: loopback.has(socket) && !proxied && ['127.0.0.1', 'localhost', '[::1]'].includes(host),
    address,
    agent: String(request.headers['user-agent'] ?? ''),
  }
}
