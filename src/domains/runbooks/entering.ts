// What a run does when it comes to a step. Pure: calls leave as effects, questions and approvals as a state that waits.
import { call, type EffectCall } from '#kernel/effect.ts'
import { never } from '#kernel/errors.ts'
import type { Decision } from '#kernel/process.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { actOf, dangerOf, secondsOf, type Act, type Step } from './definition.ts'
import { changeOutside, readOutside, runCatalogueCommand } from './effects.ts'
import { nameOf } from './finishing.ts'
import { afterSection, approvalOf, approvedBy, findStep, follow, type Placed } from './flow.ts'
import { callOf, fill, hashOf, holds, previewOf, type Call, type Data } from './rendering.ts'
import { tagOf, type At, type Pending, type Progress, type RunFacts, type RunState } from './run-state.ts'

/** Visits of steps in one run. More is a loop that nobody meant. */
const mostVisits = 300

type Next = Decision<RunState>
/** Where a run enters: what it knows, the step, and the facts. */
type Entry = { known: Progress; placed: Placed; through: 'order' | 'jump'; data: Data; now: Instant; facts: RunFacts }

/** The run comes to where it was about to go. */
export function enter(state: At<'moving'>, now: Instant, facts: RunFacts): Next {
  const { phase: _, to, through, ...before } = state
  if (to === 'end') return { state: { ...before, phase: 'ended', outcome: 'done' }, reason: 'every step is done', ended: true }
  const placed = findStep(facts.runbook, to)
  if (!placed) return { state: { ...before, phase: 'ended', outcome: 'failed' }, reason: `there is no step called ${to}`, ended: true }
  if (before.seq >= mostVisits)
    return {
      state: { ...before, phase: 'ended', outcome: 'failed' },
      reason: `it went through ${mostVisits} steps without coming to an end`,
      ended: true,
    }
  const data: Data = { incident: facts.incident, inputs: before.inputs, steps: before.values, answers: before.answers }
  const entry: Entry = { known: { ...before, seq: before.seq + 1 }, placed, through, data, now, facts }
  const when = placed.opens && through === 'order' ? facts.runbook.sections[placed.section]?.when : undefined
  if (when !== undefined) {
    const told = holds(when, data)
    if ('error' in told) return stand(entry, `whether its section is for this run cannot be told: ${told.error}`)
    if (!told.holds) return passOver(entry, told.reason)
  }
  return begin(entry, actOf(placed.step))
}

function begin(entry: Entry, act: Act): Next {
  const { known, placed, facts } = entry
  const { step } = placed
  switch (act.kind) {
    case 'http':
    case 'do':
    case 'update':
    case 'note':
      return send(entry)
    case 'ask':
      return ask(entry, act.ask)
    case 'approve':
      return askApproval(entry, act.approve)
    case 'branch': {
      for (const { when, goto } of act.branch.cases) {
        const told = holds(when, entry.data)
        if ('error' in told) return stand(entry, `which way to go cannot be told: ${told.error}`)
        if (told.holds)
          return pass(entry, goto, `goes to ‘${nameOf(facts.runbook, follow(facts.runbook, step.id, goto).to)}’: ${told.reason}`)
      }
      return pass(entry, act.branch.otherwise, 'no case applies')
    }
    case 'wait': {
      const until = addSeconds(entry.now, secondsOf(act.wait.for))
      return { state: { ...known, phase: 'waiting', step: step.id, until }, reason: `waits ${act.wait.for}` }
    }
    case 'set': {
      const values: Record<string, string> = {}
      for (const [name, source] of Object.entries(act.set)) {
        const filled = fill(source, entry.data)
        if ('error' in filled) return stand(entry, `${name} has no value: ${filled.error}`)
        values[name] = filled.text
      }
      return pass(entry, 'next', `set ${Object.keys(values).join(', ')}`, values)
    }
    default:
      return never(act)
  }
}

/** Makes the call, if it may be made as it now is. */
function send(entry: Entry): Next {
  const { known, placed, facts } = entry
  const { step } = placed
  const prepared = callOf(step, entry.data, facts.addresses)
  if (!prepared || 'error' in prepared) return stand(entry, prepared ? prepared.error : 'it makes no call')
  const approval = approvalOf(facts.runbook, step.id)
  const why = step.http?.withoutApproval ?? step.do?.withoutApproval
  const danger = dangerOf(step)
  const needsApproval = approval !== undefined || danger === 'destroys' || (danger === 'changes' && why === undefined)
  if (needsApproval && known.approved[step.id]?.hash !== hashOf(prepared)) {
    if (!approval) return stand(entry, `it ${danger} something and nobody approved it; the runbook has no approval for it`)
    const reason = known.approved[step.id]
      ? `‘${step.name}’ is not what was approved any more, so it is asked again`
      : `‘${step.name}’ has no approval, so it is asked for`
    const { [step.id]: _, ...approved } = known.approved
    return { state: { ...known, approved, seq: known.seq - 1, phase: 'moving', to: approval.step.id, through: 'jump' }, reason }
  }
  const words = needsApproval ? 'as it was approved' : danger === 'reads' ? 'it only reads' : `without approval: ${why}`
  return {
    state: { ...known, phase: 'calling', step: step.id, stopping: false },
    reason: `‘${step.name}’ runs, ${words}`,
    effects: [effectOf(prepared, danger !== 'reads', known, step.id, entry.now)],
  }
}

