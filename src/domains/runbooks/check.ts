// What is wrong with a runbook before it runs. Pure; each fault says what to do, its path is a JSON pointer into the definition.
import { compileCondition } from '#kernel/conditions.ts'
import type { Fault } from '#kernel/errors.ts'
import { actOf, dangerOf, type Act, type Runbook, type Step } from './definition.ts'
import { approvalOf, approvedBy, findStep, firstOf, reachedBy, stepsOf, successorsOf, type Placed } from './flow.ts'
import { referencesIn, templateFaults, type Reference } from './references.ts'
import { declarations } from './rendering.ts'
import type { IncidentData } from './surroundings.ts'
import { plainSecretsIn } from './plain-secrets.ts'
import { refusedCommand } from './acting.ts'

/** Every problem. None: the runbook may be saved and run. */
export function problemsOf(runbook: Runbook): Fault[] {
  const steps = stepsOf(runbook)
  return [
    ...inputFaults(runbook),
    ...doubled(steps),
    ...runbook.sections.flatMap(({ when }, index) => (when === undefined ? [] : conditionFaults(runbook, when, `/sections/${index}/when`))),
    ...steps.flatMap((placed) => stepFaults(runbook, placed)),
    ...unreachable(runbook, steps),
    ...loopsWithoutPerson(runbook, steps),
  ]
}

/** Connections by slug, with the slug of their team (null: everybody's). */
export type KnownConnections = ReadonlyMap<string, string | null>

/** Connections that a runbook names and may not use, or that do not exist. */
export function connectionProblems(runbook: Runbook, known: KnownConnections): Fault[] {
  return stepsOf(runbook).flatMap(({ step, pointer }) => {
    const slug = step.http?.connection
    if (slug === undefined) return []
    const owner = known.get(slug)
    const path = `${pointer}/http/connection`
    if (owner === undefined)
      return [
        { path, message: `‘${step.name}’ has no connection: there is none called ${slug}. Add it, or ask a person to do it by hand.` },
      ]
    return owner === null || owner === runbook.team
      ? []
      : [{ path, message: `the connection ${slug} belongs to the team ${owner}; only its own runbooks may use it` }]
  })
}

/** What templates and conditions may ask of an incident (surroundings.ts gives it). */
const incidentFields: ReadonlySet<string> = new Set<keyof IncidentData>([
  'id',
  'number',
  'key',
  'title',
  'type',
  'state',
  'severity',
  'priority',
  'impact',
  'impactNow',
  'services',
  'service',
  'fields',
  'openedAt',
  'teamId',
])

const inputFaults = (runbook: Runbook): Fault[] =>
  runbook.inputs.flatMap((input, index): Fault[] => [
    ...(runbook.inputs.findIndex(({ name }) => name === input.name) < index
      ? [{ path: `/inputs/${index}/name`, message: `there are two inputs called ${input.name}` }]
      : []),
    ...(input.type === 'choice' && input.options.length < 2
      ? [{ path: `/inputs/${index}/options`, message: 'a choice needs at least two options' }]
      : []),
    ...(input.default === undefined
      ? []
      : [
          ...templateFaults(input.default, `/inputs/${index}/default`),
          ...unknownIn(runbook, referencesIn(input.default, 'template'), `/inputs/${index}/default`),
        ]),
  ])

const doubled = (steps: readonly Placed[]): Fault[] =>
  steps.flatMap(({ step, pointer }, index) =>
    steps.findIndex((other) => other.step.id === step.id) < index
      ? [{ path: `${pointer}/id`, message: `there are two steps called ${step.id}` }]
      : [],
  )

function stepFaults(runbook: Runbook, placed: Placed): Fault[] {
  const { step, pointer } = placed
  const act = actOf(step)
  return [
    ...targetsIn(step, act, pointer)
      .filter(({ ref }) => ref !== 'end' && ref !== 'next' && !findStep(runbook, ref))
      .map(({ ref, path }) => ({ path, message: `there is no step called ${ref}` })),
    ...templatesIn(act, pointer).flatMap(({ source, path }) => [
      ...templateFaults(source, path),
      ...unknownIn(runbook, referencesIn(source, 'template'), path),
    ]),
    ...kindFaults(runbook, placed, act),
    ...approvalFaults(runbook, placed),
    ...plainSecretsIn(act, pointer),
  ]
}

