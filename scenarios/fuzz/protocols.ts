// The ways in that are fuzzed: what real clients sent to them, an event that is surely valid, and what each may answer.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Received } from '../world/server.ts'
import type { Recorded, Request } from './mutate.ts'

export type Protocol = {
  name: string
  kind: 'alertmanager' | 'pagerduty'
  /** Whether the key stands in the address, so that whatever is wrong with a body is kept for its owner. */
  keyInPath: boolean
  recorded: readonly Recorded[]
  /** Where what was taken stands. */
  kept: 'alerts' | 'changes'
  /** A request that must be taken, and is found again by this id. */
  valid(id: string): Request
  /** Says what is wrong with an answer; undefined when nothing is. */
  fault(answer: Received): string | undefined
}

export const keys = { alertmanager: 'fuzz-alertmanager-key', pagerduty: 'f0000000000000000000000000000001' } as const

const json = { 'content-type': 'application/json' }
const bearer = { authorization: `Bearer ${keys.alertmanager}` }
const webhookOf = (id: string) => ({
  version: '4',
  receiver: 'tocsin',
  alerts: [{ status: 'firing', fingerprint: id, labels: { alertname: 'valid', id }, startsAt: '2026-11-23T14:00:00Z' }],
})
const eventOf = (id: string) => ({
  routing_key: keys.pagerduty,
  event_action: 'trigger',
  dedup_key: id,
  payload: { summary: `valid ${id}`, source: 'fuzz', severity: 'info', custom_details: { id } },
})
const changeOf = (id: string) => ({ routing_key: keys.pagerduty, payload: { summary: `valid ${id}`, custom_details: { id } } })
const requestOf = (path: string, body: unknown, headers: Record<string, string> = {}): Request => ({
  method: 'POST',
  path,
  headers: { ...json, ...headers },
  body: Buffer.from(JSON.stringify(body)),
})

/** Each valid event carries its id as the label `id`, in its details, or as its deduplication key. */
export const protocols: readonly Protocol[] = [
  {
    name: 'Alertmanager webhook',
    kind: 'alertmanager',
    kept: 'alerts',
    keyInPath: true,
    recorded: recordedIn('alertmanager', (file) => !file.startsWith('prometheus-')).map(({ body }) => ({
      path: `/in/${keys.alertmanager}`,
      headers: json,
      body,
    })),
    valid: (id) => requestOf(`/in/${keys.alertmanager}`, webhookOf(id)),
    fault: alertmanagerFault,
  },
  ...[true, false].map((keyInPath): Protocol => ({
    name: keyInPath ? 'Alertmanager API below a key' : 'Alertmanager API',
    kind: 'alertmanager',
    kept: 'alerts',
    keyInPath,
    recorded: recordedIn('alertmanager', (file) => file.startsWith('prometheus-')).map(({ body }) => ({
      path: keyInPath ? `/in/${keys.alertmanager}/api/v2/alerts` : '/api/v2/alerts',
      headers: { ...json, ...(keyInPath ? {} : bearer) },
      body,
    })),
    valid: (id) =>
      requestOf(
        keyInPath ? `/in/${keys.alertmanager}/api/v2/alerts` : '/api/v2/alerts',
        [{ labels: { alertname: 'valid', id } }],
        keyInPath ? {} : bearer,
      ),
    fault: alertmanagerFault,
  })),
  ...[true, false].map((keyInPath): Protocol => ({
    name: keyInPath ? 'PagerDuty Events below a key' : 'PagerDuty Events',
    kind: 'pagerduty',
    kept: 'alerts',
    keyInPath,
    recorded: pagerdutyRecorded(keyInPath ? `/in/${keys.pagerduty}/v2/enqueue` : '/v2/enqueue', () => true),
    valid: (id) => requestOf(keyInPath ? `/in/${keys.pagerduty}/v2/enqueue` : '/v2/enqueue', eventOf(id)),
    fault: pagerdutyFault(['dedup_key']),
  })),
  {
    name: 'PagerDuty change events',
    kind: 'pagerduty',
    kept: 'changes',
    keyInPath: false,
    recorded: pagerdutyRecorded('/v2/change/enqueue', (file) => file.includes('change')),
    valid: (id) => requestOf('/v2/change/enqueue', changeOf(id)),
    fault: pagerdutyFault([]),
  },
]

function pagerdutyRecorded(path: string, wanted: (file: string) => boolean): Recorded[] {
  return recordedIn('pagerduty', wanted).map(({ body }) => ({
    path,
    headers: json,
    body: { ...(body as object), routing_key: keys.pagerduty },
  }))
}

function recordedIn(integration: string, wanted: (file: string) => boolean): { body: unknown }[] {
  const folder = fileURLToPath(new URL(`../../src/integrations/${integration}/fixtures/`, import.meta.url))
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && wanted(file))
    .sort()
    .map((file) => ({ body: (JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as { request: { body: unknown } }).request.body }))
}

/** A 2xx is all that Alertmanager reads; every refusal says why, for the person who reads its log. */
function alertmanagerFault({ status, text, json: body }: Received): string | undefined {
  if (status === 200) return text === '' ? undefined : `200 with the body ${text.slice(0, 80)}`
  return refusalFault(status, body)
}

/** https://developer.pagerduty.com/docs/send-alert-event, and send-change-events: 202 with `status`, `message` and these keys, 400 with a list of errors. */
function pagerdutyFault(named: readonly string[]): Protocol['fault'] {
  return ({ status, json: body }) => {
    const answer = (body ?? {}) as Record<string, unknown>
    if (status !== 202)
      return refusalFault(status, body) ?? (status !== 400 || Array.isArray(answer['errors']) ? undefined : '400 without a list of errors')
    const isKey = (key: unknown) => typeof key === 'string' && key !== '' && Array.from(key).length <= 255
    const isWhole = answer['status'] === 'success' && typeof answer['message'] === 'string' && named.every((name) => isKey(answer[name]))
    return isWhole ? undefined : `202 without its fields: ${JSON.stringify(body)}`
  }
}

function refusalFault(status: number, body: unknown): string | undefined {
  if (status >= 500) return `the answer is ${status}`
  if (![400, 401, 404, 405, 413, 415].includes(status)) return `the answer is ${status}, which nobody expects`
  return typeof (body as { message?: unknown } | undefined)?.message === 'string' ? undefined : `${status} without a sentence`
}
