// Promises of the priority: the matrix, what risk and severity do to it, and the reason that names them.
import { expect, test } from 'vitest'
import { priorityOf, severityOfPriority } from './priority.ts'
import type { Process, SeverityId } from './process-definition.ts'
import { shippedProcesses } from './shipped.ts'

const [sre, itil] = shippedProcesses.map((process) => ({ ...process, version: 1 })) as [Process, Process]

type Case = [
  impact: string | null,
  urgency: string | null,
  risk: string | null,
  severity: SeverityId | undefined,
  priority: string | null,
  reason: string,
]
const cases: Case[] = [
  ['extensive', 'critical', 'normal', undefined, 'P1', 'Impact Extensive × urgency Critical is P1.'],
  ['moderate', 'high', 'normal', undefined, 'P3', 'Impact Moderate × urgency High is P3.'],
  ['moderate', 'high', null, undefined, 'P3', 'Impact Moderate × urgency High is P3.'],
  ['moderate', 'high', 'high', undefined, 'P2', 'Impact Moderate × urgency High is P3; risk High makes it P2.'],
  ['extensive', 'high', 'high', undefined, 'P1', 'Impact Extensive × urgency High is P1.'],
  ['minor', 'low', 'normal', 'SEV1', 'P1', 'Impact Minor × urgency Low is P5; SEV1 is at least P1.'],
  ['minor', 'low', 'normal', 'SEV2', 'P5', 'Impact Minor × urgency Low is P5.'],
  ['minor', null, 'normal', undefined, null, 'Impact and urgency are not set yet.'],
  [null, null, 'normal', 'SEV1', 'P1', 'SEV1 is at least P1; impact and urgency are not set yet.'],
]

test.each(cases)('impact %s, urgency %s, risk %s, severity %s: %s', (impact, urgency, risk, severity, priority, reason) => {
  expect(priorityOf(itil, { impact, urgency, risk }, severity)).toEqual({ priority, reason })
})

test('every cell of the shipped matrix rises towards more impact and more urgency', () => {
  const order = itil.priorities.map((priority) => priority.id)
  const at = (impact: number, urgency: number) =>
    order.indexOf(priorityOf(itil, { impact: itil.impacts[impact]!.id, urgency: itil.urgencies[urgency]!.id, risk: null }).priority!)
  for (let impact = 0; impact < itil.impacts.length; impact++) {
    for (let urgency = 0; urgency < itil.urgencies.length; urgency++) {
      if (impact > 0) expect(at(impact, urgency)).toBeGreaterThanOrEqual(at(impact - 1, urgency))
      if (urgency > 0) expect(at(impact, urgency)).toBeGreaterThanOrEqual(at(impact, urgency - 1))
    }
  }
})

test('a process without priorities sets none', () =>
  expect(priorityOf(sre, { impact: null, urgency: null, risk: null }, 'SEV1')).toEqual({
    priority: null,
    reason: 'SRE incident sets no priorities.',
  }))

test('a priority stands for a severity', () => {
  expect(severityOfPriority(itil, 'P2')).toBe('SEV2')
  expect(severityOfPriority(itil, null)).toBeUndefined()
})
