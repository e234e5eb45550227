// The outside of a run: HTTP calls that read, HTTP calls that change, and commands of the catalogue. What must stay true: a call that changes
// something is sent at most once, and when that cannot be told, the outcome says so.
import { z } from 'zod'
import type { TeamId } from '#kernel/actor.ts'
import { defineEffect, EffectFailure } from '#kernel/define.ts'
import type { LookContext } from '#kernel/effect.ts'
import { AppError } from '#kernel/errors.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { OutboundResponse } from '#kernel/outbound.ts'
import { ordinaryLimits, parse } from '#platform/http/parse.ts'
import { findIncident } from '#domains/incidents/index.ts'
import { actorOfRun } from './acting.ts'
import { credentialsOf, type Credentials } from './credentials.ts'
import { RunIdSchema, UserIdSchema, type RunId } from './events.ts'
import { valueAt } from './pointer.ts'
import { redactor } from './redact.ts'
import { findRunAsSystem } from './run-store.ts'
import { findConnection } from './store.ts'

const Texts = z.record(z.string(), z.string())
const HttpInput = z.object({
  runId: RunIdSchema,
  connection: z.string().nullable(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string(),
  headers: Texts,
  body: z.string().nullable(),
  expect: z.array(z.number()).nullable(),
  extract: Texts,
  timeoutSeconds: z.number(),
})
const CommandInput = z.object({
  runId: RunIdSchema,
  starter: z.object({ userId: UserIdSchema, limitedTo: z.array(z.string()).nullable() }).nullable(),
  command: z.string(),
  input: z.record(z.string(), z.unknown()),
  extract: Texts,
})
/** How a call went. `answered`: there is an answer, `ok` when it is one of those that were expected. `in-doubt`: it may have happened. */
const Outcome = z.discriminatedUnion('result', [
  z.object({
    result: z.literal('answered'),
    ok: z.boolean(),
    code: z.number().nullable(),
    reason: z.string(),
    output: z.string(),
    extracted: z.record(z.string(), z.unknown()),
  }),
  z.object({ result: z.literal('refused'), reason: z.string() }),
  z.object({ result: z.literal('in-doubt'), reason: z.string() }),
])
export type CallOutcome = z.output<typeof Outcome>
export const CallOutcomeSchema = Outcome

const readAttempts = 3

export const readOutside = defineEffect({
  name: 'runbooks.read-outside',
  input: HttpInput,
  outcome: Outcome,
  repeat: 'always',
  retry: { attempts: readAttempts, firstSeconds: 2 },
  look: readConnection,
  looksAtOnce: true,
  async run(context, input, found): Promise<CallOutcome> {
    if ('result' in found) return found
    const call = prepared(input, found)
    try {
      const response = await context.outbound.fetch({ ...call.request, maxRedirects: 5, mayRepeat: true })
      const later = response.status === 429 || response.status >= 500
      if (later && context.attempt < readAttempts && !input.expect?.includes(response.status))
        throw new EffectFailure(`it answered ${response.status}`, { canRetry: true })
      return answered(input, response, call.redact)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'unavailable' && context.attempt < readAttempts)
        throw new EffectFailure(call.redact(error.message), { canRetry: true })
      return { result: 'refused', reason: call.redact(error.message) }
    }
  },
})

export const changeOutside = defineEffect({
  name: 'runbooks.change-outside',
  input: HttpInput,
  outcome: Outcome,
  repeat: 'never',
  retry: { attempts: 1, firstSeconds: 2 },
  look: readConnection,
  looksAtOnce: true,
  async run(context, input, found): Promise<CallOutcome> {
    if ('result' in found) return found
    const call = prepared(input, found)
    try {
      // Also a GET: what says that it changes something is sent once.
      return answered(input, await context.outbound.fetch({ ...call.request, maxRedirects: 0, mayRepeat: false }), call.redact)
    } catch (error) {
      if (!(error instanceof AppError)) return { result: 'in-doubt', reason: 'the call broke off' }
      // Refused and invalid calls never left; one without an answer may have arrived all the same.
      return { result: error.code === 'unavailable' ? 'in-doubt' : 'refused', reason: call.redact(error.message) }
    }
  },
})

