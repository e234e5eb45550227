// One look at an installation from outside: whether it answers, reaches its database, and, where a token is given, whether its work gets done.
import { AppError } from '#kernel/errors.ts'
import type { Outbound } from '#kernel/outbound.ts'
import type { Secret } from '#kernel/secret.ts'
import { secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'
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
      ? judge(JSON.parse(health.text()), now)
      : { works: false, why: `It answers ${health.status} to the token of the watcher.` }
  } catch (error) {
    return { works: false, why: `It does not answer${error instanceof AppError ? `: ${error.message}` : '.'}` }
  }
}

type Health = { quietSince: string | null; jobs: { overdue: number; oldest: Instant | null } }

function judge(health: Health, now: Instant): Seen {
  const { overdue, oldest } = health.jobs
  if (health.quietSince !== null) return { works: false, why: 'It is a restored copy that pages nobody until an administrator says go.' }
  const late = oldest === null ? 0 : secondsBetween(oldest, now)
  return late > mostLateSeconds
    ? { works: false, why: `It answers, but ${overdue} things are overdue, the oldest by ${spokenDuration(late)}: no node does its work.` }
    : { works: true }
}
