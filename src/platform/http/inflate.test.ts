import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { inflate } from './inflate.ts'

const text = Buffer.from('{"status":"firing"}'.repeat(100))

it.each([
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  [' GZIP ', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['identity', text],
  [undefined, text],
] as const)('unpacks %s', async (encoding, packed) => {
  expect(Buffer.from(await inflate(packed, encoding, text.length)).equals(text)).toBe(true)
  await expect(inflate(packed, encoding, text.length - 1)).rejects.toMatchObject({ code: 'too-large' })
})

it.each([
  ['several encodings', 'gzip, gzip', gzipSync(gzipSync(text)), 'wrong-media-type'],
  ['an unknown encoding', 'compress', text, 'wrong-media-type'],
  ['bytes that are not what the header says', 'gzip', text, 'invalid-input'],
  ['half a body', 'gzip', gzipSync(text).subarray(0, 20), 'invalid-input'],
] as const)('refuses %s', async (_, encoding, packed, code) => {
  await expect(inflate(packed, encoding, 1_000_000)).rejects.toMatchObject({ code })
})
