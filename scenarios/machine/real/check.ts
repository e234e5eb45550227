// Everything that must hold when a run has come to rest and its nodes have stopped. The invariants of the first layer are asked again where a real
// database can answer them: as if each commit and each mail happened once more, in their order.
import { epochMs, instant } from '#kernel/time.ts'
import { openPostgres } from '#platform/database/postgres.ts'
import { hashOfToken } from '#platform/secrets/token.ts'
import { accepted } from '../invariants/accepted.ts'
import { afterAnAnswer } from '../invariants/after-an-answer.ts'
import { followers as eachUpdate } from '../invariants/followers.ts'
import type { Invariant, Look } from '../invariants/invariant.ts'
import { levels } from '../invariants/levels.ts'
import { once } from '../invariants/once.ts'
import { pages } from '../invariants/pages.ts'
import { recordOfEvents } from '../invariants/record-of-events.ts'
import { rest } from '../invariants/rest.ts'
import { states } from '../invariants/states.ts'
import { steps } from '../invariants/steps.ts'
import { nothingSeen, Violation, type Commit, type Handed, type Seen } from '../record.ts'
import type { Diary, Wrong } from './diary.ts'
import type { Evidence } from './evidence.ts'
import { seenByFollowers, toldAfterStopping } from './followers.ts'
import type { Follower } from './following.ts'
import type { Store } from './installation.ts'
import { lateAnswers, lateLevels, lateWork, takenForDead, unknownSources } from './late.ts'
import type { Loss } from './losses.ts'
import { takeovers, type Takeovers } from './takeovers.ts'
import type { Traffic } from './traffic.ts'
import type { Entry, Overdue } from './watch.ts'

export type Found = { wrong: Wrong[]; takeovers: Takeovers }
type Watched = { overdue: readonly Overdue[]; entries: readonly Entry[]; losses: readonly Loss[]; followers: readonly Follower[] }