function targetsIn(step: Step, act: Act, pointer: string): { ref: string; path: string }[] {
  const at = (ref: string | undefined, path: string) => (ref === undefined ? [] : [{ ref, path: `${pointer}/${path}` }])
  return [
    ...at(step.next, 'next'),
    ...at(step.failed, 'failed'),
    ...(act.kind === 'ask' ? act.ask.answers.flatMap(({ goto }, index) => at(goto, `ask/answers/${index}/goto`)) : []),
    ...(act.kind === 'approve'
      ? [...at(act.approve.refused, 'approve/refused'), ...at(act.approve.timeout?.goto, 'approve/timeout/goto')]
      : []),
    ...(act.kind === 'branch'
      ? [
          ...act.branch.cases.flatMap(({ goto }, index) => at(goto, `branch/cases/${index}/goto`)),
          ...at(act.branch.otherwise, 'branch/otherwise'),
        ]
      : []),
  ]
}

/** Every template of a step with its place. Found by walking: a text that somebody adds to a kind is not forgotten. */
function templatesIn(act: Act, pointer: string): { source: string; path: string }[] {
  const inside = (value: unknown, path: string): { source: string; path: string }[] => {
    if (typeof value === 'string') return [{ source: value, path }]
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, item]) => inside(item, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`))
  }
  const given = (act as unknown as Record<string, unknown>)[act.kind]
  return act.kind === 'branch' ? [] : inside(given, `${pointer}/${act.kind}`).filter(({ source }) => /\{[{%]/.test(source))
}

function kindFaults(runbook: Runbook, { step, pointer }: Placed, act: Act): Fault[] {
  switch (act.kind) {
    case 'ask': {
      const { answers, timeout } = act.ask
      const ids = answers.map(({ id }) => id)
      return [
        ...(answers.length === 0
          ? [{ path: `${pointer}/ask/answers`, message: 'a question without answers waits for ever: give at least one' }]
          : []),
        ...ids.flatMap((id, index) =>
          ids.indexOf(id) < index ? [{ path: `${pointer}/ask/answers/${index}/id`, message: `there are two answers called ${id}` }] : [],
        ),
        ...(timeout && !ids.includes(timeout.answer)
          ? [{ path: `${pointer}/ask/timeout/answer`, message: `there is no answer called ${timeout.answer}` }]
          : []),
      ]
    }
    case 'approve': {
      const approved = approvedBy(runbook, step)
      return approved && ['http', 'do', 'update', 'note'].includes(actOf(approved.step).kind)
        ? []
        : [{ path: `${pointer}/approve`, message: 'approves nothing: the step that follows has to make a call' }]
    }
    case 'branch':
      return act.branch.cases.flatMap(({ when }, index) => conditionFaults(runbook, when, `${pointer}/branch/cases/${index}/when`))
    case 'http': {
      const { method, url, body, json } = act.http
      const unencoded = /\{\{(?![^}]*\|\s*url_encode)[^}]*\}\}/.exec(url)
      return [
        ...(unencoded
          ? [
              {
                path: `${pointer}/http/url`,
                message: `write \`${unencoded[0].slice(0, -2).trim()} | url_encode }}\`, so that no value can change the address`,
              },
            ]
          : []),
        ...(body !== undefined && json !== undefined ? [{ path: `${pointer}/http/body`, message: 'give `body` or `json`, not both' }] : []),
        ...(body !== undefined && /^\s*[[{](?!\{|%)/.test(body) && /\{\{(?![^}]*\|\s*json)[^}]*\}\}/.test(body)
          ? [{ path: `${pointer}/http/body`, message: 'write a JSON body under `json`, so that no value can change its shape' }]
          : []),
        ...((method === 'GET' || method === 'HEAD') && (body !== undefined || json !== undefined)
          ? [{ path: `${pointer}/http`, message: `a ${method} has no body` }]
          : []),
        ...(method === 'DELETE' && act.http.danger === 'reads'
          ? [{ path: `${pointer}/http/danger`, message: 'a DELETE does not only read' }]
          : []),
      ]
    }
    case 'do': {
      const refused = refusedCommand(act.do.command)
      return refused ? [{ path: `${pointer}/do/command`, message: refused }] : []
    }
    default:
      return []
  }
}

