// The way through a runbook: which step comes first, what follows a step, where each answer leads. Pure.
import { actOf, type Runbook, type Step } from './definition.ts'

/** A step in its place: JSON pointer, number of its section, and whether it opens that section. */
export type Placed = { step: Step; pointer: string; section: number; opens: boolean }
/** Where a run stands next. `through`: a jump is not held up by the section's `when`. */
export type Target = { to: string; through: 'order' | 'jump' }

const known = new WeakMap<Runbook, readonly Placed[]>()

/** Every step in the order in which it is written. */
export function stepsOf(runbook: Runbook): readonly Placed[] {
  const steps =
    known.get(runbook) ??
    runbook.sections.flatMap((section, number) =>
      section.steps.map((step, index) => ({ step, pointer: `/sections/${number}/steps/${index}`, section: number, opens: index === 0 })),
    )
  known.set(runbook, steps)
  return steps
}

export const findStep = (runbook: Runbook, id: string): Placed | undefined => stepsOf(runbook).find(({ step }) => step.id === id)

/** The first step, or the end of a runbook that has only prose. */
export const firstOf = (runbook: Runbook): Target => ({ to: stepsOf(runbook)[0]?.step.id ?? 'end', through: 'order' })

/** Resolves `next`, `end` or an id as it is written at a step. */
export function follow(runbook: Runbook, from: string, ref: string): Target {
  if (ref !== 'next') return { to: ref, through: 'jump' }
  const steps = stepsOf(runbook)
  const following = steps[steps.findIndex(({ step }) => step.id === from) + 1]
  return { to: following?.step.id ?? 'end', through: 'order' }
}

/** The first step of the next section that has one, after a section is passed over. */
export function afterSection(runbook: Runbook, section: number): Target {
  const following = stepsOf(runbook).find((placed) => placed.section > section)
  return { to: following?.step.id ?? 'end', through: 'order' }
}

/** Everywhere that a run may be right after this step; `end` among them. */
export function successorsOf(runbook: Runbook, { step }: Placed): string[] {
  const act = actOf(step)
  const written = [
    ...(act.kind === 'ask'
      ? act.ask.answers.map(({ goto }) => (goto === 'next' ? step.next : goto))
      : act.kind === 'branch'
        ? [...act.branch.cases.map(({ goto }) => goto), act.branch.otherwise === 'next' ? step.next : act.branch.otherwise]
        : [step.next]),
    ...(act.kind === 'approve' ? [act.approve.refused, ...(act.approve.timeout ? [act.approve.timeout.goto] : [])] : []),
    ...(step.failed === undefined ? [] : [step.failed]),
  ]
  return [...new Set(written.flatMap((ref) => reachedBy(runbook, follow(runbook, step.id, ref))))]
}

/** A target, and what comes instead when its section is passed over. */
export function reachedBy(runbook: Runbook, { to, through }: Target): string[] {
  const placed = findStep(runbook, to)
  if (!placed || through === 'jump' || !placed.opens || runbook.sections[placed.section]?.when === undefined) return [to]
  return [to, ...reachedBy(runbook, afterSection(runbook, placed.section))]
}

/** The step that an approval is about: the one that follows it. */
export const approvedBy = (runbook: Runbook, approval: Step): Placed | undefined =>
  findStep(runbook, follow(runbook, approval.id, approval.next).to)

/** The approval of a step, or undefined when none is written for it. */
export const approvalOf = (runbook: Runbook, id: string): Placed | undefined =>
  stepsOf(runbook).find(({ step }) => step.approve !== undefined && approvedBy(runbook, step)?.step.id === id)
