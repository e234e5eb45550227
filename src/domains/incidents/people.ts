// Commands on who does what: roles, handing over, and bringing people in.
import { z } from 'zod'
import { personOf, type UserId } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand } from '#kernel/define.ts'
import { refuse, type Refusal } from '#kernel/errors.ts'
import { reach } from '#domains/notifications/index.ts'
import { startPage } from '#domains/oncall/index.ts'
import * as board from './board-store.ts'
import { open, personNamed, type Changing } from './change.ts'
import { responderJoined, roleAssigned } from './events.ts'
import { keyOf, type Incident } from './incident.ts'
import { Word, type Process } from './process-definition.ts'
import { IncidentKey, IncidentView, Prose, viewOf } from './views.ts'
import { writeIfGiven } from './words.ts'

const Who = z.string().max(60).meta({ description: 'Handle or id' })

export const assignRole = defineCommand({
  name: 'incidents.assignRole',
  summary: 'Give somebody a role in an incident, or leave it empty',
  http: 'PUT /incidents/{incident}/roles/{role}',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, role: Word, user: Who.nullable() }),
  output: IncidentView,
  examples: [{ incident: '2417', role: 'commander', user: 'mara' }],
  async run(context, { incident: key, role, user }) {
    const { incident, process } = await open(context.scope, key)
    const person = user === null ? null : await personNamed(context.scope, user)
    const refused = await seat(context, process, incident, role, person?.id ?? null, undefined)
    return refused ?? viewOf(context.scope, incident)
  },
})

export const handOver = defineCommand({
  name: 'incidents.handOver',
  summary: 'Hand a role that you hold over to somebody, with a note on where things stand',
  http: 'POST /incidents/{incident}/roles/{role}/hand-over',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, role: Word, to: Who, note: Prose }),
  output: IncidentView,
  examples: [{ incident: '2417', role: 'commander', to: 'tunde', note: 'Rollback runs, 7 of 12 pods. Next: watch the failure rate.' }],
  async run(context, { incident: key, role, to, note }) {
    const { scope } = context
    const { incident, process } = await open(scope, key)
    const holder = (await board.rolesOf(scope, incident.id)).find((held) => held.role === role)
    if (holder && holder.userId !== personOf(scope.actor) && personOf(scope.actor) !== undefined)
      return refuse(`${holder.name} holds this role. Assign it instead of handing it over.`)
    const person = await personNamed(scope, to)
    const refused = await seat(context, process, incident, role, person.id, note)
    return refused ?? viewOf(scope, incident)
  },
})

export const bringIn = defineCommand({
  name: 'incidents.bringIn',
  summary: 'Bring somebody into an incident: they see it, and are told',
  http: 'POST /incidents/{incident}/responders',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    user: Who,
    note: Prose.optional(),
    urgent: z.boolean().default(false).meta({ description: 'Pages them: it goes on until they acknowledge' }),
  }),
  output: IncidentView,
  examples: [{ incident: '2417', user: 'oskar', note: 'You know the callback service.' }],
  async run(context, { incident: key, user, note, urgent }) {
    const { scope, emit, tell } = context
    const { incident } = await open(scope, key)
    const person = await personNamed(scope, user)
    const joins = await board.addResponder(scope, incident.id, person.id)
    // Somebody who is there already is asked again: a note is never left unsaid.
    const isNews = joins || note !== undefined
    const words = await writeIfGiven(context, incident.id, 'note', note)
    if (isNews) await emit(responderJoined, { incidentId: incident.id, userId: person.id, words })
    if (person.id === personOf(scope.actor)) return viewOf(scope, incident)
    const [title, body] = [`You are wanted in ${keyOf(incident)}: ${incident.title}`, note ?? incident.title]
    if (urgent)
      await context.run(startPage, { users: [person.id], incident: incident.id, title: title.slice(0, 300), body: body.slice(0, 4000) })
    else if (isNews) await tell(reach, `${incident.id}/brought-in/${context.newId('msg')}`, toldOf(incident, person.id, title, body))
    return viewOf(scope, incident)
  },
})

/** A message to one person about an incident. */
export const toldOf = (incident: Incident, userId: UserId, title: string, body: string, path = `/incidents/${incident.number}`) =>
  ({
    type: 'start',
    userId,
    about: { incident: incident.id },
    urgency: 'update',
    title: `${incident.severity} ${title}`,
    body,
    path,
  }) as const

/** Puts a person on a role, or nobody; tells them when it was somebody else's doing. */
async function seat(
  context: Changing & Pick<CommandContext, 'tell'>,
  process: Process,
  incident: Incident,
  role: string,
  userId: UserId | null,
  note: string | undefined,
): Promise<Refusal | undefined> {
  const { scope, emit, tell } = context
  const spec = process.roles.find((candidate) => candidate.id === role)
  if (!spec) return refuse(`${process.name} has no role ${role}. It has ${process.roles.map(({ id }) => id).join(', ')}.`)
  const before = (await board.rolesOf(scope, incident.id)).find((held) => held.role === role)?.userId ?? null
  if (before === userId) return undefined
  await board.setRole(scope, incident.id, role, userId)
  if (userId) await board.addResponder(scope, incident.id, userId)
  const words = await writeIfGiven(context, incident.id, 'note', note)
  await emit(roleAssigned, { incidentId: incident.id, role, userId, before, leads: role === process.lead, words })
  if (userId && userId !== personOf(scope.actor)) {
    await tell(
      reach,
      `${incident.id}/role/${role}/${context.newId('msg')}`,
      toldOf(incident, userId, `You are ${spec.name} of ${keyOf(incident)}`, note ?? incident.title),
    )
  }
  return undefined
}