/** What was wrong, and how fast work was taken over. Asked when the nodes have stopped; `nodes` are their names. */
export async function check(
  store: Store,
  evidence: Evidence,
  traffic: Traffic,
  diary: Diary,
  nodes: readonly string[],
  watched: Watched,
): Promise<Found> {
  const database = openPostgres(store.url, { poolSize: 2, onError: () => undefined })
  const wrong: Wrong[] = [...diary.wrong]
  const asking = async (what: () => Promise<void> | void) => {
    try {
      await what()
    } catch (error) {
      wrong.push(
        error instanceof Violation
          ? { invariant: error.invariant, sentence: error.message }
          : { invariant: 'machine', sentence: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      )
    }
  }
  // None of the invariants that are asked here looks at the organisation or at nodes in this process.
  const lookAt = (seen: Seen): Look => ({
    seen,
    database,
    now: instant(Date.now()),
    organisation: undefined as never,
    nodes: [],
    disks: [],
  })
  const noTime = { passDays: () => Promise.reject(new Error('here time passes by itself')) }
  const { seen } = evidence
  try {
    await replay(evidence, lookAt, asking)
    const all: Commit = { index: seen.commits, at: instant(Date.now()), events: evidence.commits.flatMap(({ events }) => events) }
    const atOnce = lookAt(seen)
    for (const { always } of [states, recordOfEvents]) await asking(() => always!(all, atOnce))
    for (const one of runsOf(seen)) await asking(() => steps.always!(all, lookAt(one)))
    const told = lookAt(seenByFollowers(evidence, diary, nodes))
    await eachUpdate.always!(all, told)
    await asking(() => eachUpdate.quiet!(told, noTime))
    for (const { quiet } of [states, steps, recordOfEvents, rest, pages, accepted]) await asking(() => quiet!(atOnce, noTime))
  } finally {
    await database.close()
  }
  const measured = takeovers(evidence, diary, nodes, watched.losses)
  wrong.push(
    ...unmarkedTwice([...seen.handed, ...evidence.updateMails]),
    ...(evidence.updateMails.length > 0 ? [] : [{ invariant: 'machine', sentence: 'no follower was told of any update' }]),
    ...(await toldAfterStopping(store, evidence, watched.followers)),
    ...(await missing(store, traffic)),
    ...(await recurringTwice(store)),
    ...saidToBeLost(evidence),
    ...(await changedEntries(store, watched.entries, diary)),
    ...(await lateLevels(store, evidence, diary, nodes)),
    ...lateWork(watched.overdue, diary, nodes),
    ...lateAnswers(traffic.tries, diary),
    ...unknownSources(traffic.sendings, diary),
    ...takenForDead(evidence, diary),
    ...measured.wrong,
  )
  return { wrong, takeovers: measured }
}

/** Each commit and each mail once more, in the order in which they happened. */
async function replay(
  { seen, commits, timeOf }: Evidence,
  lookAt: (seen: Seen) => Look,
  asking: (what: () => Promise<void> | void) => Promise<void>,
) {
  const again: Seen = { ...nothingSeen(() => true), disturbed: seen.disturbed }
  const look = lookAt(again)
  const happened: { at: number; commit?: Commit; handed?: Handed }[] = [
    ...commits.map((commit) => ({ at: timeOf(commit), commit })),
    ...seen.handed.map((handed) => ({ at: epochMs(handed.at), handed })),
  ]
  const always: Invariant[] = [afterAnAnswer, levels]
  for (const { commit, handed } of happened.sort((a, b) => a.at - b.at)) {
    if (commit) {
      again.commits++
      again.events.push(...commit.events)
      for (const invariant of always) await asking(() => invariant.always!(commit, look))
    }
    if (handed) {
      for (const { handing } of [once, afterAnAnswer]) await asking(() => handing!(handed, again, look))
      again.handed.push(handed)
    }
  }
}

/** Of what was posted and allowed again, what belongs to each run: so that one run's answer excuses no other's. */
function runsOf(seen: Seen): Seen[] {
  const started = seen.events.filter(({ type }) => type === 'run.started')
  return started.map(({ about, data }) => {
    const { tag } = data as { tag: string }
    const again = seen.again.filter((one) => one.startsWith(`${about['run']} `))
    return { ...seen, again, posted: seen.posted.filter((path) => path.startsWith(`/${tag}/`)) }
  })
}

/** I4: of one delivery, at most one mail does not say that it is a repeat, whichever of them was on its way for longer. */
function unmarkedTwice(handed: readonly Handed[]): Wrong[] {
  const unmarked = Map.groupBy(
    handed.filter(({ repeated }) => !repeated),
    ({ key }) => key,
  )
  return [...unmarked]
    .filter(([, all]) => all.length > 1)
    .map(([key, all]) => ({
      invariant: 'I4',
      sentence: `${key} (${all[0]!.reachKey}) went out ${all.length} times unmarked: ${all.map(({ at, node }) => `${at} from ${node}`).join(', ')}`,
    }))
}

/** I1: what was answered with a success and is not there, or is there twice. */
async function missing({ query }: Store, { promised }: Traffic): Promise<Wrong[]> {
  const wrong: Wrong[] = []
  const counted = async (text: string, values: unknown[]) =>
    Number((await query<{ count: string }>(`select count(*) as count from ${text}`, values))[0]!.count)
  for (const one of promised) {
    const count = await {
      update: () => one.kind === 'update' && counted('updates where text = $1', [one.text]),
      run: () => one.kind === 'run' && counted(`runs where inputs ->> 'tag' = $1`, [one.tag]),
      stop: () =>
        one.kind === 'stop' &&
        counted('(select 1 where not exists (select 1 from subscribers where leave_hash = $1)) as gone', [hashOfToken(one.token)]),
      answer: () =>
        one.kind === 'answer' && counted('run_asks where run_id = $1 and step = $2 and answer is not null limit 1', [one.run, one.step]),
      acknowledgement: () =>
        one.kind === 'acknowledgement' &&
        counted(`(select 1 from events where type = 'page.acknowledged' and about ->> 'page' = $1 limit 1) as one`, [one.page]),
      'acknowledgement by link': () =>
        one.kind === 'acknowledgement by link' &&
        counted(
          `(select 1 from events where type = 'page.acknowledged' and about ->> 'page' = (select split_part(reach_key, '/', 1) from notifications where id = $1) limit 1) as one`,
          [one.delivery],
        ),
    }[one.kind]()
    if (count === 0 || (count !== 1 && ['update', 'run'].includes(one.kind)))
      wrong.push({ invariant: 'I1', sentence: `${JSON.stringify(one)} was answered with a success, and is there ${count} times` })
  }
  return wrong
}

/** I10: what is done again and again is there once, whichever nodes started at the same time. */
const recurringTwice = async ({ query }: Store): Promise<Wrong[]> =>
  (
    await query<{ lane: string; count: string }>(
      `select lane, count(*) as count from jobs where kind = 'recurring' group by lane having count(*) > 1`,
    )
  ).map(({ lane, count }) => ({ invariant: 'I10', sentence: `${lane}, which recurs, is there ${count} times` }))

/** Whatever falls or fails over here, nothing that waited for the disk is lost. */
const saidToBeLost = ({ commits }: Evidence): Wrong[] =>
  commits
    .flatMap(({ events }) => events)
    .filter(({ type }) => type === 'database.lost')
    .map(({ at, data }) => ({
      invariant: 'I1',
      sentence: `at ${at} a node believed that the database had lost something: ${JSON.stringify(data)}`,
    }))

/** What was committed shortly before the database fell may be lost, where nothing had gone out for it; whatever else was read once stays as it was. */
async function changedEntries({ query }: Store, entries: readonly Entry[], { spans }: Diary): Promise<Wrong[]> {
  const rows = await query<{ position: string; hash: string }>(`select position, encode(hash, 'hex') as hash from events`)
  const now = new Map(rows.map(({ position, hash }) => [Number(position), hash]))
  const falls = spans.filter(({ kind }) => kind === 'database restarted' || kind === 'database fails over')
  return entries
    .filter(({ position, hash }) => now.get(position) !== hash)
    .filter(({ readAt }) => !falls.some(({ from, to }) => readAt >= from - 2000 && readAt <= to))
    .map(({ position, readAt }) => ({
      invariant: 'I6',
      sentence: `entry ${position}, read at ${new Date(readAt).toISOString()}, is not there any more or was changed`,
    }))
}
