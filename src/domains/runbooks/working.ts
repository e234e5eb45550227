// What people do with a run: answer, approve, refuse, hand over, try again, skip, stop. Each is decided under the lock of what is asked, so that
// of two people one is told that the other was first.
import { z } from 'zod'
import { actorRef, personOf } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand } from '#kernel/define.ts'
import { missing, refuse, type Refusal } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { Done, done, findUser } from '#domains/directory/index.ts'
import { announce, whoSee } from './announcing.ts'
import { Key } from './definition.ts'
import * as events from './events.ts'
import { nameOf } from './finishing.ts'
import { runProcess } from './process.ts'
import * as store from './run-store.ts'
import { definitionAt } from './store.ts'
import { isAsked, spokenWho, whoMayAnswer } from './who.ts'

const RunKey = z.string().max(40)
const Reason = z.string().trim().min(3).max(500)
const aboutRun = ({ run }: { run: string }) => ({ run })

export const answerQuestion = defineCommand({
  name: 'runbooks.answer',
  summary: 'Answer what a run asks',
  http: 'POST /runs/{run}/answer',
  needs: 'runbooks:run',
  on: aboutRun,
  input: z.strictObject({ run: RunKey, step: Key, answer: Key, note: z.string().trim().max(2000).optional() }),
  output: Done,
  examples: [{ run: '88', step: 'rate', answer: 'no', note: 'Still 5 % in the EU' }],
  async run(context, { run: key, step, answer, note }) {
    const asked = await takeAsk(context, key, step, ['question', 'doubt'])
    if ('refused' in asked) return asked
    const { run, ask } = asked
    const chosen = ask.answers.find(({ id }) => id === answer)
    if (!chosen) return refuse(`There is no answer ${answer}. Choose one of ${ask.answers.map(({ id }) => id).join(', ')}.`)
    await store.saveAnswer(context.scope, { runId: run.id, seq: ask.seq, answer, note: note ?? null, answeredBy: actorRef(context.actor) })
    await context.emit(events.questionAnswered, { ...(await named(context.scope, run, step)), seq: ask.seq, answer: chosen.text })
    await context.tell(runProcess, run.id, { type: 'answered', seq: ask.seq, answer, by: personOf(context.actor) ?? null })
    return done
  },
})

export const approveStep = defineCommand({
  name: 'runbooks.approve',
  summary: 'Approve exactly what a run shows that it would do',
  http: 'POST /runs/{run}/approve',
  needs: 'runbooks:approve',
  on: aboutRun,
  input: z.strictObject({
    run: RunKey,
    step: Key,
    hash: z.string().length(64).meta({ description: 'Of the preview that was seen' }),
    note: z.string().trim().max(2000).optional(),
  }),
  output: Done,
  examples: [{ run: '88', step: 'approve_rollback', hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }],
  async run(context, { run: key, step, hash, note }) {
    const asked = await takeAsk(context, key, step, ['approval'])
    if ('refused' in asked) return asked
    const { run, ask } = asked
    const person = personOf(context.actor)
    if (person === undefined) return refuse('An approval is given by a person.')
    if (ask.hash !== hash) return refuse('What would be done has changed since you looked at it. Read it again.')
    if (!(await store.insertApproval(context.scope, run.id, ask.seq, person, note || null)))
      return refuse('You have approved this already; another person has to.')
    const count = await store.countApprovals(context.scope, run.id, ask.seq)
    await context.emit(events.approvalGiven, { ...(await named(context.scope, run, step)), seq: ask.seq, hash, count, quorum: ask.quorum })
    await context.tell(runProcess, run.id, { type: 'approved', seq: ask.seq, by: person })
    return done
  },
})

