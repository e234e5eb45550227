// Commands on hypotheses: what is suspected, the test that was made of it, and what came of it.
import { z } from 'zod'
import { actorRef, personOf } from '#kernel/actor.ts'
import { defineCommand } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { InstantOut } from '#kernel/time.ts'
import * as board from './board-store.ts'
import { open } from './change.ts'
import { hypothesisAdded, HypothesisIdSchema, hypothesisSettled } from './events.ts'
import type { Incident } from './incident.ts'
import { IncidentKey, Line, Prose } from './views.ts'
import { write, writeIfGiven } from './words.ts'

export const HypothesisView = z
  .object({
    id: HypothesisIdSchema,
    state: z.enum(['suspected', 'testing', 'confirmed', 'refuted']),
    statement: z.string(),
    test: z.string().nullable(),
    outcome: z.string().nullable(),
    ownerId: z.string().nullable(),
    ownerName: z.string().nullable(),
    addedAt: InstantOut,
    changedAt: InstantOut,
    textId: z.string(),
  })
  .meta({ id: 'Hypothesis' })

/** What a hypothesis looks like; an erased one keeps its place. */
export const hypothesisView = ({
  addedBy: _,
  testTextId: __,
  outcomeTextId: ___,
  ...hypothesis
}: board.Hypothesis): z.input<typeof HypothesisView> => ({
  ...hypothesis,
  statement: hypothesis.statement ?? '(erased)',
})

export const addHypothesis = defineCommand({
  name: 'incidents.addHypothesis',
  summary: 'Write down what is suspected, with the test that would tell',
  http: 'POST /incidents/{incident}/hypotheses',
  status: 201,
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    statement: Line,
    test: Prose.optional(),
    testing: z.boolean().default(false).meta({ description: 'The test runs already' }),
  }),
  output: HypothesisView,
  examples: [{ incident: '2417', statement: '4.18.2 drops the 3-D Secure callback', test: 'Replay 20 callbacks' }],
  async run(context, { incident: key, statement, test, testing }) {
    const { scope, actor, emit, newId } = context
    const { incident } = await open(scope, key)
    const words = await write(context, incident.id, 'hypothesis', statement, test ?? null)
    const testWords = await writeIfGiven(context, incident.id, 'test', test)
    const id = newId('hyp')
    const ownerId = testing ? (personOf(actor) ?? null) : null
    await board.insertHypothesis(scope, incident.id, {
      id,
      state: testing ? 'testing' : 'suspected',
      textId: words.textId,
      testTextId: testWords?.textId ?? null,
      ownerId,
      addedBy: actorRef(actor),
    })
    await emit(hypothesisAdded, { incidentId: incident.id, hypothesisId: id, words })
    if (testing) await emit(hypothesisSettled, { incidentId: incident.id, hypothesisId: id, state: 'testing', words: testWords })
    return hypothesisView(await hypothesisIn(scope, incident, id))
  },
})

export const settleHypothesis = defineCommand({
  name: 'incidents.settleHypothesis',
  summary: 'Say how a hypothesis stands: being tested, confirmed or ruled out, and what came of the test',
  http: 'POST /incidents/{incident}/hypotheses/{hypothesisId}/settle',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    hypothesisId: HypothesisIdSchema,
    state: z.enum(['suspected', 'testing', 'confirmed', 'refuted']),
    test: Prose.optional(),
    outcome: Prose.optional(),
  }),
  output: HypothesisView,
  examples: [
    {
      incident: '2417',
      hypothesisId: 'hyp_01k3v0v5b8e6w9d2m4q7r1s5t8',
      state: 'confirmed',
      test: 'Replayed 20 callbacks',
      outcome: '19 were lost',
    },
  ],
  async run(context, { incident: key, hypothesisId, state, test, outcome }) {
    const { scope, actor, emit } = context
    const { incident } = await open(scope, key)
    const hypothesis = await hypothesisIn(scope, incident, hypothesisId)
    if (hypothesis.state === state && test === undefined && outcome === undefined) return hypothesisView(hypothesis)
    if ((state === 'confirmed' || state === 'refuted') && !outcome && !hypothesis.outcome)
      return refuse(`Say what came of the test before it is ${state === 'confirmed' ? 'confirmed' : 'ruled out'}.`)
    const testWords = await writeIfGiven(context, incident.id, 'test', test)
    const outcomeWords = await writeIfGiven(context, incident.id, 'outcome', outcome)
    await board.saveHypothesis(scope, {
      id: hypothesis.id,
      state,
      testTextId: testWords?.textId ?? hypothesis.testTextId,
      outcomeTextId: outcomeWords?.textId ?? hypothesis.outcomeTextId,
      ownerId: state === 'testing' ? (personOf(actor) ?? hypothesis.ownerId) : hypothesis.ownerId,
    })
    await emit(hypothesisSettled, { incidentId: incident.id, hypothesisId, state, words: outcomeWords ?? testWords })
    return hypothesisView(await hypothesisIn(scope, incident, hypothesisId))
  },
})

async function hypothesisIn(scope: Scope, incident: Incident, id: string): Promise<board.Hypothesis> {
  const hypothesis = (await board.hypothesesOf(scope, incident.id)).find((candidate) => candidate.id === id)
  if (!hypothesis) throw missing('hypothesis')
  return hypothesis
}
