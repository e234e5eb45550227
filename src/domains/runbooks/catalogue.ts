// Commands and queries about runbooks themselves.
import { z } from 'zod'
import { actorRef, may } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, refuse, type Fault } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import { namedBy } from '#kernel/naming.ts'
import type { Scope } from '#kernel/scope.ts'
import { renderMarkdown } from '#platform/text/markdown.ts'
import { Done, done, findTeam, listTeams, Slug } from '#domains/directory/index.ts'
import { findIncidents } from '#domains/incidents/index.ts'
import { connectionProblems, problemsOf } from './check.ts'
import { actOf, dangerOf, Runbook } from './definition.ts'
import { runbookRemoved, runbookSaved, RunbookIdSchema, type RunbookId } from './events.ts'
import { stepsOf } from './flow.ts'
import { outlineOf } from './outline.ts'
import { listRuns as listRunRows, type Run } from './run-store.ts'
import { shippedRunbooks } from './shipped.ts'
import * as store from './store.ts'
import { RunbookItem, RunbookView } from './views.ts'

const RunbookKey = z.string().max(60)

/** Everything wrong with a runbook as it stands, connections included. */
const problems = async (scope: Scope, definition: Runbook): Promise<Fault[]> => problemsAmong(definition, await connectionsOf(scope))

const problemsAmong = (definition: Runbook, known: Map<string, string | null>): Fault[] => [
  ...problemsOf(definition),
  ...connectionProblems(definition, known),
]

/** Slug → its team's slug. */
const connectionsOf = async (scope: Scope) => new Map((await store.listConnections(scope)).map(({ slug, teamSlug }) => [slug, teamSlug]))

const teamsOf = async (scope: Scope) =>
  new Map((await listTeams(scope, undefined, 1000)).map(({ id, slug, name }) => [id, { id, slug, name }]))

export const listRunbooks = defineQuery({
  name: 'runbooks.listRunbooks',
  summary: 'List runbooks',
  http: 'GET /runbooks',
  needs: 'runbooks:read',
  on: 'organisation',
  input: listInput({ text: z.string().max(100).optional(), team: Slug.optional() }),
  output: listOutput(RunbookItem),
  examples: [{}],
  async run({ scope }, { text, team, limit, cursor }) {
    const rows = await store.listRunbooks(scope, { text, team, after: decodeCursor(cursor)?.[0] as string | undefined, limit: limit + 1 })
    const { items, nextCursor } = page(
      rows,
      limit,
      (row) => row,
      (row) => [row.slug],
    )
    const teams = await teamsOf(scope)
    const known = await connectionsOf(scope)
    const views: z.input<typeof RunbookItem>[] = []
    for (const row of items) views.push(await item(scope, row, teams, known))
    return { items: views, nextCursor }
  },
})

async function item(
  scope: Scope,
  row: store.StoredRunbook,
  teams: Awaited<ReturnType<typeof teamsOf>>,
  known: Awaited<ReturnType<typeof connectionsOf>>,
): Promise<z.input<typeof RunbookItem>> {
  const steps = stepsOf(row.definition).map(({ step }) => step)
  const last = await lastRunOf(scope, row.id)
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.definition.description,
    team: (row.teamId && teams.get(row.teamId)) || null,
    version: row.version,
    changedAt: row.changedAt,
    steps: steps.length,
    asks: steps.filter((step) => ['ask', 'approve'].includes(actOf(step).kind)).length,
    changes: steps.filter((step) => dangerOf(step) !== 'reads').length,
    problems: problemsAmong(row.definition, known),
    lastRun: last ? { number: last.number, phase: last.phase, startedAt: last.startedAt } : null,
  }
}

/** The newest run that the scope sees, of the newest 200: one of an incident is seen by whoever sees the incident. */
async function lastRunOf(scope: Scope, runbookId: RunbookId): Promise<Run | undefined> {
  let before: number | undefined
  for (const limit of [10, 190]) {
    const rows = await listRunRows(scope, { runbookId, before, limit })
    const incidents = await findIncidents(
      scope,
      rows.flatMap(({ incidentId }) => incidentId ?? []),
    )
    const last = rows.find(({ incidentId }) => incidentId === null || incidents.some(({ id }) => id === incidentId))
    if (last || rows.length < limit) return last
    before = rows.at(-1)!.number
  }
  return undefined
}

export const getRunbook = defineQuery({
  name: 'runbooks.getRunbook',
  summary: 'Show one runbook with its problems',
  http: 'GET /runbooks/{runbook}',
  needs: 'runbooks:read',
  on: ({ runbook }) => ({ runbook }),
  input: z.strictObject({ runbook: RunbookKey }),
  output: RunbookView,
  examples: [{ runbook: 'bad-deploy' }],
  async run({ scope }, { runbook }) {
    const found = await store.findRunbook(scope, runbook)
    if (!found) throw missing('runbook')
    return {
      id: found.id,
      slug: found.slug,
      name: found.name,
      team: (found.teamId && (await teamsOf(scope)).get(found.teamId)) || null,
      version: found.version,
      createdAt: found.createdAt,
      changedAt: found.changedAt,
      changedBy: found.savedBy,
      definition: found.definition,
      problems: await problems(scope, found.definition),
      prose: proseOf(found.definition),
      outline: outlineOf(found.definition),
      versions: await store.versionsOf(scope, found.id),
    }
  },
})

