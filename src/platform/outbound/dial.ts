// From a host to an open socket: the name is resolved once, all its addresses are judged, and the socket goes to one of the judged ones.
import { lookup as lookupAddresses } from 'node:dns/promises'
import { connect as connectTcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { AppError } from '#kernel/errors.ts'
import { judgeAddress } from './address.ts'
import { isLoopbackName, refuseAddress } from './refusal.ts'

/** Every address of a name. */
export type Lookup = (host: string) => Promise<readonly string[]>
/** An open socket to exactly `address`; when `secure`, with TLS to a certificate for `host`. */
export type Connect = (to: { address: string; port: number; secure: boolean; host: string; signal: AbortSignal }) => Promise<Duplex>

export type DialParts = { lookup: Lookup; connect: Connect; allowHosts: () => ReadonlySet<string> }
export type DialTarget = { host: string; isLiteral: boolean; port: number; secure: boolean }

/**
 * An open socket, and to which of the judged addresses. Throws AppError 'refused' for an address that is not allowed, 'unavailable' when nobody answers
 * before `signal` fires.
 */
export async function dial(parts: DialParts, target: DialTarget, signal: AbortSignal): Promise<{ socket: Duplex; address: string }> {
  return dialJudged(parts, target, await judgedAddresses(parts, target, signal), signal)
}

/** The same, when they have just been judged. */
export async function dialJudged(
  parts: DialParts,
  target: DialTarget,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<{ socket: Duplex; address: string }> {
  let failure: unknown
  for (const [index, address] of addresses.entries()) {
    const isLast = index === addresses.length - 1
    // A dead address must not use up the time of those after it.
    const limit = isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(3000)])
    try {
      const socket = await parts.connect({ address, port: target.port, secure: target.secure, host: target.host, signal: limit })
      return { socket, address }
    } catch (error) {
      failure = error
      if (signal.aborted) break
    }
  }
  throw new AppError('unavailable', `${target.host}:${target.port} could not be reached: ${reasonOf(failure, signal)}.`, { cause: failure })
}

/** A few judged addresses, in the resolver's order. One bad address among good ones refuses them all. */
export async function judgedAddresses(
  { lookup, allowHosts }: DialParts,
  { host, isLiteral }: DialTarget,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const allowed = allowHosts()
  const isAllowed = allowed.has(host) || allowed.has(`[${host}]`)
  if (!isLiteral && isLoopbackName(host) && !isAllowed) throw refuseAddress(host, host, judgeAddress('127.0.0.1'))
  const addresses = isLiteral ? [host] : await resolve(lookup, host, signal)
  for (const address of addresses) {
    const judgement = judgeAddress(address)
    const isOpen = isAllowed && judgement.allowable && (judgement.class !== 'loopback' || isLoopbackName(host))
    if (judgement.class !== 'public' && !isOpen) throw refuseAddress(host, address, judgement)
  }
  return addresses.slice(0, 4)
}

async function resolve(lookup: Lookup, host: string, signal: AbortSignal): Promise<readonly string[]> {
  let addresses: readonly string[]
  try {
    addresses = await beforeAbort(lookup(host), signal)
  } catch (cause) {
    throw new AppError('unavailable', `The name ${host} could not be resolved: ${reasonOf(cause, signal)}.`, { cause })
  }
  if (addresses.length === 0) throw new AppError('unavailable', `The name ${host} has no address.`)
  return addresses
}

/** `work`, or a rejection as soon as `signal` fires. */
export function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolvePromise, reject) => {
    const onAbort = () => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolvePromise, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Why a call failed, in words that carry nothing from the far side but the system's own code. */
export function reasonOf(failure: unknown, signal: AbortSignal): string {
  if (signal.aborted || (failure as Error | undefined)?.name === 'TimeoutError') return 'there was no answer in time'
  const code = (failure as NodeJS.ErrnoException | undefined)?.code
  return code ? (spokenCodes[code] ?? code) : 'the connection was closed'
}

const spokenCodes: Record<string, string> = {
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name server did not answer',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody known',
}

export const lookupByResolver: Lookup = async (host) =>
  (await lookupAddresses(host, { all: true, order: 'verbatim' })).map(({ address }) => address)

export const connectSocket: Connect = async ({ address, port, secure, host, signal }) => {
  // An IP literal is never looked up by net.connect: the judged address is the one that is called.
  const socket: Socket = secure
    ? connectTls({ host: address, port, ...(host === address ? {} : { servername: host }) })
    : connectTcp({ host: address, port })
  try {
    await beforeAbort(
      new Promise<void>((opened, failed) => {
        socket.once(secure ? 'secureConnect' : 'connect', opened)
        // Stays for the socket's life: an error that nobody listens to would end the process.
        socket.on('error', failed)
        socket.once('close', () => failed(new Error('closed')))
      }),
      signal,
    )
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}
