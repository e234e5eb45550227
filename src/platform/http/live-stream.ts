// The live stream: tells an open page which kinds of things have changed, so that it asks again. It names kinds only, and so leaks nothing.
import type { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { anonymous, personOf } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import { secondsBetween } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { actorOf, type ApiParts, type Env } from './api.ts'
import { createLine } from './in-line.ts'
import type { Asked } from './refused.ts'

const heartbeatMs = 20_000
/** Whoever signed out, was disabled or lost their token hears nothing later than this. */
const looksAgainSeconds = 20
const mostOpen = 5000
/** Nobody keeps others from theirs. */
const mostOfOne = 100

/**
 * So many of all open pages are told in a second. Each reads some ten things anew: where fifty watch a storm, reading would take the node from whoever is
 * paged. With few of them open nobody waits.
 */
const toldPerSecond = 20

/** GET /live. Every stream is ended by `end()`, before the server closes. */
export function liveStream(app: Hono<Env>, parts: Pick<ApiParts, 'authenticate' | 'cookie'> & { engine: Engine }): { end(): void } {
  const open = new Map<() => void, string>()
  const line = createLine(toldPerSecond)
  const countOf = (person: string) => [...open.values()].filter((other) => other === person).length
  app.get('/live', async (c) => {
    const asked: Asked = { actor: anonymous, operation: 'GET /live', needs: 'signed-in', on: 'own', input: {} }
    c.set('asked', asked)
    const actor = (asked.actor = await actorOf(c, parts))
    if (actor.kind === 'anonymous') throw new AppError('not-signed-in', 'Sign in first.')
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== new URL(parts.engine.publicUrl).origin && c.req.header('sec-fetch-site') !== 'same-origin')
      throw new AppError('wrong-origin', 'The live stream is for our own pages.')
    const person = personOf(actor) ?? ''
    if (countOf(person) >= mostOfOne)
      throw new AppError('too-many', 'You have too many pages open. Close some of them.', { retryAfterSeconds: 10 })
    if (open.size >= mostOpen) throw new AppError('too-many', 'Too many pages are open on this node.', { retryAfterSeconds: 10 })
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
      open.set(end, person)
      const { clock } = parts.engine
      let seenAt = clock.now()
      const isStillThere = async () => {
        if (secondsBetween(seenAt, clock.now()) < looksAgainSeconds) return true
        seenAt = clock.now()
        try {
          return personOf(await actorOf(c, parts)) === person
        } catch (error) {
          // While the database is away nobody can tell: it stays open, and has nothing to say.
          return !(error instanceof AppError && error.code === 'not-signed-in')
        }
      }
      stream.onAbort(end)
      // After a restart all come back at the same moment, and read everything when they are greeted.
      await line.turn()
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
        if (pending.size > 0) await line.turn()
        if (ended || !(await isStillThere())) break
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
  return { end: () => [...open.keys()].forEach((end) => end()) }
}
