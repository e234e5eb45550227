// What is wrong with a process, before anybody follows it. Pure; every fault says where it is and what to do about it.
import type { Fault } from '#kernel/errors.ts'
import { guard } from './guard.ts'
import { canHold } from './possible.ts'
import { isKnownField, type ProcessSpec } from './process-definition.ts'

/** What else there is; a list that is not known here is not checked. */
export type Surroundings = { hasRunbook?: (slug: string) => boolean; hasPolicy?: (slug: string) => boolean }

/** Every fault; paths are JSON pointers into the process. */
export function checkProcess(process: ProcessSpec, around: Surroundings = {}): Fault[] {
  return [
    ...ids(process),
    ...states(process),
    ...transitions(process),
    ...ways(process),
    ...matrix(process),
    ...targets(process, around),
    ...begins(process, around),
    ...conditions(process),
  ]
}

/** Where an incident can go from a state: transitions, and what closure does by itself. */
export function edgesOf(process: ProcessSpec): { from: string; to: string }[] {
  const drawn = process.transitions.flatMap((transition) => transition.from.map((from) => ({ from, to: transition.to })))
  const ofKind = (kinds: string[]) => process.states.filter((state) => kinds.includes(state.kind)).map((state) => state.id)
  const { closure } = process
  const closes =
    closure.autoCloseAfter === null && closure.confirmedBy === 'nobody'
      ? []
      : ofKind(['resolved']).map((from) => ({ from, to: closure.closes }))
  return [...drawn, ...closes, ...ofKind(['resolved', 'closed']).map((from) => ({ from, to: closure.reopens }))]
}

function ids(process: ProcessSpec): Fault[] {
  const lists = [
    'states',
    'fields',
    'roles',
    'severities',
    'priorities',
    'impacts',
    'urgencies',
    'risks',
    'categories',
    'slas',
    'holdReasons',
  ] as const
  return lists.flatMap((list) =>
    process[list].flatMap(({ id }, index) =>
      process[list].findIndex((other) => other.id === id) < index
        ? [{ path: `/${list}/${index}/id`, message: `${id} stands twice: give one of them another id` }]
        : [],
    ),
  )
}

function states(process: ProcessSpec): Fault[] {
  const faults: Fault[] = []
  const start = process.states.find((state) => state.id === process.start)
  if (!start) faults.push({ path: '/start', message: unknown('state', process.start, process.states) })
  else if (start.kind !== 'open')
    faults.push({ path: '/start', message: `${start.id} is ${start.kind}: an incident begins in a state of kind open` })
  if (!process.states.some((state) => state.kind === 'closed'))
    faults.push({ path: '/states', message: 'no state is of kind closed: an incident could never end. Add one' })
  process.states.forEach((state, index) => {
    faults.push(...fieldFaults(process, state.requires, `/states/${index}/requires`))
    if (state.hold && process.holdReasons.length === 0)
      faults.push({ path: `/states/${index}/hold`, message: 'asks for a hold reason, and there is none: add `holdReasons`' })
  })
  if (process.holdReasons.length > 0 && !process.states.some((state) => state.hold))
    faults.push({ path: '/holdReasons', message: 'no state asks for them: set `hold: true` on one' })
  return faults
}

function transitions(process: ProcessSpec): Fault[] {
  const drawn = new Map<string, number>()
  return process.transitions.flatMap((transition, index) => {
    const path = `/transitions/${index}`
    const faults: Fault[] = []
    if (!known(process.states, transition.to))
      faults.push({ path: `${path}/to`, message: `leads nowhere: ${unknown('state', transition.to, process.states)}` })
    transition.from.forEach((from, place) => {
      if (!known(process.states, from)) faults.push({ path: `${path}/from/${place}`, message: unknown('state', from, process.states) })
      const key = `${from} → ${transition.to}`
      if (drawn.has(key))
        faults.push({
          path: `${path}/from/${place}`,
          message: `${key} is drawn already by transition ${drawn.get(key)! + 1}: remove one of them`,
        })
      drawn.set(key, index)
    })
    if (transition.from.includes(transition.to)) faults.push({ path: `${path}/to`, message: `leads from ${transition.to} to itself` })
    if (transition.when !== null && transition.because === null)
      faults.push({
        path: `${path}/because`,
        message: 'has a condition and does not say why: write the sentence that is told when it does not hold',
      })
    faults.push(...fieldFaults(process, transition.needs, `${path}/needs`))
    transition.by.forEach((role, place) => {
      if (!known(process.roles, role)) faults.push({ path: `${path}/by/${place}`, message: unknown('role', role, process.roles) })
    })
    return faults
  })
}

