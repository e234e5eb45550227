// One run of the second layer: real processes, faults from a seed for some time, then rest, and every check. Seeded, but not the same twice.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomOf } from '../random.ts'
import { ask } from './client.ts'
import { check, type Found } from './check.ts'
import { openDiary, type Diary } from './diary.ts'
import { readEvidence } from './evidence.ts'
import { drawRates, type FaultKind } from './fault-kinds.ts'
import { createFaults } from './faults.ts'
import { followPages } from './following.ts'
import { startInstallation, type Installation } from './installation.ts'
import { loseNodes } from './losses.ts'
import { filesOf } from './organisation.ts'
import { createTraffic, type Traffic } from './traffic.ts'
import { lookAgainAndAgain } from './watch.ts'

export type RealOutcome = Found & {
  seed: string
  operations: number
  mails: number
  /** How many of them told a follower of an update. */
  updateMails: number
  faults: ReadonlyMap<FaultKind, number>
  /** The longest that anybody waited for one answer, and how long it took until all was done after the last fault; in seconds. */
  slowest: { answer: number; rest: number }
  /** Where everything about a failure is kept. */
  kept: string | undefined
}

/** By how much the clock of a node's machine may be wrong. */
const wrongClocksMs = [0, 30_000, -30_000, 7_200_000]

/** Runs a seed, with faults for so many seconds. Undefined where PostgreSQL is not installed. */
export async function runReal(seed: string, faultSeconds: number, say: (text: string) => void): Promise<RealOutcome | undefined> {
  const random = randomOf(seed, 'schedule')
  const diary = openDiary()
  const since = Date.now()
  const clocks = randomOf(seed, 'clocks')
  const wrongMs = Array.from({ length: random.one([2, 3, 3]) }, () => clocks.one(wrongClocksMs))
  const rates = drawRates(randomOf(seed, 'rates'))
  const hasCopy = rates.get('database fails over')! > 0
  const installation = await startInstallation({ wrongMs, usualMs: random.one([0, 300, 1000]), hasCopy }, diary)
  if (!installation) return undefined
  const { database, members, outside } = installation
  const names = members.map(({ name }) => name)
  const drawn = [...rates].filter(([, rate]) => rate > 0).map(([kind, rate]) => `${kind} ${rate.toFixed(1)}`)
  const clocksOff = wrongMs.map((ms) => ms / 1000).join(', ')
  say(
    `machine --real seed=${seed} nodes=${names.length} clocks off by ${clocksOff} s seconds=${faultSeconds} a minute: ${drawn.join(', ')}`,
  )
  try {
    await Promise.all(members.map((member) => member.start()))
    const files = filesOf(randomOf(seed, 'organisation'), `http://127.0.0.1:${outside.action.port}`)
    const applied = await ask(members[0]!.port, { method: 'POST', path: '/configuration/apply', body: { files } })
    if (applied?.status !== 200) throw new Error(`the configuration was not applied: ${applied?.status} ${applied?.text}`)
    const followers = await followPages(randomOf(seed, 'followers'), installation)
    const traffic = await createTraffic(seed, randomOf(seed, 'operations'), installation, diary)
    const faults = createFaults(rates, randomOf(seed, 'faults'), installation, diary)
    const looking = lookAgainAndAgain(database.query, diary)
    traffic.begin()
    faults.begin()
    await wait(faultSeconds * 1000)
    await faults.end()
    const losses = await loseNodes(randomOf(seed, 'losses'), installation, traffic, diary)
    const undone = Date.now()
    await traffic.end()
    await comeToRest(installation, diary)
    const restSeconds = (Date.now() - undone) / 1000
    looking.end()
    const codes = await Promise.all(members.map((member) => member.stop()))
    for (const [n, code] of codes.entries())
      if (code !== 0)
        diary.wrong.push({ invariant: 'nodes', sentence: `node ${names[n]} was asked to stop at rest and ended with ${code}` })

    const verified = await installation.verify()
    if (verified.code !== 0)
      diary.wrong.push({ invariant: 'I6', sentence: `tocsin verify ended with ${verified.code}: ${verified.said.trim().slice(-500)}` })

    const evidence = await readEvidence(database, outside, traffic, diary, since)
    const watched = { overdue: looking.overdue(), entries: looking.entries, losses, followers }
    const found = await check(database, evidence, traffic, diary, names, watched)
    return {
      ...found,
      seed,
      operations: traffic.operations(),
      mails: outside.mails.length,
      updateMails: evidence.updateMails.length,
      faults: faults.counts,
      slowest: {
        answer: Math.max(0, ...traffic.tries.filter(({ status }) => status > 0).map(({ began, ended }) => ended - began)) / 1000,
        rest: restSeconds,
      },
      kept: found.wrong.length > 0 ? keep(seed, installation, diary, traffic, found) : undefined,
    }
  } finally {
    await installation.stop()
    rmSync(installation.folder, { recursive: true, force: true })
  }
}

const restsWithinSeconds = 360

/** Waits until nothing is left to do. What does not end is written down, and the run is checked all the same. */
async function comeToRest({ database }: Installation, diary: Diary): Promise<void> {
  const end = Date.now() + restsWithinSeconds * 1000
  for (;;) {
    const [left] = await database.query<{ jobs: string; waiting: string; what: string | null }>(`
      select count(*) as jobs, (select count(*) from processes where wake_at is not null) as waiting, min(kind || ' ' || lane || ' ' || coalesce(last_error, '')) as what
      from jobs where kind <> 'recurring' and parked_at is null`)
    if (left!.jobs === '0' && left!.waiting === '0') return
    if (Date.now() > end) {
      const sentence = `after ${restsWithinSeconds} s ${left!.jobs} jobs and ${left!.waiting} alarms are left: ${left!.what?.slice(0, 300)}`
      diary.wrong.push({ invariant: 'liveness', sentence })
      return
    }
    await wait(1000)
  }
}

/** History, logs, what was sent and got, and the whole database, in a folder of their own. */
function keep(seed: string, { database, folder, outside }: Installation, { lines, spans }: Diary, traffic: Traffic, found: Found): string {
  const kept = mkdtempSync(join(tmpdir(), `tocsin-machine-${seed}-`))
  cpSync(folder, join(kept, 'nodes'), { recursive: true })
  const table = lines.map(({ at, node, what, why }) => `${new Date(at).toISOString()}  ${node.padEnd(5)}  ${what}${why ? `: ${why}` : ''}`)
  writeFileSync(join(kept, 'wrong.txt'), `${found.wrong.map(({ invariant, sentence }) => `${invariant}: ${sentence}`).join('\n')}\n`)
  writeFileSync(join(kept, 'history.txt'), `${table.join('\n')}\n`)
  const { sendings, tries, promised, again } = traffic
  const { mails, posted } = outside
  writeFileSync(
    join(kept, 'evidence.json'),
    JSON.stringify({ takeovers: found.takeovers, spans, sendings, tries, promised, again, mails, posted }, null, 1),
  )
  database.dump(join(kept, 'database.sql'))
  return kept
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
