// The live stream: tells an open page which kinds of things have changed, so that it asks again. It names kinds only, and so leaks nothing.
import type { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { anonymous } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import type { Engine } from '../commands/engine.ts'
import { actorOf, type ApiParts, type Env } from './api.ts'
import type { Asked } from './refused.ts'

const heartbeatMs = 20_000

/** GET /live. Every stream is ended by `end()`, before the server closes. */
export function liveStream(app: Hono<Env>, parts: Pick<ApiParts, 'authenticate' | 'cookie'> & { engine: Engine }): { end(): void } {
  const open = new Set<() => void>()
  app.get('/live', async (c) => {
    const asked: Asked = { actor: anonymous, operation: 'GET /live', needs: 'signed-in', on: 'own', input: {} }
    c.set('asked', asked)
    const actor = (asked.actor = await actorOf(c, parts))
    if (actor.kind === 'anonymous') throw new AppError('not-signed-in', 'Sign in first.')
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== new URL(parts.engine.publicUrl).origin && c.req.header('sec-fetch-site') !== 'same-origin')
      throw new AppError('wrong-origin', 'The live stream is for our own pages.')
    if (open.size >= 5000) throw new AppError('too-many', 'Too many pages are open on this node.', { retryAfterSeconds: 10 })
    c.header('cache-control', 'no-store')
    c.header('x-accel-buffering', 'no')
    return streamSSE(c, async (stream) => {
      const pending = new Set<string>()
      let wake: () => void = () => {}
      let ended = false
      const end = () => {
        ended = true
        wake()
      }
      const unsubscribe = parts.engine.live.subscribe((topics) => {
        for (const topic of topics) if (!topic.includes('_')) pending.add(topic)
        wake()
      })
      open.add(end)
      stream.onAbort(end)
      await stream.writeSSE({ event: 'hello', data: '{}' })
      while (!ended) {
        if (pending.size === 0) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, heartbeatMs)
            wake = () => {
              clearTimeout(timer)
              resolve()
            }
          })
        }
        if (ended) break
        const topics = [...pending]
        pending.clear()
        await (topics.length > 0
          ? stream.writeSSE({ event: 'changed', data: JSON.stringify(topics) })
          : stream.writeSSE({ event: 'beat', data: '{}' }))
      }
      unsubscribe()
      open.delete(end)
    })
  })
  return { end: () => [...open].forEach((end) => end()) }
}