function approvalFaults(runbook: Runbook, { step, pointer }: Placed): Fault[] {
  const danger = dangerOf(step)
  const why = step.http?.withoutApproval ?? step.do?.withoutApproval
  if (danger === 'reads' || approvalOf(runbook, step.id)) return []
  if (danger === 'destroys')
    return [{ path: pointer, message: `‘${step.name}’ destroys something and nobody approves it: put an \`approve\` step before it` }]
  return why === undefined
    ? [
        {
          path: pointer,
          message: `‘${step.name}’ changes something and nobody approves it: put an \`approve\` step before it, or say in \`withoutApproval\` why it needs none`,
        },
      ]
    : []
}

function conditionFaults(runbook: Runbook, source: string, path: string): Fault[] {
  const compiled = compileCondition(source, declarations)
  if ('faults' in compiled) return compiled.faults.map(({ path: place, message }) => ({ path, message: `${place} ${message}` }))
  return unknownIn(runbook, referencesIn(source, 'condition'), path)
}

function unknownIn(runbook: Runbook, references: Reference[], path: string): Fault[] {
  return references.flatMap(({ root, name, field }): Fault[] => {
    const written = `${root}.${name}`
    if (root === 'inputs')
      return runbook.inputs.some((input) => input.name === name) ? [] : [{ path, message: `${written}: there is no input called ${name}` }]
    if (root === 'incident')
      return incidentFields.has(name) ? [] : [{ path, message: `${written}: an incident has ${[...incidentFields].join(', ')}` }]
    const found = findStep(runbook, name)
    if (!found) return [{ path, message: `${written}: there is no step called ${name}` }]
    if (root === 'answers') return found.step.ask ? [] : [{ path, message: `${written}: ‘${found.step.name}’ asks nothing` }]
    const { step } = found
    const known = ['status', ...Object.keys(step.http?.extract ?? step.do?.extract ?? step.set ?? {}), ...(step.http ? ['code'] : [])]
    return field === undefined || known.includes(field)
      ? []
      : [{ path, message: `${written}.${field}: ‘${step.name}’ gives ${known.join(', ')}` }]
  })
}

function unreachable(runbook: Runbook, steps: readonly Placed[]): Fault[] {
  const seen = reachableFrom(runbook, reachedBy(runbook, firstOf(runbook)))
  return steps.flatMap(({ step, pointer }) =>
    seen.has(step.id) ? [] : [{ path: pointer, message: `‘${step.name}’ is never reached: no step, answer or branch leads to it` }],
  )
}

function reachableFrom(runbook: Runbook, start: string[], passes: (placed: Placed) => boolean = () => true): Set<string> {
  const seen = new Set<string>()
  const waiting = [...start]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const placed = findStep(runbook, id)
    if (!placed || seen.has(id)) continue
    seen.add(id)
    if (passes(placed)) waiting.push(...successorsOf(runbook, placed))
  }
  return seen
}

function loopsWithoutPerson(runbook: Runbook, steps: readonly Placed[]): Fault[] {
  const asksPerson = ({ step }: Placed): boolean => step.ask !== undefined || step.approve !== undefined
  const inLoop = steps.filter(
    (placed) =>
      !asksPerson(placed) && reachableFrom(runbook, successorsOf(runbook, placed), (other) => !asksPerson(other)).has(placed.step.id),
  )
  return inLoop.slice(0, 1).map(({ step, pointer }) => ({
    path: pointer,
    message: `‘${step.name}’ comes back to itself and no person is asked on the way: put a question into the loop`,
  }))
}
