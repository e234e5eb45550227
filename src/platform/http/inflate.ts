// Unpacks a body. The bytes are counted while they are unpacked, so that 100 kB which stand for 100 MiB cost no more than the bound.
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate as inflateZlib, inflateRaw } from 'node:zlib'
import { AppError } from '#kernel/errors.ts'
import { spokenBytes } from './parse-limits.ts'

const unpackers = { gzip: promisify(gunzip), zlib: promisify(inflateZlib), raw: promisify(inflateRaw), br: promisify(brotliDecompress) }

/** What `inflate` understands, for the Accept-Encoding header of requests. */
export const acceptedEncodings = 'gzip, deflate, br'

/**
 * `bytes` unpacked as its Content-Encoding header says (none, identity, gzip, deflate, br). Throws AppError 'too-large' once more than
 * `maxBytes` came out, 'wrong-media-type' for another encoding or several, 'invalid-input' when it is not what the header says.
 */
export async function inflate(bytes: Uint8Array, contentEncoding: string | undefined, maxBytes: number): Promise<Uint8Array> {
  const unpacker = unpackerFor(contentEncoding, bytes)
  if (unpacker === undefined) {
    if (bytes.length > maxBytes) throw tooLarge(maxBytes)
    return bytes
  }
  try {
    return await unpackers[unpacker](bytes, { maxOutputLength: Math.max(1, maxBytes) })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes)
    throw new AppError('invalid-input', `The body is not ${contentEncoding?.trim()} as its Content-Encoding says.`, { cause })
  }
}

const tooLarge = (maxBytes: number): AppError => new AppError('too-large', `The unpacked body is larger than ${spokenBytes(maxBytes)}.`)

function unpackerFor(contentEncoding: string | undefined, bytes: Uint8Array): keyof typeof unpackers | undefined {
  switch ((contentEncoding ?? '').trim().toLowerCase()) {
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return 'gzip'
    case 'br':
      return 'br'
    case 'deflate':
      return isZlib(bytes) ? 'zlib' : 'raw'
    default:
      throw new AppError(
        'wrong-media-type',
        `The Content-Encoding ${JSON.stringify(contentEncoding?.slice(0, 40))} is not read here: send one of ${acceptedEncodings}, or none.`,
      )
  }
}

/** HTTP's "deflate" is zlib by RFC 9110; some senders leave the zlib header out. */
const isZlib = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0