/** States that nothing leads to, and states that no way leads out of. */
function ways(process: ProcessSpec): Fault[] {
  const edges = edgesOf(process)
  const reached = reach([process.start], edges)
  const ends = process.states.filter((state) => state.kind === 'closed').map((state) => state.id)
  const ending = reach(
    ends,
    edges.map(({ from, to }) => ({ from: to, to: from })),
  )
  return process.states.flatMap((state, index) => {
    if (!reached.has(state.id))
      return [
        { path: `/states/${index}`, message: `${state.id} is never reached from ${process.start}: draw a transition to it, or remove it` },
      ]
    if (state.kind !== 'cancelled' && !ending.has(state.id))
      return [
        { path: `/states/${index}`, message: `from ${state.id} no way leads to a closed state: an incident would stay in it for ever` },
      ]
    return []
  })
}

function reach(from: string[], edges: { from: string; to: string }[]): Set<string> {
  const seen = new Set(from)
  const next = [...from]
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const edge of edges) {
      if (edge.from !== at || seen.has(edge.to)) continue
      seen.add(edge.to)
      next.push(edge.to)
    }
  }
  return seen
}

function matrix(process: ProcessSpec): Fault[] {
  const faults: Fault[] = []
  for (const [impact, row] of Object.entries(process.matrix)) {
    if (!known(process.impacts, impact)) faults.push({ path: `/matrix/${impact}`, message: unknown('impact', impact, process.impacts) })
    for (const [urgency, priority] of Object.entries(row)) {
      if (!known(process.urgencies, urgency))
        faults.push({ path: `/matrix/${impact}/${urgency}`, message: unknown('urgency', urgency, process.urgencies) })
      if (!known(process.priorities, priority))
        faults.push({ path: `/matrix/${impact}/${urgency}`, message: unknown('priority', priority, process.priorities) })
    }
  }
  for (const { id: impact } of process.impacts) {
    for (const { id: urgency } of process.urgencies) {
      if (process.matrix[impact]?.[urgency] === undefined)
        faults.push({ path: '/matrix', message: `has no priority for impact ${impact} and urgency ${urgency}: add it` })
    }
  }
  process.severities.forEach(({ atLeast }, index) => {
    if (atLeast !== null && !known(process.priorities, atLeast))
      faults.push({ path: `/severities/${index}/atLeast`, message: unknown('priority', atLeast, process.priorities) })
  })
  process.priorities.forEach(({ severity }, index) => {
    if (!known(process.severities, severity))
      faults.push({ path: `/priorities/${index}/severity`, message: unknown('severity', severity, process.severities) })
  })
  const { severity, risk } = process.defaults
  if (!known(process.severities, severity))
    faults.push({ path: '/defaults/severity', message: unknown('severity', severity, process.severities) })
  if (risk !== null && !known(process.risks, risk)) faults.push({ path: '/defaults/risk', message: unknown('risk', risk, process.risks) })
  for (const [alert, level] of Object.entries(process.fromAlerts)) {
    if (!known(process.severities, level))
      faults.push({ path: `/fromAlerts/${alert}`, message: unknown('severity', level, process.severities) })
  }
  return faults
}