export const refuseStep = defineCommand({
  name: 'runbooks.refuse',
  summary: 'Refuse what a run wants to do',
  http: 'POST /runs/{run}/refuse',
  needs: 'runbooks:approve',
  on: aboutRun,
  input: z.strictObject({ run: RunKey, step: Key, reason: Reason }),
  output: Done,
  examples: [{ run: '88', step: 'approve_rollback', reason: 'The migration cannot be undone' }],
  async run(context, { run: key, step, reason }) {
    const asked = await takeAsk(context, key, step, ['approval'])
    if ('refused' in asked) return asked
    const { run, ask } = asked
    await store.saveAnswer(context.scope, {
      runId: run.id,
      seq: ask.seq,
      answer: 'refused',
      note: reason,
      answeredBy: actorRef(context.actor),
    })
    await context.emit(events.approvalRefused, { ...(await named(context.scope, run, step)), seq: ask.seq })
    await context.tell(runProcess, run.id, { type: 'refused', seq: ask.seq, by: personOf(context.actor) ?? null, reason })
    return done
  },
})

export const handOverQuestion = defineCommand({
  name: 'runbooks.handOver',
  summary: 'Have somebody else answer or approve too',
  http: 'POST /runs/{run}/hand-over',
  needs: 'runbooks:run',
  on: ({ run, user }) => ({ run, user }),
  input: z.strictObject({ run: RunKey, step: Key, user: z.string().max(60) }),
  output: Done,
  examples: [{ run: '88', step: 'rate', user: 'priya' }],
  async run(context, { run: key, step, user: userKey }) {
    const asked = await takeAsk(context, key, step, ['question', 'approval', 'doubt'], { byAnybody: ['question', 'doubt'] })
    if ('refused' in asked) return asked
    const { run, ask } = asked
    const user = await findUser(context.scope, userKey)
    if (!user) throw missing('user')
    if (user.disabledAt !== null) return refuse(`${user.name} is not active any more.`)
    if ((await whoSee(context.scope, run, [user.id])).length === 0)
      return refuse(`${user.name} does not see this run${run.incidentId === null ? '' : ' or its incident. Bring them into it first'}.`)
    if ((await whoMayAnswer(context.scope, run, ask, [user.id])).length === 0)
      return refuse(`${user.name} may not ${ask.kind === 'approval' ? 'approve steps' : 'work on runs'}.`)
    await store.saveAsked(context.scope, {
      runId: run.id,
      seq: ask.seq,
      who: [...ask.who, { user: user.id }],
      also: ask.also,
      alsoAt: ask.alsoAt,
    })
    await announce(context, { ...ask, incidentId: run.incidentId }, [user.id])
    await context.emit(events.questionHandedOver, { ...(await named(context.scope, run, step)), seq: ask.seq, userId: user.id })
    return done
  },
})

export const retryStep = defineCommand({
  name: 'runbooks.retryStep',
  summary: 'Try a failed step again',
  http: 'POST /runs/{run}/retry',
  needs: 'runbooks:run',
  on: aboutRun,
  input: z.strictObject({ run: RunKey, step: Key }),
  output: Done,
  examples: [{ run: '88', step: 'roll_back' }],
  async run(context, { run: key, step }) {
    const run = await runAt(context.scope, key, step)
    if (run.phase !== 'stuck' || run.step !== step) return refuse(`That step does not stand as failed. The run: ${run.reason}.`)
    if (!(await store.leaveStep(context.scope, run))) return refuse('Somebody else was first.')
    await context.emit(events.stepRetried, await named(context.scope, run, step))
    await context.tell(runProcess, run.id, { type: 'retry', seq: await seqOf(context.scope, run), by: personOf(context.actor) ?? null })
    return done
  },
})

export const skipStep = defineCommand({
  name: 'runbooks.skipStep',
  summary: 'Go on without a step',
  http: 'POST /runs/{run}/skip',
  needs: 'runbooks:run',
  on: aboutRun,
  input: z.strictObject({ run: RunKey, step: Key, reason: Reason }),
  output: Done,
  examples: [{ run: '88', step: 'roll_back', reason: 'Done by hand' }],
  async run(context, { run: key, step, reason }) {
    const run = await runAt(context.scope, key, step)
    if (!['stuck', 'asking', 'approving', 'waiting', 'doubt'].includes(run.phase) || run.step !== step)
      return refuse(`That step is over, under way or not reached. The run: ${run.reason}.`)
    const asked = ['asking', 'approving', 'doubt'].includes(run.phase) ? await takeUndecided(context.scope, run, step) : undefined
    if (asked !== undefined && 'refused' in asked) return asked
    // From here on it is neither answered nor tried again, though the run has not heard of it yet.
    if (asked) await store.closeAsks(context.scope, run.id)
    else if (!(await store.leaveStep(context.scope, run))) return refuse('Somebody else was first, or its time is over.')
    await context.emit(events.stepSkipped, await named(context.scope, run, step))
    await context.tell(runProcess, run.id, {
      type: 'skip',
      seq: await seqOf(context.scope, run),
      by: personOf(context.actor) ?? null,
      reason,
    })
    return done
  },
})

