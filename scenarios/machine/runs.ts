// What people do with the runs of runbooks: answer what is asked, late and twice too, approve, refuse, hand over, try again, skip.
import { AppError } from '#kernel/errors.ts'
import { getRun } from '#domains/runbooks/run-queries.ts'
import { answerQuestion, approveStep, handOverQuestion, refuseStep, retryStep, skipStep } from '#domains/runbooks/working.ts'
import type { Person } from './organisation.ts'
import type { Random } from './random.ts'
import type { Pending, Seen } from './record.ts'
import { answers } from './runbooks.ts'

type WithRun = {
  seen: Seen
  random: Random
  actor: Person
  act: (as: Person, what: unknown, input: unknown) => Promise<unknown>
  /** Handles. */
  people: readonly string[]
}

/** What somebody does with a run that waits for people. Throws as the engine does. */
export async function workOn(run: string, { seen, random, actor, act, people }: WithRun): Promise<unknown> {
  const shown = (await act(actor, getRun, { run })) as { pending: Pending | null; stuck: { step: string } | null } | undefined
  if (!shown) return undefined
  if (shown.stuck) {
    const { step } = shown.stuck
    if (random.chance(0.4)) return act(actor, skipStep, { run, step, reason: 'Done by hand' })
    // Said before it is known whether it counts: what may be repeated must not be held against the step.
    seen.again.push(`${run} ${step}`)
    return act(actor, retryStep, { run, step })
  }
  // Some have had the page open for a while.
  const earlier = random.chance(0.3) ? seen.pendings.get(run) : undefined
  const pending = earlier ?? shown.pending
  if (shown.pending) seen.pendings.set(run, shown.pending)
  if (!pending) return undefined
  const isLate = pending.step !== shown.pending?.step
  return answer(pending).catch((error: unknown) => {
    if (isLate && error instanceof AppError && error.code === 'refused') seen.reached.add('an answer to what is not asked any more')
    throw error
  })

  function answer({ kind, step, hash }: Pending): Promise<unknown> {
    if (random.chance(0.1)) return act(actor, handOverQuestion, { run, step, user: random.one(people) })
    if (random.chance(0.05)) return act(actor, skipStep, { run, step, reason: 'Not needed' })
    if (kind === 'approval')
      return random.chance(0.1)
        ? act(actor, refuseStep, { run, step, reason: 'Not now' })
        : act(actor, approveStep, { run, step, hash: hash! })
    const said = kind === 'doubt' ? random.one(['again', 'happened']) : random.one(answers)
    if (said === 'again') seen.again.push(`${run} ${step}`)
    return act(actor, answerQuestion, { run, step, answer: said })
  }
}