/** SLAs, updates, and how it closes. */
function targets(process: ProcessSpec, { hasPolicy }: Surroundings): Fault[] {
  const faults: Fault[] = []
  process.slas.forEach((sla, index) => {
    const path = `/slas/${index}`
    const levels = sla.by === 'priority' ? process.priorities : process.severities
    for (const level of Object.keys(sla.within))
      if (!known(levels, level)) faults.push({ path: `${path}/within/${level}`, message: unknown(sla.by, level, levels) })
    sla.metBy.forEach((state, place) => {
      if (!known(process.states, state)) faults.push({ path: `${path}/metBy/${place}`, message: unknown('state', state, process.states) })
    })
    if (sla.metBy.includes(process.start))
      faults.push({
        path: `${path}/metBy`,
        message: `${process.start} is where every incident begins: the target would be met before it starts`,
      })
    sla.tells.forEach((role, place) => {
      if (!known(process.roles, role)) faults.push({ path: `${path}/tells/${place}`, message: unknown('role', role, process.roles) })
    })
    if (sla.pages !== null && hasPolicy?.(sla.pages) === false)
      faults.push({ path: `${path}/pages`, message: `there is no escalation policy ${sla.pages}` })
  })
  if (process.updates && typeof process.updates.every === 'object') {
    for (const severity of Object.keys(process.updates.every))
      if (!known(process.severities, severity))
        faults.push({ path: `/updates/every/${severity}`, message: unknown('severity', severity, process.severities) })
  }
  if (!known(process.roles, process.lead)) faults.push({ path: '/lead', message: unknown('role', process.lead, process.roles) })
  const kindOf = (id: string) => process.states.find((state) => state.id === id)?.kind
  if (kindOf(process.closure.closes) !== 'closed')
    faults.push({ path: '/closure/closes', message: `${process.closure.closes} is not a state of kind closed` })
  if (kindOf(process.closure.reopens) !== 'open')
    faults.push({ path: '/closure/reopens', message: `${process.closure.reopens} is not a state of kind open` })
  if (process.closure.confirmedBy === 'reporter' && !process.states.some((state) => state.kind === 'resolved'))
    faults.push({ path: '/closure/confirmedBy', message: 'there is no state of kind resolved in which the reporter could be asked' })
  return faults
}

/** What begins with a state: tasks and runbooks. */
function begins(process: ProcessSpec, { hasRunbook }: Surroundings): Fault[] {
  const faults: Fault[] = []
  for (const list of ['tasks', 'runbooks'] as const) {
    process[list].forEach(({ on }, index) => {
      if (typeof on === 'object' && !known(process.states, on.state))
        faults.push({ path: `/${list}/${index}/on/state`, message: unknown('state', on.state, process.states) })
    })
  }
  process.tasks.forEach(({ role }, index) => {
    if (role !== null && !known(process.roles, role))
      faults.push({ path: `/tasks/${index}/role`, message: unknown('role', role, process.roles) })
  })
  process.runbooks.forEach(({ runbook }, index) => {
    if (hasRunbook?.(runbook) === false) faults.push({ path: `/runbooks/${index}/runbook`, message: `there is no runbook ${runbook}` })
  })
  return faults
}

function conditions(process: ProcessSpec): Fault[] {
  const written = [
    ...process.transitions.map(({ when }, index) => ({ path: `/transitions/${index}/when`, when })),
    ...process.runbooks.map(({ when }, index) => ({ path: `/runbooks/${index}/when`, when })),
    ...(process.review ? [{ path: '/review/when', when: process.review.when }] : []),
  ]
  return written.flatMap(({ path, when }) => {
    if (when === null) return []
    const condition = guard(when)
    if ('faults' in condition) return condition.faults.map((fault) => ({ path, message: `${fault.path}: ${fault.message}` }))
    return canHold(process, condition)
      ? []
      : [{ path, message: `\`${when}\` can never hold, whatever the incident is: nothing would ever pass it` }]
  })
}

function fieldFaults(process: ProcessSpec, fields: string[], path: string): Fault[] {
  return fields.flatMap((field, index) =>
    isKnownField(field) || known(process.fields, field)
      ? []
      : [
          {
            path: `${path}/${index}`,
            message: `${unknown('field', field, process.fields)}; the incident's own fields work too, like category`,
          },
        ],
  )
}

const known = (list: readonly { id: string }[], id: string): boolean => list.some((entry) => entry.id === id)

const unknown = (what: string, id: string, list: readonly { id: string }[]): string =>
  list.length === 0
    ? `there is no ${what} ${id}: this process has none`
    : `there is no ${what} ${id}: write one of ${list.map((entry) => entry.id).join(', ')}`
