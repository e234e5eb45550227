// What alerts are decided by, as it is now: rules, silences, what may inhibit. Compiled anew only when something was changed.
import { createHash } from 'node:crypto'
import type { CommandContext } from '#kernel/command.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Labels } from '#kernel/signal.ts'
import { readOrganisation } from '#domains/directory/index.ts'
import { labelsOf, type Surroundings } from './decision.ts'
import { mayInhibit, type CompiledInhibitionRule, type Inhibitor } from './inhibition.ts'
import { labelOf, matchesAll } from './matcher.ts'
import * as ruleStore from './rule-store.ts'
import { compileRules, readMatchers, type Rules } from './rules.ts'
import { compileSilence, type CompiledSilence } from './silencing.ts'

type Context = Pick<CommandContext, 'scope'>
/** `areMarked`: whether all open alerts are marked by these inhibitions, which have this name. */
export type Standing = Omit<Surroundings, 'inhibitors'> & { nameOfInhibitions: string; areMarked: boolean }

/** All that decides about alerts that have these labels. */
export async function readSurroundings(context: Context, targets: readonly Labels[]): Promise<Surroundings> {
  return withInhibitors(context, await readStanding(context), targets)
}

/** What holds for every alert. */
export const readStanding = async (context: Context): Promise<Standing> => standingOf(await readWrittenStanding(context))

/** The same as plain data, which can be written down. */
export type WrittenStanding = { written: Written; zone: string }

export async function readWrittenStanding({ scope }: Context): Promise<WrittenStanding> {
  const [written, organisation] = await allOfThem([ruleStore.readWritten(scope), readOrganisation(scope)])
  return { written, zone: organisation?.zone ?? 'UTC' }
}

export function standingOf({ written, zone }: WrittenStanding): Standing {
  const compiled = compiledFrom(written)
  return { ...compiled, zone, areMarked: written.marked === compiled.nameOfInhibitions }
}

/** How an alert that comes now is marked; null leaves it open. */
export const markOf = ({ rules, areMarked }: Standing, alert: Parameters<typeof mayInhibit>[1]): boolean | null =>
  rules.inhibitions.length === 0 ? false : areMarked ? mayInhibit(rules.inhibitions, alert) : null

/** With what may hold back alerts that have these labels: without them, any. `unsaved` are open alerts that the database does not have yet. */
export async function withInhibitors(
  { scope }: Context,
  standing: Standing,
  targets: readonly Labels[] | undefined,
  unsaved: readonly Inhibitor[] = [],
): Promise<Surroundings> {
  if (standing.rules.inhibitions.length === 0) return { ...standing, inhibitors: [] }
  const asked = standing.rules.inhibitions.flatMap((rule) => {
    const its = targets?.filter((labels) => matchesAll(rule.target, labels))
    return its?.length === 0 ? [] : [sourcesOf(scope, standing.areMarked, rule, its)]
  })
  const found = new Map((await allOfThem(asked)).flat().map((alert) => [alert.id, alert]))
  const saved = [...found.values()].map((alert) => ({ id: alert.id, title: alert.title, labels: labelsOf(alert) }))
  return { ...standing, inhibitors: [...unsaved, ...saved] }
}

/** What the database cannot compare is compared afterwards. */
function sourcesOf(
  scope: CommandContext['scope'],
  areMarked: boolean,
  { source, target, equal }: CompiledInhibitionRule,
  targets: readonly Labels[] | undefined,
) {
  const exact = source.flatMap(({ name, operator, value }) => (operator === '=' ? [{ name, values: [value] }] : []))
  const like = targets && equal.map((name) => ({ name, values: [...new Set(targets.map((labels) => labelOf(labels, name)))] }))
  const asked = new Set([...equal, ...[...source, ...target].map(({ name }) => name)])
  return ruleStore.sources(scope, areMarked, [...exact, ...(like ?? [])], [...asked])
}

type Compiled = { rules: Rules; nameOfInhibitions: string; silences: CompiledSilence[] }
type Written = Awaited<ReturnType<typeof ruleStore.readWritten>>

// The same text compiles to the same rules, so that what was compiled last is as good as anew.
let last: { text: string; compiled: Compiled } | undefined

function compiledFrom(written: Written): Compiled {
  const text = [written.routes, written.inhibitions, written.intervals, written.silences].join('\n')
  if (last?.text !== text) last = { text, compiled: compile(written) }
  return last.compiled
}

function compile(written: Written): Compiled {
  const { routes, inhibitions, intervals, silences } = ruleStore.parseWritten(written)
  return {
    rules: compileRules(routes, inhibitions, intervals),
    nameOfInhibitions: createHash('sha256')
      .update(written.inhibitions ?? '')
      .digest('base64url'),
    silences: silences.flatMap((row) => {
      const silence = compileSilence({
        id: row.id,
        comment: row.name,
        createdBy: row.createdByName ?? 'somebody',
        startsAt: row.startsAt,
        endsAt: row.endsAt,
        matcherSets: [readMatchers(row.matchers)],
      })
      return 'faults' in silence ? [] : [silence]
    }),
  }
}
