// Token buckets: how much may come at once, how it refills, and that strangers cannot make the memory grow.
import { expect, test } from 'vitest'
import { addSeconds, instant, type Clock } from '#kernel/time.ts'
import { createLimiter } from './limits.ts'

function limited(burst: number, perSecond: number) {
  let now = instant('2026-11-23T14:00:00Z')
  const clock: Clock = { now: () => now }
  const limiter = createLimiter(clock, { burst, perSecond })
  return { take: limiter.take, pass: (seconds: number) => void (now = addSeconds(now, seconds)) }
}

test('a burst passes, the next is told how long to wait, and after that it passes', () => {
  const { take, pass } = limited(3, 0.5)
  for (let i = 0; i < 3; i++) take('a')
  expect(() => take('a')).toThrowError(
    expect.objectContaining({ code: 'too-many', retryAfterSeconds: 2, message: 'Too many requests: try again in 2 s.' }) as Error,
  )
  pass(1)
  expect(() => take('a')).toThrow()
  pass(1)
  take('a')
  expect(() => take('a')).toThrow()
})

test('one key that floods takes nothing from another', () => {
  const { take } = limited(1, 1)
  take('a')
  expect(() => take('a')).toThrow()
  take('b')
})

test('rest fills a bucket to its burst and no further', () => {
  const { take, pass } = limited(2, 1)
  pass(3600)
  take('a', 2)
  expect(() => take('a')).toThrow()
})

test('a clock that was set back gives nothing away and takes nothing', () => {
  const { take, pass } = limited(2, 1)
  take('a', 2)
  pass(-600)
  expect(() => take('a')).toThrow()
  pass(601)
  take('a')
})

test('after a hundred thousand strangers a key that is empty is still empty', () => {
  const { take } = limited(5, 1)
  for (let index = 0; index < 100_000; index++) take(`stranger ${index}`)
  take('flooder', 5)
  expect(() => take('flooder')).toThrow()
})
