// Starts runs: by a person, or by an incident's process.
import { z } from 'zod'
import { actorRef, type Actor } from '#kernel/actor.ts'
import { defineCommand } from '#kernel/define.ts'
import { missing, refuse, type Refusal } from '#kernel/errors.ts'
import type { CommandContext } from '#kernel/command.ts'
import { starterOf } from './acting.ts'
import type { Runbook, RunbookInput } from './definition.ts'
import { RunIdSchema, runStarted, type RunId } from './events.ts'
import { runProcess } from './process.ts'
import { fill } from './rendering.ts'
import { insertRun } from './run-store.ts'
import { findRunbook, type StoredRunbook } from './store.ts'
import { incidentData, type IncidentData } from './surroundings.ts'

/** An input's value as somebody gives it. */
type Given = string | number | boolean

export const startRun = defineCommand({
  name: 'runbooks.start',
  summary: 'Start a runbook, on an incident or by itself',
  http: 'POST /runs',
  status: 201,
  needs: 'runbooks:run',
  on: ({ runbook, incident }) => ({ runbook, ...(incident === undefined ? {} : { incident }) }),
  input: z.strictObject({
    runbook: z.string().max(60),
    incident: z.string().max(40).optional(),
    inputs: z.record(z.string().max(40), z.union([z.string().max(2000), z.number(), z.boolean()])).default({}),
  }),
  output: z.object({ id: RunIdSchema, number: z.number() }).meta({ id: 'StartedRun' }),
  examples: [{ runbook: 'bad-deploy', incident: '2417', inputs: { service: 'payments-gateway' } }],
  async run(context, { runbook: key, incident: incidentKey, inputs }) {
    const { scope, actor } = context
    const runbook = await findRunbook(scope, key)
    if (!runbook) throw missing('runbook')
    const incident = incidentKey === undefined ? undefined : await incidentData(scope, incidentKey)
    if (incidentKey !== undefined && !incident) throw missing('incident')
    return begin(context, actor, runbook, incident, inputs, null)
  },
})

/** Writes the run and tells its process. `cause`: why the process started it, as words after "started". A refusal says which input has no value. */
export async function begin(
  context: Pick<CommandContext, 'scope' | 'emit' | 'tell' | 'newId'>,
  actor: Actor,
  runbook: StoredRunbook,
  incident: IncidentData | undefined,
  given: Readonly<Record<string, Given>>,
  cause: string | null,
): Promise<{ id: RunId; number: number } | Refusal> {
  const inputs = resolveInputs(runbook.definition, given, incident ?? null)
  if ('refused' in inputs) return inputs
  const id = context.newId('run')
  const common = { runbookId: runbook.id, version: runbook.version, incidentId: incident?.id ?? null }
  const number = await insertRun(context.scope, {
    id,
    ...common,
    teamId: runbook.teamId,
    incidentTeamId: incident?.teamId ?? null,
    inputs: inputs.values,
    startedBy: actorRef(actor),
    startedFor: cause,
  })
  await context.emit(runStarted, { runId: id, ...common, cause })
  await context.tell(runProcess, id, {
    type: 'start',
    progress: {
      runId: id,
      ...common,
      starter: starterOf(actor),
      inputs: inputs.values,
      values: {},
      answers: {},
      approved: {},
      seq: 0,
      ended: null,
    },
  })
  return { id, number }
}

/** Every input of the runbook with its value: as given, else its default, else (when it is not required) an empty text. */
function resolveInputs(
  runbook: Runbook,
  given: Readonly<Record<string, Given>>,
  incident: IncidentData | null,
): { values: Record<string, unknown> } | Refusal {
  const unknown = Object.keys(given).find((name) => !runbook.inputs.some((input) => input.name === name))
  if (unknown !== undefined) return refuse(`The runbook has no input called ${unknown}.`)
  const values: Record<string, unknown> = {}
  for (const input of runbook.inputs) {
    const value = valueOf(input, given[input.name], incident)
    if ('fault' in value) return refuse(`${input.label}: ${value.fault}`)
    values[input.name] = value.value
  }
  return { values }
}

function valueOf(input: RunbookInput, given: Given | undefined, incident: IncidentData | null): { value: unknown } | { fault: string } {
  let value = typeof given === 'string' && given.trim() === '' ? undefined : given
  if (value === undefined && input.default !== undefined) {
    const filled = fill(input.default, { incident, inputs: {}, steps: {}, answers: {} })
    if ('text' in filled && filled.text.trim() !== '') value = filled.text.trim()
  }
  if (value === undefined) return input.required ? { fault: 'it has no value; give one.' } : { value: '' }
  switch (input.type) {
    case 'number':
      return typeof value !== 'boolean' && Number.isFinite(Number(value))
        ? { value: Number(value) }
        : { fault: `${String(value)} is not a number.` }
    case 'boolean':
      return ['true', 'false'].includes(String(value)) ? { value: String(value) === 'true' } : { fault: 'say true or false.' }
    case 'choice':
      return input.options.includes(String(value)) ? { value: String(value) } : { fault: `choose one of ${input.options.join(', ')}.` }
    case 'text':
      return { value: String(value) }
  }
}
