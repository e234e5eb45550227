// One look at an installation from outside: whether it answers, reaches its database, and, where a token is given, whether its work gets done. Nothing that
// answers is trusted: of its words none is handed on.
import { z } from 'zod'
import { AppError } from '#kernel/errors.ts'
import type { Outbound } from '#kernel/outbound.ts'
import type { Secret } from '#kernel/secret.ts'
import { InstantSchema, secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'
import type { Seen } from './decide.ts'

const timeoutSeconds = 10
/** Work that waits for longer than this is not being done. */
const mostLateSeconds = 120

/** Never throws: what goes wrong is what it saw. */
export async function look(outbound: Outbound, url: string, token: Secret | undefined, now: Instant): Promise<Seen> {
  try {
    const ready = await outbound.fetch({ url: `${url}/readyz`, timeoutSeconds, maxRedirects: 0 })
    if (ready.status !== 200)
      return { works: false, why: `It answers ${ready.status} when asked whether it is ready: its database is away, perhaps.` }
    if (!token) return { works: true }
    const health = await outbound.fetch({
      url: `${url}/api/v1/installation/health`,
      timeoutSeconds,
      maxRedirects: 0,
      headers: { authorization: `Bearer ${token.open()}` },
    })
    return health.status === 200
      ? judge(health.text(), now)
      : { works: false, why: `It answers ${health.status} to the token of the watcher.` }
  } catch (error) {
    return { works: false, why: `It does not answer${error instanceof AppError ? `: ${error.message}` : '.'}` }
  }
}

/** What of the answer is looked at. */
const Health = z.object({
  quietSince: InstantSchema.nullable(),
  jobs: z.object({ overdue: z.number(), oldest: InstantSchema.nullable() }),
})

function judge(answer: string, now: Instant): Seen {
  const health = readHealth(answer)
  if (!health) return { works: false, why: 'It answers something else than Tocsin does: another program may stand at its address.' }
  const { overdue, oldest } = health.jobs
  if (health.quietSince !== null) return { works: false, why: 'It is a restored copy that pages nobody until an administrator says go.' }
  const late = oldest === null ? 0 : secondsBetween(oldest, now)
  return late > mostLateSeconds
    ? { works: false, why: `It answers, but ${overdue} things are overdue, the oldest by ${spokenDuration(late)}: no node does its work.` }
    : { works: true }
}

function readHealth(answer: string): z.output<typeof Health> | undefined {
  try {
    return Health.parse(JSON.parse(answer))
  } catch {
    return undefined
  }
}
