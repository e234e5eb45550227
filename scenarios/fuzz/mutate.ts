// Mutations of a whole request: what its body says, its bytes, how they are packed, and what its headers claim.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { Chance } from './chance.ts'
import { reshaped } from './shape.ts'

/** `framing`: written to a socket as it stands, for what no client of HTTP would send. */
export type Request = {
  method: string
  path: string
  headers: Record<string, string | string[]>
  body: Buffer
  chunked?: boolean
  framing?: Buffer
}

/** What a recorded client sent. */
export type Recorded = { path: string; headers: Record<string, string>; body: unknown }

/** A request that is near the recorded one. Deterministic in `chance`. */
export function mutated(recorded: Recorded, chance: Chance): Request {
  let body: Buffer = Buffer.from(chance.oneIn(4) ? JSON.stringify(recorded.body) : reshaped(recorded.body, chance))
  if (chance.oneIn(3)) for (let left = 1 + chance.below(3); left > 0; left--) body = chance.pick(bytewise)(body, chance)
  const request: Request = {
    method: 'POST',
    path: recorded.path,
    headers: { ...recorded.headers },
    body: body.subarray(0, 6 * 1024 * 1024),
  }
  if (chance.oneIn(3)) chance.pick(enveloped)(request, chance)
  return request
}

const somewhere = (body: Buffer, chance: Chance): number => chance.below(body.length + 1)

const bytewise: ((body: Buffer, chance: Chance) => Buffer)[] = [
  (body, chance) => {
    const flipped = Buffer.from(body)
    for (let left = 1 + chance.below(4); left > 0 && flipped.length > 0; left--)
      flipped[chance.below(flipped.length)]! ^= 1 << chance.below(8)
    return flipped
  },
  (body, chance) => body.subarray(0, somewhere(body, chance)),
  (body, chance) => body.subarray(somewhere(body, chance)),
  (body, chance) => {
    const [from, to] = [somewhere(body, chance), somewhere(body, chance)].sort((a, b) => a - b) as [number, number]
    return Buffer.concat([body.subarray(0, to), body.subarray(from)])
  },
  (body, chance) => {
    const at = somewhere(body, chance)
    return Buffer.concat([body.subarray(0, at), chance.bytes(1 + chance.below(16)), body.subarray(at)])
  },
  (body, chance) => Buffer.concat(Array.from({ length: chance.pick([2, 3, 50]) }, () => body.subarray(0, 100_000))),
  (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
  (body) => Buffer.from(body.toString('utf8'), 'utf16le'),
  () => Buffer.alloc(0),
  (_, chance) =>
    Buffer.from(chance.pick(['null', '[]', '{}', '"', '[', '0', 'true', '\0', '{"a"', '[,]', 'NaN', '----', '%00', 'a=b&a=c'])),
  (_, chance) => chance.bytes(chance.below(2000)),
]

const contentTypes = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/json; charset=utf-16',
  '',
  ';',
  'x'.repeat(2000),
]

const enveloped: ((request: Request, chance: Chance) => void)[] = [
  (request, chance) => void (request.headers['content-type'] = chance.pick(contentTypes)),
  (request) => void (request.headers['content-type'] = ['application/json', 'text/html']),
  (request, chance) => {
    const [encoding, pack] = chance.pick([
      ['gzip', gzipSync],
      ['x-gzip', gzipSync],
      ['GZIP', gzipSync],
      ['deflate', deflateSync],
      ['deflate', deflateRawSync],
      ['br', brotliCompressSync],
    ] as const)
    request.headers['content-encoding'] = encoding
    request.body = pack(request.body)
    if (chance.oneIn(2)) request.body = chance.pick(bytewise)(request.body, chance)
  },
  (request, chance) =>
    void (request.headers['content-encoding'] = chance.pick([
      'gzip',
      'deflate',
      'br',
      'zstd',
      'gzip, gzip',
      'identity',
      ' ',
      'compress',
      'constructor',
      'gzip;q=1',
    ])),
  (request, chance) => {
    request.headers['content-encoding'] = 'gzip'
    request.body = gzipSync(Buffer.alloc(chance.pick([600_000, 5_000_000, 50_000_000]), ' '))
  },
  (request) => void (request.chunked = true),
  (request, chance) => void (request.method = chance.pick(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'])),
  (request, chance) => {
    const ends = [
      '/',
      '//',
      '/x',
      '/../x',
      '/%2e%2e',
      '%00',
      '?__proto__=1&a=1&a=2',
      '?%ff=%',
      '?'.repeat(50),
      '/api/v2/alerts',
      '/v2/enqueue',
      '#x',
      ';a',
    ]
    request.path += chance.pick(ends)
  },
  (request, chance) => {
    const name = chance.pick([
      'authorization',
      'x-routing-key',
      'host',
      'x-forwarded-for',
      'expect',
      'accept-encoding',
      'cookie',
      'origin',
      '__proto__',
      'connection',
      'upgrade',
      'te',
      'range',
      'if-match',
      'idempotency-key',
      'x-http-method-override',
    ])
    const values = [
      '',
      'x',
      'Bearer ',
      'Bearer x',
      'Bearer x y',
      '100-continue',
      '\u00ff\u0080',
      'x'.repeat(7000),
      'close',
      'h2c',
      'bytes=0-',
      'DELETE',
      '[]',
    ]
    request.headers = { ...request.headers, ...Object.fromEntries([[name, chance.pick(values)]]) }
  },
  (request) =>
    void Object.assign(request.headers, Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`x-many-${index}`, 'y'.repeat(20)]))),
  (request, chance) => {
    const line = `POST ${request.path} HTTP/1.1\r\nhost: in\r\ncontent-type: application/json\r\n`
    const length = request.body.length
    const claims = [
      `content-length: ${length + 50}`,
      `content-length: ${Math.max(0, length - 5)}`,
      'content-length: -1',
      'content-length: 1e3',
      `content-length: ${length}\r\ncontent-length: ${length + 1}`,
      `content-length: ${length}\r\ntransfer-encoding: chunked`,
      'transfer-encoding: chunked',
      'transfer-encoding: gzip, chunked',
      'bad header',
      `x: ${'y'.repeat(20_000)}`,
    ]
    request.framing = Buffer.concat([Buffer.from(`${line}${chance.pick(claims)}\r\n\r\n`), request.body.subarray(0, 20_000)])
  },
]