export const cancelRun = defineCommand({
  name: 'runbooks.cancel',
  summary: 'Stop a run',
  http: 'POST /runs/{run}/cancel',
  needs: 'runbooks:run',
  on: aboutRun,
  input: z.strictObject({ run: RunKey, reason: Reason }),
  output: Done,
  examples: [{ run: '88', reason: 'The wrong service' }],
  async run(context, { run: key, reason }) {
    const run = await store.findRun(context.scope, key)
    if (!run) throw missing('run')
    if (!(await store.saveStopped(context.scope, run.id, reason)))
      return refuse(run.phase === 'stopping' ? 'This run is being stopped already.' : 'This run is over already.')
    await context.emit(events.runStopped, { runId: run.id, runbookId: run.runbookId, incidentId: run.incidentId })
    await context.tell(runProcess, run.id, { type: 'cancel', by: personOf(context.actor) ?? null, reason })
    return done
  },
})

/** The open ask of a run at a step, locked, when this actor is among those who are asked. */
async function takeAsk(
  { scope, actor }: Pick<CommandContext, 'scope' | 'actor'>,
  key: string,
  step: string,
  kinds: store.RunAsk['kind'][],
  { byAnybody }: { byAnybody: store.RunAsk['kind'][] } = { byAnybody: [] },
): Promise<{ run: store.Run; ask: store.RunAsk } | Refusal> {
  const run = await store.findRun(scope, key)
  if (!run) throw missing('run')
  const ask = await takeUndecided(scope, run, step, kinds)
  if ('refused' in ask) return ask
  if (!byAnybody.includes(ask.kind) && !(await isAsked(scope, actor, run, ask)))
    return refuse(
      `This is asked of ${await spokenWho(scope, ask.who, run.incidentId)}. ${ask.kind === 'approval' ? 'One of them can' : 'You can'} hand it to somebody else.`,
    )
  return { run, ask }
}

/** The open ask of a run at a step, locked, when nobody has decided it yet. */
async function takeUndecided(
  scope: Scope,
  run: store.Run,
  step: string,
  kinds: readonly store.RunAsk['kind'][] = ['question', 'approval', 'doubt'],
): Promise<store.RunAsk | Refusal> {
  const ask = await store.lockOpenAsk(scope, run.id, step)
  if (!ask || !kinds.includes(ask.kind)) return refuse(`Nothing waits for that any more. The run: ${run.reason}.`)
  if (ask.answer !== null) return refuse(`${await whoAnswered(scope, ask)} was first.`)
  if (ask.kind === 'approval' && (await store.countApprovals(scope, run.id, ask.seq)) >= ask.quorum)
    return refuse('It has all its approvals, and is under way. To keep it from going further, stop the run.')
  return ask
}

async function whoAnswered(scope: Scope, ask: store.RunAsk): Promise<string> {
  const [id] = (ask.answeredBy ?? '').split(' ')
  return (id && (await findUser(scope, id))?.name) || 'Somebody else'
}

async function runAt(scope: Scope, key: string, step: string): Promise<store.Run> {
  const run = await store.findRun(scope, key)
  if (!run) throw missing('run')
  const runbook = await definitionAt(scope, run.runbookId, run.version)
  if (!runbook || nameOf(runbook, step) === 'the end') throw missing('step')
  return run
}

const seqOf = async (scope: Scope, run: store.Run): Promise<number> => (await store.stepsOfRun(scope, run.id)).at(-1)?.seq ?? 0

async function named(scope: Scope, run: store.Run, step: string) {
  const runbook = await definitionAt(scope, run.runbookId, run.version)
  return { runId: run.id, runbookId: run.runbookId, incidentId: run.incidentId, step, name: runbook ? nameOf(runbook, step) : step }
}
