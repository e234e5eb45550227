// Queries about runs: lists, one run with its path, and what waits for the person who asks.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineQuery } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import { allOfThem } from '#kernel/gather.ts'
import { decodeCursor, listInput, listOutput } from '#kernel/list.ts'
import type { Scope } from '#kernel/scope.ts'
import { encodeCursor } from '#kernel/list.ts'
import { findUsers } from '#domains/directory/index.ts'
import { asksNaming } from './asked-of.ts'
import { findStep, stepsOf } from './flow.ts'
import { pathOf, valuesOf, visitsOf } from './path.ts'
import * as store from './run-store.ts'
import { definitionAt, findRunbook } from './store.ts'
import { incidentData, type IncidentData } from './surroundings.ts'
import { PendingView, RunItem, RunView } from './views.ts'
import { pendingView } from './waiting.ts'

export const listRuns = defineQuery({
  name: 'runbooks.listRuns',
  summary: 'List runs, newest first: of an incident, of a runbook, or all',
  http: 'GET /runs',
  needs: 'runbooks:read',
  on: ({ incident, runbook }) => ({ ...(incident === undefined ? {} : { incident }), ...(runbook === undefined ? {} : { runbook }) }),
  input: listInput({ incident: z.string().max(40).optional(), runbook: z.string().max(60).optional(), open: z.stringbool().optional() }),
  output: listOutput(RunItem),
  examples: [{ incident: '2417' }],
  async run({ scope }, { incident: incidentKey, runbook: runbookKey, open, limit, cursor }) {
    const incident = incidentKey === undefined ? undefined : await incidentData(scope, incidentKey)
    const runbook = runbookKey === undefined ? undefined : await findRunbook(scope, runbookKey)
    if (incidentKey !== undefined && !incident) throw missing('incident')
    if (runbookKey !== undefined && !runbook) throw missing('runbook')
    const before = decodeCursor(cursor)?.[0] as number | undefined
    const rows = await store.listRuns(scope, { incidentId: incident?.id, runbookId: runbook?.id, open, before, limit: limit + 1 })
    const items: z.input<typeof RunItem>[] = []
    for (const run of rows.slice(0, limit)) {
      const found = await item(scope, run)
      if (found) items.push(found)
    }
    const last = rows[limit - 1]
    return {
      items,
      nextCursor: rows.length > limit && last ? encodeCursor([last.number]) : undefined,
    }
  },
})

export const getRun = defineQuery({
  name: 'runbooks.getRun',
  summary: 'Show one run: its path, what it waits for, where the time went',
  http: 'GET /runs/{run}',
  needs: 'runbooks:read',
  on: ({ run }) => ({ run }),
  input: z.strictObject({ run: z.string().max(40) }),
  output: RunView,
  examples: [{ run: '88' }],
  async run({ scope, actor, now }, { run: key }) {
    const run = await store.findRun(scope, key)
    if (!run) throw missing('run')
    const [summary, runbook, steps, asks] = await allOfThem([
      item(scope, run),
      definitionAt(scope, run.runbookId, run.version),
      store.stepsOfRun(scope, run.id),
      store.asksOfRun(scope, run.id),
    ])
    if (!summary || !runbook) throw missing('run')
    const open = asks.find((ask) => ask.closedAt === null && ask.answer === null)
    const pending = open ? await pendingView(scope, actor, run, open) : null
    const stuck = run.phase === 'stuck' ? steps.at(-1) : undefined
    const visits = visitsOf(runbook, steps)
    const seconds = (by: 'machine' | 'person') =>
      visits
        .filter((visit) => visit.by === by)
        .reduce((sum, { startedAt, endedAt }) => sum + (Date.parse(endedAt ?? run.endedAt ?? now) - Date.parse(startedAt)) / 1000, 0)
    return {
      ...summary,
      inputs: run.inputs,
      sections: pathOf(runbook, steps),
      visits,
      values: valuesOf(runbook, run.inputs, steps),
      answered: await answeredOf(scope, run, asks),
      pending,
      stuck: stuck?.step
        ? { seq: stuck.seq, step: stuck.step, name: findStep(runbook, stuck.step)?.step.name ?? stuck.step, reason: stuck.reason }
        : null,
      ifNothing: pending?.ifNothing ?? idle(run),
      machineSeconds: seconds('machine'),
      peopleSeconds: seconds('person'),
    }
  },
})

