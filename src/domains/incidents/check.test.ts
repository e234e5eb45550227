// Promises of the checker: what it finds, where, and that the shipped processes have nothing to find.
import { describe, expect, test } from 'vitest'
import { checkProcess } from './check.ts'
import { ProcessSpec, secondsOf } from './process-definition.ts'
import { shippedProcesses } from './shipped.ts'

const [sre, itil] = shippedProcesses as [ProcessSpec, ProcessSpec]
const changed = (process: ProcessSpec, change: (draft: ProcessSpec) => void): ProcessSpec => {
  const draft = structuredClone(process)
  change(draft)
  return draft
}
const transition = { needs: [], when: null, because: null, by: [], asksReason: false }

describe('the shipped processes', () => {
  test.each([sre, itil])('$slug has no fault', (process) => expect(checkProcess(process)).toEqual([]))
  test.each([sre, itil])('$slug is complete: parsing it again changes nothing', (process) =>
    expect(ProcessSpec.parse(structuredClone(process))).toEqual(process),
  )
})

const cases: [name: string, process: ProcessSpec, path: string, message: RegExp][] = [
  [
    'a state that nothing leads to',
    changed(sre, (p) => void (p.transitions = p.transitions.filter((t) => t.to !== 'review'))),
    '/states/5',
    /review is never reached/,
  ],
  [
    'a transition to nowhere',
    changed(sre, (p) => void (p.transitions[0]!.to = 'celebrating')),
    '/transitions/0/to',
    /leads nowhere: there is no state celebrating/,
  ],
  [
    'a transition from nowhere',
    changed(sre, (p) => void p.transitions[0]!.from.push('asleep')),
    '/transitions/0/from/3',
    /no state asleep/,
  ],
  [
    'a transition drawn twice',
    changed(sre, (p) => void p.transitions.push({ ...transition, from: ['triage'], to: 'fixing', label: 'Fix' })),
    '/transitions/8/from/0',
    /drawn already/,
  ],
  [
    'a transition to itself',
    changed(sre, (p) => void p.transitions.push({ ...transition, from: ['fixing'], to: 'fixing', label: 'Fix' })),
    '/transitions/8/to',
    /to itself/,
  ],
  [
    'no closed state',
    changed(sre, (p) => p.states.forEach((s) => void (s.kind = s.kind === 'closed' ? 'resolved' : s.kind))),
    '/states',
    /could never end/,
  ],
  [
    'a state without a way out',
    changed(sre, (p) => {
      p.states.push({ ...p.states[1]!, id: 'limbo' })
      p.transitions.push({ ...transition, from: ['triage'], to: 'limbo', label: 'Wait' })
    }),
    '/states/8',
    /no way leads to a closed state/,
  ],
  ['an unknown start', changed(sre, (p) => void (p.start = 'begin')), '/start', /no state begin/],
  ['a closed start', changed(sre, (p) => void (p.start = 'closed')), '/start', /begins in a state of kind open/],
  ['an unknown required field', changed(itil, (p) => void p.states[1]!.requires.push('mood')), '/states/1/requires/3', /no field mood/],
  ['an unknown needed field', changed(itil, (p) => void p.transitions[0]!.needs.push('mood')), '/transitions/0/needs/0', /no field mood/],
  ['an unknown role on a transition', changed(sre, (p) => void p.transitions[0]!.by.push('pilot')), '/transitions/0/by/0', /no role pilot/],
  ['an unknown lead', changed(sre, (p) => void (p.lead = 'pilot')), '/lead', /no role pilot/],
  ['a condition that does not compile', changed(sre, (p) => void (p.transitions[5]!.when = 'severity = 1')), '/transitions/5/when', /^1:/],
  [
    'a condition on an unknown variable',
    changed(sre, (p) => void (p.transitions[5]!.when = "mood == 'good'")),
    '/transitions/5/when',
    /mood/,
  ],
  [
    'a condition that contradicts itself',
    changed(sre, (p) => void (p.transitions[5]!.when = "severity == 'SEV1' && severity == 'SEV2'")),
    '/transitions/5/when',
    /can never hold/,
  ],
  [
    'a condition on a level that does not exist',
    changed(itil, (p) => void (p.transitions[6]!.when = "priority == 'P9'")),
    '/transitions/6/when',
    /can never hold/,
  ],
  [
    'a condition on an option that does not exist',
    changed(itil, (p) => void (p.transitions[4]!.when = "fields.retest == 'passed'")),
    '/transitions/4/when',
    /can never hold/,
  ],
  [
    'a condition on a count that cannot be',
    changed(sre, (p) => void (p.transitions[5]!.when = 'openTasks < 0.0')),
    '/transitions/5/when',
    /can never hold/,
  ],
  [
    'a condition without its sentence',
    changed(itil, (p) => void (p.transitions[6]!.because = null)),
    '/transitions/6/because',
    /does not say why/,
  ],
  [
    'a hole in the matrix',
    changed(itil, (p) => void delete p.matrix['minor']!['low']),
    '/matrix',
    /no priority for impact minor and urgency low/,
  ],
  [
    'an unknown priority in the matrix',
    changed(itil, (p) => void (p.matrix['minor']!['low'] = 'P8')),
    '/matrix/minor/low',
    /no priority P8/,
  ],
  ['an unknown level in a target', changed(itil, (p) => void (p.slas[0]!.within['P8'] = '5 min')), '/slas/0/within/P8', /no priority P8/],
  [
    'a target that is met before it starts',
    changed(sre, (p) => void p.slas[0]!.metBy.push('triage')),
    '/slas/0/metBy',
    /met before it starts/,
  ],
  ['a task on an unknown state', changed(itil, (p) => void (p.tasks[0]!.on = { state: 'party' })), '/tasks/0/on/state', /no state party/],
  [
    'a closure that does not close',
    changed(itil, (p) => void (p.closure.closes = 'resolved')),
    '/closure/closes',
    /not a state of kind closed/,
  ],
  [
    'a reopening into a closed state',
    changed(itil, (p) => void (p.closure.reopens = 'closed')),
    '/closure/reopens',
    /not a state of kind open/,
  ],
  ['hold without reasons', changed(itil, (p) => void (p.holdReasons = [])), '/states/4/hold', /add `holdReasons`/],
  ['an id that stands twice', changed(itil, (p) => void p.roles.push(p.roles[0]!)), '/roles/3/id', /stands twice/],
]

test.each(cases)('finds %s', (_, process, path, message) => {
  expect(checkProcess(process)).toContainEqual({ path, message: expect.stringMatching(message) })
})

test('runbooks and policies are looked for only where they are known', () => {
  const process = changed(sre, (p) => {
    p.runbooks.push({ runbook: 'roll-back', on: 'opened', when: null })
    p.slas[0]!.pages = 'duty-managers'
  })
  expect(checkProcess(process)).toEqual([])
  expect(checkProcess(process, { hasRunbook: () => false, hasPolicy: () => false }).map((fault) => fault.path)).toEqual([
    '/slas/0/pages',
    '/runbooks/0/runbook',
  ])
})

test.each([
  ['30 s', 30],
  ['5 min', 300],
  ['2 h', 7200],
  ['3 d', 259_200],
])('%s is %d seconds', (text, seconds) => expect(secondsOf(text)).toBe(seconds))
