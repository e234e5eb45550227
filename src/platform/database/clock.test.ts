import { expect, test, vi } from 'vitest'
import { epochMs, instant } from '#kernel/time.ts'
import { emptyCluster } from '#scenarios/world/database.ts'
import { silentLog } from '../log.ts'
import { askClock, createFollowingClock, followClock } from './clock.ts'

const noon = epochMs(instant('2026-11-30T12:00:00Z'))
/** A machine whose clock is so wrong; `pass` lets time pass. The database is always right. */
function machine(wrongMs = 0) {
  let passed = 0
  let wrong = wrongMs
  const clock = createFollowingClock({ wallMs: () => noon + passed + wrong, elapsedMs: () => 5000 + passed })
  return {
    clock,
    pass: (ms: number) => void (passed += ms),
    set: (ms: number) => void (wrong = ms),
    /** The database, whose clock may be set by so much, is asked, and its answer is read after `tookMs`, of which `before` until it looked. */
    ask(tookMs = 0, before = 0, setMs = 0) {
      const asked = clock.elapsedMs()
      passed += before
      const said = noon + passed + setMs
      passed += tookMs - before
      return clock.heard(said, asked, clock.elapsedMs())
    },
    /** How far the node's time is from the database's. */
    off: (setMs = 0) => epochMs(clock.now()) - (noon + passed + setMs),
  }
}

test.each([30_000, -30_000, 7_200_000])('a machine that is %d ms wrong goes by the database from its first answer on', (wrong) => {
  const one = machine(wrong)
  expect(one.off()).toBe(wrong)
  expect(Math.round(one.ask() / 1000)).toBe(wrong / 1000)
  expect(Math.abs(one.off())).toBeLessThanOrEqual(1)
})

test('a clock of a machine that is set while it runs moves nothing', () => {
  const one = machine()
  one.ask()
  for (const set of [3_600_000, -300_000]) {
    one.set(set)
    one.pass(1000)
    expect(one.off()).toBe(0)
    expect(one.ask()).toBe(0)
  }
})

test('an answer that took long moves it no further than it must', () => {
  const one = machine()
  one.ask()
  for (const before of [0, 400, 900]) expect(one.ask(900, before)).toBe(0)
  const wrong = machine(10_000)
  wrong.ask(2000, 2000)
  expect(wrong.off()).toBeGreaterThan(1990)
  expect(wrong.off()).toBeLessThan(2010)
  wrong.ask(4, 2)
  wrong.pass(4000)
  expect(Math.abs(wrong.off())).toBeLessThanOrEqual(5)
})

test('when the database’s clock goes forward it follows at once', () => {
  const one = machine()
  one.ask()
  expect(one.ask(0, 0, 60_000)).toBeLessThan(-59_000)
  expect(Math.abs(one.off(60_000))).toBeLessThanOrEqual(1)
})

test('when it goes back no time comes twice: it runs at half the speed until it has been caught up with', () => {
  const one = machine()
  one.ask()
  let last = one.clock.now()
  for (let seconds = 0; seconds < 119; seconds++) {
    one.pass(1000)
    one.ask(0, 0, -60_000)
    expect(one.clock.now() > last).toBe(true)
    last = one.clock.now()
    if (seconds > 0) expect(one.off(-60_000)).toBeGreaterThan(0)
  }
  for (let seconds = 0; seconds < 3; seconds++) {
    one.pass(1000)
    one.ask(0, 0, -60_000)
  }
  expect(Math.abs(one.off(-60_000))).toBeLessThanOrEqual(1)
})

test('a real database is asked, and again while it is followed', async () => {
  const database = await emptyCluster()
  try {
    const clock = createFollowingClock({ wallMs: () => Date.now() - 86_400_000, elapsedMs: () => performance.now() })
    expect(await askClock(database, clock)).toBeLessThan(-86_000_000)
    expect(Math.abs(epochMs(clock.now()) - Date.now())).toBeLessThan(2000)
    const heard = vi.spyOn(clock, 'heard')
    const end = followClock(database, clock, silentLog())
    await vi.waitFor(() => expect(heard.mock.calls.length).toBeGreaterThan(1), 10_000)
    end()
  } finally {
    await database.close()
  }
})

test('a database that is away is asked again', async () => {
  let tries = 0
  const database = {
    transaction: async () => {
      tries++
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    },
  }
  const end = followClock(database, createFollowingClock({ wallMs: () => 0, elapsedMs: () => performance.now() }), silentLog())
  await vi.waitFor(() => expect(tries).toBeGreaterThan(1), 10_000)
  end()
})
