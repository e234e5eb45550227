// The end of a run, when nothing else is wrong any more and its traffic still goes on: one node after the other is lost in the middle of its work, in
// every way in which a node can be lost, and comes back when others have done that work or had time enough for it.
import type { Random } from '../random.ts'
import type { Diary } from './diary.ts'
import { isWell } from './diary.ts'
import { losing, type LosingKind } from './fault-kinds.ts'
import type { Installation } from './installation.ts'
import type { Member } from './member.ts'
import type { Traffic } from './traffic.ts'

/** `lateSeconds`: how much this process itself was late in that time, for want of a processor; the nodes were no less. */
export type Loss = { kind: LosingKind; node: string; from: number; to: number; lateSeconds: number }

const timesEach = 2
/** About how long it takes. */
export const lossesSeconds = losing.length * timesEach * 11
/** How long an answer from the outside takes before a loss: longer than a takeover may take, so that what waits for one is in hand until then. */
const slowMs = 6000
const mostHeld = 5
const waitsSeconds = 15
const readySeconds = 60

export async function loseNodes(random: Random, installation: Installation, traffic: Traffic, diary: Diary): Promise<Loss[]> {
  const { database, members, outside } = installation
  const usual = { ...outside.mood }
  const losses: Loss[] = []

  /** What a node holds, and what is left of some jobs and of those that it has begun since `since`: at its end it may begin what is not seen yet. */
  const heldBy = async ({ name }: Member, orOf: readonly string[] = [], since = Date.now()): Promise<string[]> => {
    const owner = 'select id from machine.entered where who = $1 order by at desc limit 1'
    const lately = `select job from machine.claims where owner = (${owner}) and at >= $3`
    const rows = await database.query<{ id: string }>(
      `select id from jobs where owner = (${owner}) or id = any($2) or (due <= clock_timestamp() and id in (${lately}))`,
      [name, orOf, new Date(since)],
    )
    return rows.map(({ id }) => id)
  }

  const areWell = async () => {
    const living = await database.query(`select 1 from nodes where seen_at > clock_timestamp() - interval '1 second'`)
    return living.length === members.length && members.every(({ name, state }) => state === 'up' && isWell(diary, name, Date.now()))
  }

  async function lose(kind: LosingKind, member: Member): Promise<void> {
    if (!(await until(readySeconds, areWell)))
      return void diary.wrong.push({ invariant: 'liveness', sentence: `not all nodes were well within ${readySeconds} s after all faults` })
    Object.assign(outside.mood, { mailMs: slowMs, actionMs: slowMs })
    const working = setInterval(() => traffic.workFor(member), random.between(60, 150))
    await until(10, async () => (await heldBy(member)).length >= mostHeld)
    await wait(random.between(0, 300))
    const held = await heldBy(member)
    const over = Promise.withResolvers<void>()
    const lateness = measureLateness()
    const from = Date.now()
    const end = diary.begin({ kind, place: kind.startsWith('node') ? 'node' : 'way to the database', node: member.name })
    const lost = strike(kind, member, random, () => over.promise)
    clearInterval(working)
    // How long the outside takes is no part of a takeover.
    Object.assign(outside.mood, { mailMs: 0, actionMs: 0 })
    await until(waitsSeconds, async () => (await heldBy(member, held, from - 1000)).length === 0)
    Object.assign(outside.mood, usual)
    losses.push({ kind, node: member.name, from, to: Date.now(), lateSeconds: lateness() })
    over.resolve()
    await lost
    end()
  }

  for (let n = 0; n < timesEach; n++) for (const kind of losing) await lose(kind, random.one(members))
  return losses
}

function strike(kind: LosingKind, member: Member, random: Random, lasts: () => Promise<void>): Promise<void> {
  const way = (trouble: Parameters<Member['database']['set']>[0]) => {
    member.database.set(trouble)
    return lasts().finally(() => member.database.set(undefined))
  }
  switch (kind) {
    case 'node killed':
      return member.kill(lasts)
    case 'node hung':
      return member.hang(lasts)
    case 'database cut':
      return way({ kind: 'cut' })
    case 'database silent':
      return way({ kind: 'silent', direction: 'both' })
    case 'database silent in one direction':
      return way({ kind: 'silent', direction: random.one(['there', 'back']) })
  }
}

/** Answers what tells how many seconds this process has not had since. */
function measureLateness(): () => number {
  const everyMs = 50
  let last = performance.now()
  let lateMs = 0
  const timer = setInterval(() => {
    const now = performance.now()
    lateMs += Math.max(0, now - last - everyMs - 10)
    last = now
  }, everyMs)
  return () => {
    clearInterval(timer)
    return lateMs / 1000
  }
}

/** Whether it came true within so many seconds. */
async function until(seconds: number, isSo: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; ; await wait(100)) {
    if (await isSo()) return true
    if (Date.now() > end) return false
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
