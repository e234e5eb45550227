// Who is calling: the address, the network that limits are keyed by, and whether the request comes from this very machine.
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
  const address = plain(trustedProxies > 0 ? (forwarded.at(-trustedProxies) ?? socket) : socket)
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  const proxied = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host'].some(
    (name) => request.headers[name] !== undefined,
  )
  return {
    local: loopback.has(socket) && !proxied && ['127.0.0.1', 'localhost', '[::1]'].includes(host),
    address,
    network: networkOf(address),
    agent: String(request.headers['user-agent'] ?? ''),
  }
}

/** Without the brackets and the port that some proxies write, and an IPv4 address as such where a socket for both gives it as an IPv6 one. */
function plain(written: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+)$/.exec(written) ?? []
  return (bracketed ?? dotted ?? written).replace(/^::ffff:(?=\d+(\.\d+){3}$)/i, '')
}

/** The /64 of an IPv6 address, which is what one customer is given at least; of every other address, itself. */
export function networkOf(address: string): string {
  // Read as a host it is valid, in small letters, and without a dotted end.
  const host = URL.parse(`http://[${address.split('%')[0]}]/`)?.hostname
  if (host === undefined) return address
  const [before, after] = host
    .slice(1, -1)
    .split('::')
    .map((side) => side.split(':').filter((part) => part !== ''))
  const zeros = Array<string>(8 - before!.length - (after?.length ?? 0)).fill('0')
  const parts = [...before!, ...zeros, ...(after ?? [])]
  return `${parts.slice(0, 4).join(':')}::/64`
}
