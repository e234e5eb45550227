// How long it takes until others have what a lost node held: measured at the end of each run, where nothing else is wrong, until it is done; and
// wherever a node was lost among other faults while another was well, until it is begun.
import { healthySeconds, type Diary, type Wrong } from './diary.ts'
import type { Evidence } from './evidence.ts'
import { losesWork, losing, type LosingKind } from './fault-kinds.ts'
import { mostSeconds } from './late.ts'
import type { Loss } from './losses.ts'
import type { Claim } from './watch.ts'

/** `seconds`: from the loss until the last of what the node held was another's. */
export type Takeover = { kind: LosingKind; node: string; at: number; jobs: number; seconds: number }
export type Takeovers = { measured: Takeover[]; amongFaults: Takeover[]; wrong: Wrong[] }

export function takeovers(evidence: Evidence, diary: Diary, nodes: readonly string[], losses: readonly Loss[]): Takeovers {
  const wrong: Wrong[] = []
  const measured = losses.flatMap((loss): Takeover[] => {
    const { kind, node, from, to, lateSeconds } = loss
    const { times, left } = whatOthersDid(evidence, loss, to, ({ owner }) => owner === 'done')
    const one = `what node ${node} held (${kind} at ${new Date(from).toISOString()})`
    for (const job of left)
      wrong.push({ invariant: 'I10', sentence: `${one} was not done by another within ${seconds(from, to).toFixed(1)} s: job ${job}` })
    if (times.length === 0) return []
    const slowest = seconds(from, Math.max(...times))
    if (slowest - lateSeconds > mostSeconds)
      wrong.push({
        invariant: 'I10',
        sentence: `${one} was done by others after ${slowest.toFixed(1)} s, of which this machine was late by ${lateSeconds.toFixed(1)} s`,
      })
    return [{ kind, node, at: from, jobs: times.length, seconds: slowest }]
  })
  for (const kind of losing)
    if (!measured.some((one) => one.kind === kind)) wrong.push({ invariant: 'machine', sentence: `no takeover was measured: ${kind}` })

  const amongFaults = diary.spans.flatMap((span): Takeover[] => {
    const { kind, node, from, to } = span
    if (!losesWork(kind) || losses.some((loss) => loss.node === node && loss.from <= from && from <= loss.to)) return []
    const isWellUntil = (at: number) => healthySeconds(diary, nodes, from, at, node) > seconds(from, at) - 0.15
    const { times } = whatOthersDid(evidence, { node, from, to }, Infinity, ({ owner, was }) => owner !== null && owner !== was)
    const well = times.filter(isWellUntil)
    return well.length === 0 ? [] : [{ kind, node, at: from, jobs: well.length, seconds: seconds(from, Math.max(...well)) }]
  })
  for (const { kind, node, at, seconds } of amongFaults)
    if (seconds > mostSeconds)
      wrong.push({
        invariant: 'I10',
        sentence: `what node ${node} held (${kind} at ${new Date(at).toISOString()}) was taken over after ${seconds.toFixed(1)} s`,
      })
  return { measured, amongFaults, wrong }
}

const seconds = (from: number, to: number): number => (to - from) / 1000

/** Of the jobs that a node held when it was lost, or that reached the database as its own after that: when others did what is asked for, until then, and
 *  which are left. What the node itself has ended or given back all the same is nobody else's. */
function whatOthersDid(
  { claims, entered }: Evidence,
  { node, from, to }: Pick<Loss, 'node' | 'from' | 'to'>,
  until: number,
  isIt: (claim: Claim) => boolean,
): { times: number[]; left: number[] } {
  const nameOf = new Map(entered.map(({ id, who }) => [id, who]))
  const held = new Set<number>()
  const times: number[] = []
  for (const claim of claims) {
    const at = claim.at.getTime()
    const { job, who, owner } = claim
    if (at > until) break
    if (at <= from || (who === node && at <= to)) {
      if (owner !== null && nameOf.get(owner) === node) held.add(job)
      else if (at <= from || who === node) held.delete(job)
    } else if (held.has(job)) {
      if (who === node) held.delete(job)
      else if (isIt(claim)) {
        times.push(at)
        held.delete(job)
      }
    }
  }
  return { times, left: [...held] }
}