export const runCatalogueCommand = defineEffect({
  name: 'runbooks.command',
  input: CommandInput,
  outcome: Outcome,
  repeat: 'with-key',
  retry: { attempts: 5, firstSeconds: 2 },
  async look({ scope }, input) {
    const run = await findRunAsSystem(scope, input.runId)
    if (!run || run.phase === 'stopping') return 'stopped'
    const incident = run.incidentId === null ? undefined : await findIncident(scope, run.incidentId)
    const teams = [run.teamId, incident?.teamId ?? null].filter((team): team is TeamId => team !== null)
    return actorOfRun(scope, run, input.starter, teams)
  },
  async run(context, input, actor): Promise<CallOutcome> {
    if (actor === 'stopped') return stopped
    if (!actor) return { result: 'refused', reason: 'the person who started this run may not do anything any more' }
    try {
      const output = await context.ask(input.command, actor, input.input)
      const text = JSON.stringify(output, null, 2) ?? ''
      const { extracted, absent } = extract(output, input.extract)
      const reason = absent.length === 0 ? 'done' : `the answer has nothing at ${absent.join(', ')}`
      return { result: 'answered', ok: absent.length === 0, code: null, reason, output: shortened(text), extracted }
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal' || error.code === 'unavailable') throw error
      const places = error.faults.map(({ path, message }) => `${path} ${message}`).join('; ')
      return { result: 'refused', reason: places ? `${error.message} ${places}` : error.message }
    }
  },
})

const stopped: CallOutcome = { result: 'refused', reason: 'the run was stopped before this was sent' }

type Prepared = {
  request: {
    url: string
    method: z.output<typeof HttpInput>['method']
    headers: Record<string, string>
    body?: string
    timeoutSeconds: number
  }
  redact: (text: string) => string
}

function prepared(input: z.output<typeof HttpInput>, { url, headers, secrets }: Credentials): Prepared {
  return {
    request: {
      url,
      method: input.method,
      headers: { ...input.headers, ...headers },
      ...(input.body === null ? {} : { body: input.body }),
      timeoutSeconds: input.timeoutSeconds,
    },
    redact: redactor(secrets),
  }
}

/** Looks at the run and the connection right before the call. */
async function readConnection(
  { scope, vault }: LookContext,
  input: { runId: RunId; connection: string | null; url: string },
): Promise<Credentials | CallOutcome> {
  const [run, connection] = await allOfThem([
    findRunAsSystem(scope, input.runId),
    input.connection === null ? undefined : findConnection(scope, input.connection),
  ])
  if (!run || run.phase === 'stopping') return stopped
  if (input.connection === null) return { url: input.url, headers: {}, secrets: [] }
  const credentials = credentialsOf(connection, vault, { slug: input.connection, teamId: run.teamId, url: input.url })
  return 'refused' in credentials ? { result: 'refused', reason: credentials.refused } : credentials
}

function answered(input: z.output<typeof HttpInput>, response: OutboundResponse, redact: (text: string) => string): CallOutcome {
  const text = redact(response.text().replaceAll('\0', '\ufffd').toWellFormed())
  const expected = input.expect?.includes(response.status) ?? (response.status >= 200 && response.status < 300)
  const wanted = Object.keys(input.extract).length > 0
  const { extracted, absent } = expected && wanted ? extract(jsonOf(text), input.extract) : { extracted: {}, absent: [] }
  const reason = !expected
    ? `it answered ${response.status}`
    : absent.length > 0
      ? `its answer has nothing at ${absent.join(', ')}`
      : `answered ${response.status}`
  return { result: 'answered', ok: expected && absent.length === 0, code: response.status, reason, output: shortened(text), extracted }
}

function jsonOf(text: string): unknown {
  try {
    return parse('json', Buffer.from(text), { ...ordinaryLimits, refuseDuplicates: false })
  } catch {
    // Not JSON, or more than may be read: then nothing is found at any pointer, and the step says so.
    return undefined
  }
}

const longestValue = 4000

function extract(value: unknown, pointers: Readonly<Record<string, string>>): { extracted: Record<string, unknown>; absent: string[] } {
  const found = Object.entries(pointers).map(([name, pointer]) => ({ name, pointer, at: valueAt(value, pointer) }))
  return {
    extracted: Object.fromEntries(found.flatMap(({ name, at }) => (at === undefined ? [] : [[name, small(at)]]))),
    absent: found.filter(({ at }) => at === undefined).map(({ pointer }) => pointer || '(the whole)'),
  }
}

const small = (value: unknown): unknown => {
  const text = JSON.stringify(value)
  return text.length <= longestValue ? value : `${text.slice(0, longestValue)}…`
}

const longestOutput = 16_000
const shortened = (text: string): string =>
  text.length <= longestOutput ? text : `${text.slice(0, longestOutput)}\n… (${text.length} characters in all)`
