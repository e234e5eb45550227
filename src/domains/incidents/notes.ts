// Commands that write something down: notes, and decisions with their reason.
import { z } from 'zod'
import { actorRef } from '#kernel/actor.ts'
import { defineCommand } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import { InstantOut, InstantSchema } from '#kernel/time.ts'
import * as board from './board-store.ts'
import { open } from './change.ts'
import { DecisionIdSchema, decisionMade, noteAdded, TextIdSchema } from './events.ts'
import { IncidentKey, Line, Prose } from './views.ts'
import { write } from './words.ts'

const NoteView = z.object({ textId: TextIdSchema, text: z.string(), at: InstantOut }).meta({ id: 'Note' })

export const addNote = defineCommand({
  name: 'incidents.addNote',
  summary: 'Write a note into the timeline',
  http: 'POST /incidents/{incident}/notes',
  status: 201,
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    text: Prose,
    happenedAt: InstantSchema.optional().meta({ description: 'When it happened, if that was earlier' }),
  }),
  output: NoteView,
  examples: [{ incident: '2417', text: 'New pods look healthy, callbacks arrive again.' }],
  async run(context, { incident: key, text, happenedAt }) {
    const { incident } = await open(context.scope, key)
    if (happenedAt && happenedAt > context.now) throw new AppError('invalid-input', '/happenedAt: lies in the future.')
    const words = await write(context, incident.id, 'note', text)
    await context.emit(noteAdded, { incidentId: incident.id, words, happenedAt: happenedAt ?? null })
    return { textId: words.textId, text, at: context.now }
  },
})

export const DecisionView = z
  .object({
    id: DecisionIdSchema,
    title: z.string(),
    reason: z.string().nullable(),
    decidedBy: z.string(),
    decidedAt: InstantOut,
    textId: z.string(),
  })
  .meta({ id: 'IncidentDecision' })

export const decide = defineCommand({
  name: 'incidents.decide',
  summary: 'Write down a decision and why',
  http: 'POST /incidents/{incident}/decisions',
  status: 201,
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, title: Line, reason: Prose.optional() }),
  output: DecisionView,
  examples: [
    { incident: '2417', title: 'Roll back rather than fix forward', reason: 'The fix needs a 25 min build; the rollback takes 6.' },
  ],
  async run(context, { incident: key, title, reason }) {
    const { scope, actor, emit, now, newId } = context
    const { incident } = await open(scope, key)
    const words = await write(context, incident.id, 'decision', title, reason ?? null)
    const id = newId('dec')
    await board.insertDecision(scope, incident.id, { id, textId: words.textId, decidedBy: actorRef(actor) })
    await emit(decisionMade, { incidentId: incident.id, decisionId: id, words })
    return { id, title, reason: reason ?? null, decidedBy: actorRef(actor), decidedAt: now, textId: words.textId }
  },
})
