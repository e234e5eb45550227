// Token buckets in memory, one per key. A key is an integration, an account or the caller's address, never a header's word for it.
import { AppError } from '#kernel/errors.ts'
import { epochMs, type Clock } from '#kernel/time.ts'

/** `burst` may be taken at once; `perSecond` come back. */
export type Rate = { burst: number; perSecond: number }

export type Limiter = {
  /** Takes `cost` (default 1) from the bucket of `key`. Throws AppError 'too-many' with the seconds to wait when it holds less. */
  take(key: string, cost?: number): void
}

type Bucket = { tokens: number; at: number }

/** Beyond this many keys, buckets that are full again are forgotten, and after them the oldest: strangers cannot make it grow. */
const mostBuckets = 20_000

export function createLimiter(clock: Clock, { burst, perSecond }: Rate): Limiter {
  const buckets = new Map<string, Bucket>()
  const refilled = (bucket: Bucket, now: number) => Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond)

  const forget = (now: number) => {
    for (const [key, bucket] of buckets) if (refilled(bucket, now) >= burst) buckets.delete(key)
    for (const key of buckets.keys()) {
      if (buckets.size <= mostBuckets / 2) return
      buckets.delete(key)
    }
  }

  return {
    take(key, cost = 1) {
      const now = epochMs(clock.now())
      const bucket = buckets.get(key)
      const tokens = bucket ? refilled(bucket, now) : burst
      if (tokens < cost) {
        const retryAfterSeconds = Math.max(1, Math.ceil((cost - tokens) / perSecond))
        throw new AppError('too-many', `Too many requests: try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })
      }
      buckets.set(key, { tokens: tokens - cost, at: now })
      if (buckets.size > mostBuckets) forget(now)
    },
  }
}
