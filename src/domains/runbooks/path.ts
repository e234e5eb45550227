// The way that a run took, laid over its definition. Pure.
import { renderMarkdown } from '#platform/text/markdown.ts'
import type { Instant } from '#kernel/time.ts'
import { actOf, dangerOf, type Danger, type Runbook } from './definition.ts'
import { findStep } from './flow.ts'
import { sayingOf } from './outline.ts'
import type { RunStep } from './run-store.ts'

type PathStep = {
  id: string
  name: string
  kind: string
  danger: Danger
  state: 'upcoming' | RunStep['status']
  reason: string
  says: string
  visits: number
  seq: number | null
  startedAt: Instant | null
  endedAt: Instant | null
  output: string | null
  extracted: Record<string, unknown>
}

/** Every section with every step: the last visit's state, or `upcoming`; `reason` of a section tells why it was passed over. */
export function pathOf(
  runbook: Runbook,
  visits: readonly RunStep[],
): { name: string; html: string; reason: string | null; steps: PathStep[] }[] {
  return runbook.sections.map((section, number) => {
    const passed = visits.findLast((visit) => visit.step === null && visit.section === number)
    const steps = section.steps.map((step): PathStep => {
      const own = visits.filter((visit) => visit.step === step.id)
      const last = own.at(-1)
      const isPassed = passed !== undefined && (last === undefined || last.seq < passed.seq)
      return {
        id: step.id,
        name: step.name,
        kind: actOf(step).kind,
        danger: dangerOf(step),
        says: sayingOf(step),
        visits: own.length,
        state: isPassed ? 'skipped' : (last?.status ?? 'upcoming'),
        reason: isPassed ? passed.reason : (last?.reason ?? ''),
        seq: last?.seq ?? null,
        startedAt: last?.startedAt ?? null,
        endedAt: last?.endedAt ?? null,
        output: last?.output ?? null,
        extracted: last?.extracted ?? {},
      }
    })
    return { name: section.name, html: renderMarkdown(section.prose), reason: passed?.reason ?? null, steps }
  })
}

/** Every visit that took time, and whether a machine worked or a person was waited for. */
export function visitsOf(runbook: Runbook, visits: readonly RunStep[]) {
  return visits.flatMap(({ seq, step, startedAt, endedAt, status }) => {
    const placed = step === null ? undefined : findStep(runbook, step)
    if (!placed) return []
    const { kind } = actOf(placed.step)
    if (kind === 'branch' || kind === 'set') return []
    const isPerson = kind === 'ask' || kind === 'approve' || status === 'unknown'
    return [{ seq, name: placed.step.name, by: isPerson ? ('person' as const) : ('machine' as const), startedAt, endedAt }]
  })
}

/** What is known so far: inputs, and what steps extracted or set, the newest visit of each. */
export function valuesOf(
  runbook: Runbook,
  inputs: Readonly<Record<string, unknown>>,
  visits: readonly RunStep[],
): { name: string; value: string }[] {
  const values = new Map<string, unknown>(Object.entries(inputs))
  for (const { step, extracted } of visits) {
    if (step === null || !findStep(runbook, step)) continue
    for (const [name, value] of Object.entries(extracted)) values.set(`${step}.${name}`, value)
  }
  return [...values].map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) }))
}