const proseOf = (runbook: Runbook) => ({
  sections: runbook.sections.map(({ prose }) => renderMarkdown(prose)),
  steps: Object.fromEntries(stepsOf(runbook).flatMap(({ step }) => (step.prose === '' ? [] : [[step.id, renderMarkdown(step.prose)]]))),
})

export const saveRunbook = defineCommand({
  name: 'runbooks.save',
  summary: 'Write a runbook: a new one, or the next version',
  http: 'PUT /runbooks/{slug}',
  needs: 'runbooks:configure',
  on: ({ team }) => (team ? { team } : ({} as Record<string, string>)),
  input: Runbook,
  output: z.object({ id: RunbookIdSchema, version: z.number() }).meta({ id: 'SavedRunbook' }),
  examples: [
    {
      slug: 'say-hello',
      name: 'Say hello',
      sections: [
        {
          name: 'Talk',
          steps: [
            {
              id: 'hello',
              name: 'Say it',
              ask: { question: 'Are you there?', answers: [{ id: 'yes', text: 'Yes', consequence: 'the run ends' }] },
            },
          ],
        },
      ],
    },
  ],
  async run(context, definition) {
    const { scope, actor } = context
    const before = await store.findRunbook(scope, definition.slug)
    if (before && !may(actor, 'runbooks:configure', before.teamId))
      throw new AppError('forbidden', 'This needs the permission runbooks:configure for the runbook as it stands.')
    return save(context, definition, actorRef(actor))
  },
})

/** Saves when it has no problems; AppError 'invalid-input' with all of them otherwise. */
export async function save(context: Pick<CommandContext, 'scope' | 'emit' | 'newId'>, definition: Runbook, savedBy: string) {
  const faults = problemsOf(definition)
  if (faults.length > 0)
    throw new AppError(
      'invalid-input',
      faults.length === 1 ? `The runbook has a problem: ${faults[0]!.message}.` : `The runbook has ${faults.length} problems.`,
      { faults },
    )
  const team = definition.team === null ? undefined : await findTeam(context.scope, definition.team)
  if (definition.team !== null && !team) throw missing('team')
  const saved = await store.saveRunbook(context.scope, { id: context.newId('rbk'), teamId: team?.id ?? null, definition, savedBy })
  if (!saved) throw new AppError('refused', `The name ${definition.slug} is taken. Choose another one.`)
  await context.emit(runbookSaved, { runbookId: saved.id, version: saved.version })
  return saved
}

export const removeRunbook = defineCommand({
  name: 'runbooks.remove',
  summary: 'Remove a runbook that no process names; its runs stay, and go on',
  http: 'DELETE /runbooks/{runbook}',
  needs: 'runbooks:configure',
  on: ({ runbook }) => ({ runbook }),
  input: z.strictObject({ runbook: RunbookKey }),
  output: Done,
  examples: [{ runbook: 'say-hello' }],
  async run(context, { runbook }) {
    const { scope, emit } = context
    const found = await store.findRunbook(scope, runbook)
    if (!found) throw missing('runbook')
    const naming = await namedBy(context, 'runbook', found.slug, 'start it')
    if (naming !== undefined) return refuse(naming)
    await store.removeRunbook(scope, found.id)
    await emit(runbookRemoved, { runbookId: found.id })
    return done
  },
})

export const listShipped = defineQuery({
  name: 'runbooks.listShipped',
  summary: 'List the runbooks that come with the product, to be copied',
  http: 'GET /shipped-runbooks',
  needs: 'runbooks:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z
    .object({ items: z.array(z.object({ slug: z.string(), name: z.string(), description: z.string(), isThere: z.boolean() })) })
    .meta({ id: 'ShippedRunbooks' }),
  examples: [{}],
  async run({ scope }) {
    const there = new Set((await store.listRunbooks(scope, { limit: 1000 })).map(({ slug }) => slug))
    return { items: shippedRunbooks.map(({ slug, name, description }) => ({ slug, name, description, isThere: there.has(slug) })) }
  },
})

export const addShipped = defineCommand({
  name: 'runbooks.addShipped',
  summary: 'Copy a runbook that comes with the product',
  http: 'POST /shipped-runbooks/{slug}',
  status: 201,
  needs: 'runbooks:configure',
  on: 'organisation',
  input: z.strictObject({ slug: Slug }),
  output: saveRunbook.output,
  examples: [{ slug: 'bad-deploy' }],
  async run(context, { slug }) {
    const shipped = shippedRunbooks.find((candidate) => candidate.slug === slug)
    if (!shipped) throw missing('runbook')
    if (await store.findRunbook(context.scope, slug)) return refuse(`There is already a runbook ${slug}.`)
    return save(context, shipped, actorRef(context.actor))
  },
})