function effectOf(prepared: Call, changes: boolean, { runId, starter, seq }: Progress, step: string, now: Instant): EffectCall {
  const tag = tagOf({ step, seq })
  if (prepared.kind === 'http') {
    const { kind: _, ...http } = prepared
    return call(changes ? changeOutside : readOutside, { runId, ...http }, tag)
  }
  const { kind: _, input, later, ...command } = prepared
  const moments = Object.fromEntries(Object.entries(later).map(([name, duration]) => [name, addSeconds(now, secondsOf(duration))]))
  return call(runCatalogueCommand, { runId, starter, ...command, input: { ...input, ...moments } }, tag)
}

function ask(entry: Entry, settings: NonNullable<Step['ask']>): Next {
  const { known, placed, data, now } = entry
  const question = fill(settings.question, data)
  if ('error' in question) return stand(entry, `its question has no value: ${question.error}`)
  const byDefault = settings.timeout && settings.answers.find(({ id }) => id === settings.timeout?.answer)
  const pending: Pending = {
    question: question.text,
    // What helps to answer is not worth holding the question back.
    shown: settings.show.map(({ label, value }) => {
      const filled = fill(value, data)
      return { label, value: 'error' in filled ? `not known: ${filled.error}` : filled.text }
    }),
    answers: settings.answers.map(({ id, text, consequence }) => ({ id, text, consequence })),
    who: settings.who,
    also: settings.askAlso?.who ?? [],
    alsoAt: settings.askAlso ? addSeconds(now, secondsOf(settings.askAlso.after)) : null,
    endsAt: settings.timeout ? addSeconds(now, secondsOf(settings.timeout.after)) : null,
    atEnd: byDefault ? `the answer is taken to be ‘${byDefault.text}’: ${byDefault.consequence}` : null,
  }
  return { state: { ...known, phase: 'asking', step: placed.step.id, pending }, reason: `asks: ${question.text}` }
}

function askApproval(entry: Entry, settings: NonNullable<Step['approve']>): Next {
  const { known, placed, data, now, facts } = entry
  const target = approvedBy(facts.runbook, placed.step)
  if (!target) return stand(entry, 'no step follows that could be approved')
  const prepared = callOf(target.step, data, facts.addresses)
  if (!prepared || 'error' in prepared)
    return stand(entry, `what would be approved cannot be shown: ${prepared ? prepared.error : 'it makes no call'}`)
  const danger = fill(settings.danger, data)
  if ('error' in danger) return stand(entry, `its danger has no value: ${danger.error}`)
  const { timeout } = settings
  const after = timeout && follow(facts.runbook, placed.step.id, timeout.goto).to
  const pending: Pending = {
    question: placed.step.name,
    shown: [],
    answers: [],
    who: settings.who,
    also: settings.askAlso?.who ?? [],
    alsoAt: settings.askAlso ? addSeconds(now, secondsOf(settings.askAlso.after)) : null,
    endsAt: timeout ? addSeconds(now, secondsOf(timeout.after)) : null,
    atEnd: after === undefined ? null : `it counts as refused, and the run goes to ‘${nameOf(facts.runbook, after)}’`,
  }
  return {
    state: {
      ...known,
      phase: 'approving',
      step: placed.step.id,
      pending,
      target: target.step.id,
      hash: hashOf(prepared),
      preview: previewOf(prepared),
      danger: danger.text,
      quorum: settings.quorum,
      by: [],
    },
    reason: `asks for approval of ‘${target.step.name}’`,
  }
}

/** A step that is over as soon as it is entered. */
function pass({ known, placed, facts }: Entry, ref: string, reason: string, values: Record<string, string> = {}): Next {
  const { step, section } = placed
  const target = follow(facts.runbook, step.id, ref === 'next' ? step.next : ref)
  return {
    state: {
      ...known,
      values: { ...known.values, [step.id]: { status: 'done', ...values } },
      ended: { seq: known.seq, step: step.id, section, status: 'done', reason, extracted: values },
      phase: 'moving',
      ...target,
    },
    reason,
  }
}

function passOver({ known, placed, facts }: Entry, why: string): Next {
  const section = facts.runbook.sections[placed.section]!
  const reason = `‘${section.name}’ is passed over: ${why}`
  const ended = { seq: known.seq, step: null, section: placed.section, status: 'skipped' as const, reason }
  return { state: { ...known, ended, phase: 'moving', ...afterSection(facts.runbook, placed.section) }, reason }
}

/** The step failed before anything was sent; a person decides. */
function stand({ known, placed, through }: Entry, reason: string): Next {
  const { step, section } = placed
  const ended = { seq: known.seq, step: step.id, section, status: 'failed' as const, reason }
  const values = { ...known.values, [step.id]: { status: 'failed' } }
  return { state: { ...known, values, ended, phase: 'stuck', step: step.id, through }, reason: `‘${step.name}’ failed: ${reason}` }
}
