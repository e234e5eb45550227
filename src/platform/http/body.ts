// Reads a request's body as bytes: never more than allowed, unpacked with its size counted, within 30 seconds.
import type { IncomingMessage } from 'node:http'
import { AppError } from '#kernel/errors.ts'
import { inflate } from './inflate.ts'

/** Throws AppError 'too-large' or 'invalid-input'. */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError('too-large', `The body is larger than ${Math.floor(maxBytes / 1024)} KiB. Send it in parts.`)
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  const packed = await new Promise<Buffer>((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) {
        incoming.pause()
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    incoming.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    incoming.on('aborted', () => reject(new AppError('invalid-input', 'The connection was closed before the body was complete.')))
    incoming.on('error', reject)
  })
  const encoding = incoming.headers['content-encoding']
  return encoding === undefined || encoding === 'identity' ? packed : inflate(packed, encoding, maxBytes)
}