export const myPending = defineQuery({
  name: 'runbooks.myPending',
  summary: 'What runs ask me, the oldest first',
  http: 'GET /pending-asks',
  needs: 'runbooks:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ items: z.array(PendingView) }).meta({ id: 'PendingAsks' }),
  examples: [{}],
  async run({ scope, actor }) {
    const items: z.input<typeof PendingView>[] = []
    const person = personOf(actor)
    if (person === undefined) return { items }
    for await (const ask of asksNaming(scope, person)) {
      const run = await store.findRun(scope, ask.runId)
      if (!run || (run.incidentId !== null && !(await incidentData(scope, run.incidentId)))) continue
      const view = await pendingView(scope, actor, run, ask)
      if (view.isMine && view.people.length > 0 && items.push(view) === mostPending) break
    }
    return { items }
  },
})

/** Of more than these nobody knows where to begin. */
const mostPending = 200

/** One line of a list; undefined when the run's incident is not for this scope. */
async function item(scope: Scope, run: store.Run): Promise<z.input<typeof RunItem> | undefined> {
  const incident = run.incidentId === null ? undefined : await incidentData(scope, run.incidentId)
  if (run.incidentId !== null && !incident) return undefined
  const runbook = await definitionAt(scope, run.runbookId, run.version)
  const steps = runbook ? stepsOf(runbook) : []
  const index = steps.findIndex(({ step }) => step.id === run.step)
  const reason = run.phase === 'cancelled' && run.stopReason !== null ? `stopped: ${run.stopReason}` : run.reason
  return {
    id: run.id,
    number: run.number,
    runbook: { slug: run.runbookSlug, name: run.name, version: run.version },
    incident: refOf(incident),
    phase: run.phase,
    reason,
    step: index < 0 ? null : { id: run.step!, name: steps[index]!.step.name, place: index + 1, of: steps.length },
    startedBy: await nameOfActor(scope, run.startedBy),
    startedFor: run.startedFor,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
  }
}

const refOf = (incident: IncidentData | undefined) =>
  incident ? { id: incident.id, number: incident.number, title: incident.title } : null

async function answeredOf(scope: Scope, run: store.Run, asks: store.RunAsk[]): Promise<z.input<typeof RunView>['answered']> {
  const approvals = asks.length === 0 ? [] : await store.approvalsOfRun(scope, run.id)
  const rows = asks.flatMap((ask) => [
    // A note without an answer was kept with the ask by an older version: of several who approved it is not known whose it is.
    ...approvals
      .filter(({ seq }) => seq === ask.seq)
      .map(({ userId, at, note }) => ({
        ask,
        answer: 'Approved',
        by: userId as string,
        at,
        note: note ?? (ask.answer === null ? ask.note : null),
      })),
    ...(ask.answer === null || ask.answeredBy === null || ask.answeredAt === null
      ? []
      : [
          {
            ask,
            answer: ask.answers.find(({ id }) => id === ask.answer)?.text ?? 'Refused',
            by: ask.answeredBy,
            at: ask.answeredAt,
            note: ask.note,
          },
        ]),
  ])
  const answered: z.input<typeof RunView>['answered'] = []
  for (const { ask, answer, by, at, note } of rows) {
    const { step, kind, question } = ask
    answered.push({ step, kind, question, answer, note, by: await nameOfActor(scope, by), at })
  }
  return answered
}

/** `usr_… by tok_…` → the person's name; `system:…` → what it is. */
async function nameOfActor(scope: Scope, ref: string): Promise<string> {
  if (ref.startsWith('system:')) return 'the process'
  const id = ref.split(' ')[0]!
  return (await findUsers(scope, [id]))[0]?.name ?? id
}

function idle(run: store.Run): string {
  if (run.endedAt !== null) return 'The run is over.'
  if (run.phase === 'stuck') return 'The run stands at the failed step until somebody tries it again, skips it or stops the run.'
  return run.phase === 'stopping' ? 'The run stops as soon as it is known how its last call ended.' : 'The run goes on by itself.'
}
