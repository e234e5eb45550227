// Commands that move an incident: to another state, to its end and back, and the reporter's answer.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineCommand } from '#kernel/define.ts'
import { refuse } from '#kernel/errors.ts'
import { boardOf, carryOut, isRefused, moverOf, open, save, type Changing } from './change.ts'
import { confirmationGiven, fieldSet } from './events.ts'
import { answer, move, movesFrom, reopen, type Incident } from './incident.ts'
import { Word, type Process } from './process-definition.ts'
import { IncidentKey, IncidentView, Prose, viewOf } from './views.ts'
import { write, writeIfGiven } from './words.ts'

const FieldValues = z.record(z.string().max(40), z.string().max(8000))

export const changeState = defineCommand({
  name: 'incidents.changeState',
  summary: 'Move an incident to another state of its process',
  http: 'POST /incidents/{incident}/state',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    to: Word,
    reason: Prose.optional(),
    holdReason: Word.optional(),
    fields: FieldValues.default({}).meta({ description: "The process's own fields that the new state requires" }),
  }),
  output: IncidentView,
  examples: [{ incident: '2417', to: 'fixing', reason: 'The release is the cause; rolling back.' }],
  async run(context, { incident: key, ...wanted }) {
    const { scope, now } = context
    const { incident, process } = await open(scope, key)
    const moved = move(process, incident, await boardOf(scope, incident), await moverOf(scope, incident), wanted, now)
    if (isRefused(moved)) return moved
    await tellFields(context, incident, moved.incident)
    await carryOut(context, process, incident, moved.incident, { words: await writeIfGiven(context, incident.id, 'reason', wanted.reason) })
    return viewOf(scope, moved.incident)
  },
})

export const closeIncident = defineCommand({
  name: 'incidents.close',
  summary: 'Close an incident, when its process allows it from here',
  http: 'POST /incidents/{incident}/close',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, reason: Prose.optional(), fields: FieldValues.default({}) }),
  output: IncidentView,
  examples: [{ incident: '2417' }],
  async run(context, { incident: key, reason, fields }) {
    const { scope, now } = context
    const { incident, process } = await open(scope, key)
    const board = await boardOf(scope, incident)
    const mover = await moverOf(scope, incident)
    const closing = movesFrom(process, incident, board, mover, now).filter((candidate) => candidate.kind === 'closed')
    const to = (closing.find((candidate) => candidate.allowed) ?? closing[0])?.to
    if (to === undefined)
      return refuse(
        `${incident.stateKind === 'closed' ? 'It is closed already.' : `It cannot be closed from here. ${nextSteps(process, incident)}`}`,
      )
    const moved = move(process, incident, board, mover, { to, reason, fields }, now)
    if (isRefused(moved)) return moved
    await tellFields(context, incident, moved.incident)
    await carryOut(context, process, incident, moved.incident, { words: await writeIfGiven(context, incident.id, 'reason', reason) })
    return viewOf(scope, moved.incident)
  },
})

export const reopenIncident = defineCommand({
  name: 'incidents.reopen',
  summary: 'Work on an incident again',
  http: 'POST /incidents/{incident}/reopen',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, reason: Prose }),
  output: IncidentView,
  examples: [{ incident: '2417', reason: 'The failure rate rises again.' }],
  async run(context, { incident: key, reason }) {
    const { scope, now } = context
    const { incident, process } = await open(scope, key)
    const moved = reopen(process, incident, now)
    if (isRefused(moved)) return moved
    await carryOut(context, process, incident, moved.incident, { words: await write(context, incident.id, 'reason', reason) })
    return viewOf(scope, moved.incident)
  },
})

export const confirmIncident = defineCommand({
  name: 'incidents.confirm',
  summary: 'Say as the reporter whether it works again: yes closes it, no reopens it',
  http: 'POST /incidents/{incident}/confirmation',
  needs: 'incidents:read',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, works: z.boolean(), note: Prose.optional() }),
  output: IncidentView,
  examples: [{ incident: '2417', works: true }],
  async run(context, { incident: key, works, note }) {
    const { scope, emit, now } = context
    const { incident, process } = await open(scope, key)
    if (incident.reporterId === null || personOf(scope.actor) !== incident.reporterId)
      return refuse('Only the person who reported it can say whether it works again.')
    const answered = answer(process, incident, works, now)
    if (isRefused(answered)) return answered
    const words = await writeIfGiven(context, incident.id, 'reason', note)
    await emit(confirmationGiven, { incidentId: incident.id, works, words })
    if (answered.incident.state === incident.state) await save(context, process, answered.incident)
    else
      await carryOut(context, process, incident, answered.incident, {
        rule: works ? 'the reporter confirmed it' : 'the reporter says that it does not work',
      })
    return viewOf(scope, answered.incident)
  },
})

/** Tells each of the process's own fields that got another value. */
export async function tellFields(context: Changing, before: Incident, after: Incident): Promise<void> {
  for (const field of new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])) {
    const value = after.fields[field]
    if (value === before.fields[field]) continue
    await context.emit(fieldSet, { incidentId: after.id, field, words: await writeIfGiven(context, after.id, 'field', value) })
  }
}

const nextSteps = (process: Process, incident: Incident): string => {
  const names = process.transitions
    .filter((transition) => transition.from.includes(incident.state))
    .map((transition) => process.states.find((state) => state.id === transition.to)?.name)
  return names.length === 0 ? '' : `It can go to ${names.join(', ')}.`
}
