// A runbook in words: what each step is and where it may lead. Pure.
import { never } from '#kernel/errors.ts'
import { actOf, dangerOf, type Danger, type Runbook, type Step, type Who } from './definition.ts'
import { findStep, follow, stepsOf } from './flow.ts'

export type OutlineStep = {
  section: number
  step: string
  name: string
  kind: string
  danger: Danger
  says: string
  next: { label: string; to: string }[]
}

export const outlineOf = (runbook: Runbook): OutlineStep[] =>
  stepsOf(runbook).map(({ step, section }) => ({
    section,
    step: step.id,
    name: step.name,
    kind: actOf(step).kind,
    danger: dangerOf(step),
    says: sayingOf(step),
    next: waysOf(runbook, step),
  }))

const whoWords = (who: readonly Who[]): string =>
  who.length === 0
    ? 'anybody'
    : who
        .map((one) =>
          'role' in one
            ? `the ${one.role}`
            : 'user' in one
              ? one.user
              : 'team' in one
                ? `the team ${one.team}`
                : `on call in ${one.schedule}`,
        )
        .join(' or ')

/** What a step is, in a few words: "asks the commander", "reads from argo". */
export function sayingOf(step: Step): string {
  const act = actOf(step)
  switch (act.kind) {
    case 'http':
      return `${act.http.danger}${act.http.connection ? `, through ${act.http.connection}` : ''}`
    case 'ask':
      return `asks ${whoWords(act.ask.who)}`
    case 'approve':
      return `${act.approve.quorum} of ${whoWords(act.approve.who)}${act.approve.timeout ? `, ${act.approve.timeout.after}` : ''}`
    case 'branch':
      return `${act.branch.cases.length} ${act.branch.cases.length === 1 ? 'case' : 'cases'}`
    case 'update':
      return 'publishes an update'
    case 'do':
      return act.do.command
    case 'wait':
      return `waits ${act.wait.for}`
    case 'set':
      return `sets ${Object.keys(act.set).join(', ')}`
    case 'note':
      return 'writes a note on the timeline'
    default:
      return never(act)
  }
}

function waysOf(runbook: Runbook, step: Step): { label: string; to: string }[] {
  const act = actOf(step)
  const way = (label: string, ref: string) => {
    const { to } = follow(runbook, step.id, ref === 'next' ? step.next : ref)
    return { label, to: findStep(runbook, to)?.step.name ?? 'the end' }
  }
  const failed = step.failed === undefined ? [] : [way('if it fails', step.failed)]
  switch (act.kind) {
    case 'ask':
      return act.ask.answers.map(({ text, goto }) => way(text, goto))
    case 'branch':
      return [...act.branch.cases.map(({ when, goto }) => way(when, goto)), way('otherwise', act.branch.otherwise)]
    case 'approve':
      return [
        way('approved', 'next'),
        way('refused', act.approve.refused),
        ...(act.approve.timeout ? [way(`nobody within ${act.approve.timeout.after}`, act.approve.timeout.goto)] : []),
      ]
    default:
      return step.next === 'next' ? failed : [way('then', step.next), ...failed]
  }
}
