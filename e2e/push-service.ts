// A push service (RFC 8030) and the browsers that subscribed at it, as an HTTPS server on this machine's loopback. It refuses what a real one refuses:
// a signature that is not of the key that was subscribed with (RFC 8292), a missing TTL, another encoding than aes128gcm. It opens what came with the
// browser's private key (RFC 8291, RFC 8188), by node:crypto alone.
import { execFileSync } from 'node:child_process'
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'

/** Makes the certificate; undefined where it is not installed. */
export const opensslPath = ['/usr/bin/openssl'].find(existsSync)

export type Subscription = { endpoint: string; keys: { p256dh: string; auth: string } }
export type Push = {
  path: string
  ttl: number
  urgency: string
  topic: string
  subject: string
  status: number
  message: Record<string, unknown>
}
type Browser = { ecdh: ReturnType<typeof createECDH>; auth: Buffer; serverKey: string }

/** A certificate for 127.0.0.1 that nobody else trusts. Its path is what `NODE_EXTRA_CA_CERTS` wants. */
export function makeCertificate(folder: string): { certificate: string; key: string } {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync(opensslPath!, ['req', '-x509', ...curve, ...names, '-keyout', key, '-out', certificate], { stdio: 'pipe' })
  return { certificate, key }
}

export async function startPushService(port: number, files: { certificate: string; key: string }) {
  const origin = `https://127.0.0.1:${port}`
  const browsers = new Map<string, Browser>()
  const pushes: Push[] = []
  const refusals: string[] = []
  const answers: { status: number; headers?: Record<string, string> }[] = []
  const server = createServer({ cert: readFileSync(files.certificate), key: readFileSync(files.key) }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      const browser = browsers.get(path)
      try {
        if (!browser) return void response.writeHead(404).end()
        const { status, headers } = answers.shift() ?? { status: 201, headers: { location: `${origin}/receipts/${pushes.length}` } }
        const { subject } = checkSignature(request.headers.authorization ?? '', origin, browser.serverKey)
        const wanted = checkHeaders(request.headers)
        pushes.push({ path, subject, status, ...wanted, message: JSON.parse(opened(Buffer.concat(chunks), browser)) as Push['message'] })
        response.writeHead(status, headers).end()
      } catch (error) {
        refusals.push(String(error))
        response.writeHead(403).end()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    pushes,
    /** Why it refused. */
    refusals,
    /** What it says to the next pushes, before it takes them again. */
    willAnswer: (...given: typeof answers) => void answers.push(...given),
    /** What `pushManager.subscribe({ applicationServerKey })` does. */
    subscribe(serverKey: string): Subscription & { path: string } {
      const ecdh = createECDH('prime256v1')
      ecdh.generateKeys()
      const [auth, path] = [randomBytes(16), `/push/${randomBytes(12).toString('hex')}`]
      browsers.set(path, { ecdh, auth, serverKey })
      const keys = { p256dh: ecdh.getPublicKey().toString('base64url'), auth: auth.toString('base64url') }
      return { path, endpoint: `${origin}${path}`, keys }
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** RFC 8292: a JWT by ES256, for this origin, of at most a day, signed by the key that was subscribed with. */
function checkSignature(authorization: string, origin: string, serverKey: string): { subject: string } {
  const [, token, key] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? []
  if (!token || !key) throw new Error('no vapid authorization')
  if (key !== serverKey) throw new Error('signed by another key than was subscribed with')
  const [head, claims, signature] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const jwk = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } })
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: jwk, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature!, 'base64url'),
  )
  if (!signed) throw new Error('the signature is wrong')
  const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  const { aud, exp, sub } = decoded(claims!)
  const seconds = Date.now() / 1000
  if (decoded(head!)['alg'] !== 'ES256') throw new Error('not signed by ES256')
  if (aud !== origin) throw new Error(`meant for ${String(aud)}`)
  if (typeof exp !== 'number' || exp <= seconds || exp > seconds + 86_400) throw new Error('it is valid for too long, or no more')
  if (typeof sub !== 'string' || !/^(mailto|https):/.test(sub)) throw new Error('nobody to complain to')
  return { subject: sub }
}

function checkHeaders(headers: IncomingHttpHeaders): Pick<Push, 'ttl' | 'urgency' | 'topic'> {
  if (headers['content-encoding'] !== 'aes128gcm') throw new Error('not aes128gcm')
  if (!/^\d+$/.test(String(headers['ttl']))) throw new Error('no TTL')
  const [urgency, topic] = [String(headers['urgency'] ?? 'normal'), String(headers['topic'] ?? '')]
  if (!['very-low', 'low', 'normal', 'high'].includes(urgency)) throw new Error(`no urgency ${urgency}`)
  if (!/^[\w-]{0,32}$/.test(topic)) throw new Error(`no topic ${topic}`)
  return { ttl: Number(headers['ttl']), urgency, topic }
}

/** RFC 8188 with the keys of RFC 8291, one record. */
function opened(body: Buffer, { ecdh, auth }: Browser): string {
  const [salt, keyLength] = [body.subarray(0, 16), body[20]!]
  const sender = body.subarray(21, 21 + keyLength)
  const derive = (secret: Buffer, salted: Buffer, info: Buffer, size: number) => Buffer.from(hkdfSync('sha256', secret, salted, info, size))
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender])
  const material = derive(ecdh.computeSecret(sender), auth, info, 32)
  const key = derive(material, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(material, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const sealed = body.subarray(21 + keyLength)
  if (body.length > 4096) throw new Error('longer than 4096 bytes')
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16))
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  const end = plain.findLastIndex((byte) => byte !== 0)
  if (plain[end] !== 2) throw new Error('the last record does not end as one')
  return plain.subarray(0, end).toString('utf8')
}
