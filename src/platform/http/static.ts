// The built web UI: read once, compressed at the first request, immutable where the name holds a hash.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { Hono } from 'hono'
import type { Env } from './api.ts'

const compress = promisify(brotliCompress)
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.ico': 'image/x-icon',
}
type Bytes = Buffer<ArrayBuffer>
type File = { bytes: Bytes; type: string; etag: string; immutable: boolean; packed?: Promise<Bytes> }

/** Serves `folder`; every other GET gets its index.html, for the router in the browser. */
export function staticFiles(folder: string): Hono<Env> {
  const files = existsSync(folder) ? readAll(folder) : new Map<string, File>()
  const app = new Hono<Env>()
  app.get('*', async (c) => {
    const path = c.req.path === '/' ? '/index.html' : c.req.path
    const file =
      files.get(path) ??
      (/\.\w+$/.test(path) || path.startsWith('/api/') || path.startsWith('/assets/') ? undefined : files.get('/index.html'))
    if (!file) return c.notFound()
    c.header('etag', file.etag)
    c.header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    c.header('vary', 'accept-encoding')
    if (c.req.header('if-none-match') === file.etag) return c.body(null, 304)
    c.header('content-type', file.type)
    const packs = /text|javascript|json|svg/.test(file.type) && /\bbr\b/.test(c.req.header('accept-encoding') ?? '')
    if (!packs) return c.body(file.bytes)
    c.header('content-encoding', 'br')
    file.packed ??= compress(file.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
    return c.body(await file.packed)
  })
  return app
}

function readAll(folder: string): Map<string, File> {
  const files = new Map<string, File>()
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const full = join(folder, entry)
    if (!statSync(full).isFile() || entry.startsWith('.vite')) continue
    const bytes = readFileSync(full)
    const path = `/${relative(folder, full)}`
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    files.set(path, { bytes, type: types[extname(full)] ?? 'application/octet-stream', etag, immutable: path.startsWith('/assets/') })
  }
  return files
}
