// Reads an answer's body: bytes counted as they arrive, and again while they are unpacked.
import type { IncomingMessage } from 'node:http'
import { AppError } from '#kernel/errors.ts'
import { inflate } from '../http/inflate.ts'
import { spokenBytes } from '../http/parse-limits.ts'

/** A packed body may be a little larger than what it holds, when that does not pack. */
const packingOverhead = 1024

/** The unpacked body, at most `maxBytes`. Throws AppError 'unavailable' when it is larger or not packed as it says; other errors are the socket's. */
export async function readBody(answer: IncomingMessage, host: string, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError('unavailable', `The answer of ${host} is larger than the ${spokenBytes(maxBytes)} that are read.`)
  const encoding = answer.headers['content-encoding']
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes + (encoding === undefined ? 0 : packingOverhead)) throw tooLarge()
    chunks.push(chunk)
  }
  const packed = Buffer.concat(chunks)
  if (size === 0) return packed
  try {
    return await inflate(packed, encoding, maxBytes)
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'too-large') throw tooLarge()
    throw new AppError('unavailable', `The answer of ${host} cannot be unpacked.`, { cause })
  }
}
