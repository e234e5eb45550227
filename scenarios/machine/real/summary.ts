// `npm run machine -- --real`: runs of real processes until one fails or the time is up, and what they add up to, in one line.
import { hasPostgres } from '../../../ops/real/programs.ts'
import { seedAfter } from '../random.ts'
import { losing } from './fault-kinds.ts'
import { lossesSeconds } from './losses.ts'
import { runReal, type RealOutcome } from './run.ts'
import type { Takeover } from './takeovers.ts'

/** How long faults strike in one run; so that a long time is several runs, each with its own rates. */
const mostFaultSeconds = 240
/** How many sentences of one invariant are shown; all of them are kept. */
const mostOfEach = 5
/** What a run needs beside that: to start, to lose nodes one by one, to come to rest, to be checked. */
const besidesSeconds = 120 + lossesSeconds

/** `seed`: only this one. `from`: where the series of seeds begins. 1 when one failed. */
export async function realRuns(
  say: (text: string) => void,
  options: { minutes: number; seed: string | undefined; from: string },
): Promise<number> {
  if (!hasPostgres()) {
    say('machine --real is skipped: PostgreSQL is not installed')
    return 0
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const end = Date.now() + options.minutes * 60_000
  const outcomes: RealOutcome[] = []
  for (let n = 0; n === 0 || (!options.seed && Date.now() + (besidesSeconds + 15) * 1000 < end); n++) {
    const left = (end - Date.now()) / 1000
    const most = options.seed ? left : mostFaultSeconds
    const outcome = await runReal(
      options.seed ?? seedAfter(options.from, n),
      Math.round(Math.max(10, Math.min(most, left - besidesSeconds))),
      say,
    )
    if (!outcome) break
    outcomes.push(outcome)
    if (outcome.wrong.length > 0) {
      for (const [invariant, all] of Map.groupBy(outcome.wrong, ({ invariant }) => invariant)) {
        for (const { sentence } of all.slice(0, mostOfEach)) say(`it failed: ${invariant}: ${sentence}`)
        if (all.length > mostOfEach) say(`  and ${all.length - mostOfEach} more of ${invariant}`)
      }
      say(`history, logs and the database are in ${outcome.kept}; again: npm run machine -- --real --seed ${outcome.seed}`)
      break
    }
  }
  say(lineOf(outcomes))
  return outcomes.some(({ wrong }) => wrong.length > 0) ? 1 : 0
}

/** Runs, operations, faults per kind, takeovers by what the node was lost to, what was slowest. */
function lineOf(outcomes: readonly RealOutcome[]): string {
  const sum = (of: (outcome: RealOutcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const most = (of: (outcome: RealOutcome) => number) => Math.max(0, ...outcomes.map(of)).toFixed(1)
  const kinds = new Map<string, number>()
  for (const { faults } of outcomes) for (const [kind, count] of faults) kinds.set(kind, (kinds.get(kind) ?? 0) + count)
  const faults = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} ${count}`)
  return `machine --real: ${outcomes.length} runs, ${sum(({ operations }) => operations)} operations, ${sum(({ mails }) => mails)} mails, ${sum(({ updateMails }) => updateMails)} of them to followers; faults: ${faults.join(', ') || 'none'}; takeovers: ${overOf(outcomes.flatMap(({ takeovers }) => takeovers.measured))}; begun among other faults: ${overOf(outcomes.flatMap(({ takeovers }) => takeovers.amongFaults))}; slowest answer ${most(({ slowest }) => slowest.answer)} s, slowest rest ${most(({ slowest }) => slowest.rest)} s`
}

/** By what the node was lost to. */
const overOf = (takeovers: readonly Takeover[]): string =>
  losing
    .flatMap((lost) => {
      const all = takeovers.filter(({ kind }) => kind === lost).map(({ seconds }) => seconds)
      all.sort((a, b) => a - b)
      return all.length === 0
        ? []
        : [`${lost} ${all.length}, median ${all[all.length >> 1]!.toFixed(1)} s, slowest ${all.at(-1)!.toFixed(1)} s`]
    })
    .join('; ') || 'none'
