// PagerDuty's Events API v2 at its original paths: a sender changes its host and nothing else.
// Pure: body → signal or change. https://developer.pagerduty.com/docs/events-api-v2-overview, https://developer.pagerduty.com/docs/send-change-events
import { z } from 'zod'
import { defineIntegration, unsigned } from '#kernel/define.ts'
import type { Answer, InboundRequest, ParseContext, Parsed } from '#kernel/integration.ts'
import { severities, type Signal } from '#kernel/signal.ts'
import { sentInstant } from '#kernel/time.ts'

const invalid = (errors: string[]): Answer => ({
  status: 400,
  body: { status: 'invalid event', message: 'Event object is invalid', errors },
})
/** So many characters, as senders count them when they cut a text to that: one beyond the basic plane is two in JavaScript. */
const text = (max: number) =>
  z.string().superRefine((value, context) => {
    if (value.length > max && [...value].length > max)
      context.addIssue({ code: 'too_big', origin: 'string', maximum: max, inclusive: true, input: value })
  })

const Payload = z.object({
  summary: text(1024).min(1),
  source: text(1024).min(1),
  severity: z.enum(severities),
  timestamp: z.string().optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.json().optional(),
})
const Links = z.array(z.object({ href: z.string(), text: z.string().optional() }))
const Event = z.object({
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: text(255).min(1).optional(),
  payload: Payload.optional(),
  client: z.string().optional(),
  client_url: z.string().optional(),
  links: Links.optional(),
  images: z.array(z.object({ src: z.string(), href: z.string().optional(), alt: z.string().optional() })).optional(),
})

const Change = z.object({
  payload: z.object({
    summary: text(1024).min(1),
    source: text(1024).optional(),
    timestamp: z.string().optional(),
    custom_details: z.json().optional(),
  }),
  links: Links.optional(),
})

const changePath = '/v2/change/enqueue'
const unknownKey = invalid(["'routing_key' is invalid: no integration has it"])

export const pagerduty = defineIntegration({
  id: 'pagerduty',
  name: 'PagerDuty Events API v2',
  docs: 'Anything that can send to PagerDuty: change the host, keep the key.',
  sources: {
    webhook: {
      summary: 'Events API v2: trigger, acknowledge, resolve; change events',
      verify: unsigned('The protocol has no signature: the 32-character routing key in the body is the secret.'),
      subpaths: ['', '/v2/enqueue', changePath],
      maxBytes: 512 * 1024,
      dropIn: [
        { method: 'POST', path: '/v2/enqueue', keyIn: 'body', key: routingKey, unknownKey },
        { method: 'POST', path: changePath, keyIn: 'body', key: routingKey, unknownKey },
      ],
      parse: (request, context) => (request.subpath === changePath ? parseChange : parse)(request, context),
      accepted: ([dedupKey], { subpath }) =>
        subpath === changePath
          ? { status: 202, body: { status: 'success', message: 'Change event processed' } }
          : { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: dedupKey } },
      refused: (reason, faults, status) =>
        status === 400
          ? invalid(faults.length > 0 ? faults : [reason])
          : { status, body: { status: 'invalid event', message: reason, errors: faults } },
      setup: ({ host, key, url }) => [
        {
          title: 'Any PagerDuty client',
          language: 'text',
          text: `Host:         ${host}   (instead of events.pagerduty.com)\nRouting key:  ${key}\n`,
        },
        {
          title: 'A first alert by hand',
          language: 'sh',
          text: `curl -X POST ${new URL('/v2/enqueue', url).href} -H 'Content-Type: application/json' -d '{"routing_key":"${key}","event_action":"trigger","payload":{"summary":"The first alert works","source":"curl","severity":"critical"}}'\n`,
        },
        {
          title: 'A deployment, as the last step of a pipeline',
          language: 'sh',
          text: `curl -X POST ${new URL(changePath, url).href} -H 'Content-Type: application/json' -d '{"routing_key":"${key}","payload":{"summary":"4.18.2 was deployed","source":"ci"}}'\n`,
        },
      ],
    },
  },
})

function routingKey(request: InboundRequest, context: ParseContext): string | undefined {
  const body = context.json()
  const key = isObject(body) ? body['routing_key'] : undefined
  if (typeof key === 'string' && key !== '') return key
  const header = request.headers['x-routing-key']
  return header === '' ? undefined : header
}

/** The key stands in the body or in a header, also where our own address says already whose it is. */
const keyFaults = (request: InboundRequest, context: ParseContext): string[] =>
  routingKey(request, context) === undefined ? ["'routing_key' is missing or blank"] : []

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Senders write null for what they do not say; in `custom_details` it may be something that they say. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) =>
      one === null ? [] : [[name, ['payload', 'links', 'images'].includes(name) ? withoutNulls(one) : one]],
    ),
  )
}

const needsKey = (event: Record<string, unknown>): boolean => event['event_action'] === 'acknowledge' || event['event_action'] === 'resolve'

/** An end must not be lost for what only a beginning needs: what an acknowledgement or an end says besides its key counts as far as it can be read. */
function asMeant(sent: unknown): unknown {
  const event = withoutNulls(sent)
  if (!isObject(event)) return event
  if (event['dedup_key'] === '') delete event['dedup_key']
  if (!needsKey(event)) return event
  const { event_action, dedup_key, ...besides } = event
  return { event_action, dedup_key, ...Event.safeParse({ event_action, ...besides }).data }
}

function parse(request: InboundRequest, context: ParseContext): Parsed {
  const body = asMeant(context.json())
  const parsed = Event.safeParse(body)
  const faults = [...keyFaults(request, context), ...(parsed.error?.issues.map(faultOf) ?? [])]
  const given = isObject(body) ? body : {}
  if (given['event_action'] === 'trigger' && given['payload'] === undefined) faults.push("'payload' is missing or blank")
  if (needsKey(given) && given['dedup_key'] === undefined) faults.push("'dedup_key' is missing or blank")
  const startedAt = timeOf(parsed.data?.payload?.timestamp)
  if (!parsed.success || faults.length > 0) return { rejected: 'Event object is invalid', faults }
  const { event_action: action, dedup_key: dedupKey, payload, links, images, client, client_url: clientUrl } = parsed.data
  const signal: Signal = {
    action,
    ...(dedupKey ? { dedupKey } : {}),
    title: payload?.summary ?? dedupKey ?? 'Event',
    severity: payload?.severity ?? 'error',
    labels: Object.fromEntries(
      Object.entries({ source: payload?.source, component: payload?.component, group: payload?.group, class: payload?.class }).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
      ),
    ),
    ...(payload?.custom_details === undefined ? {} : { details: payload.custom_details }),
    links: [...(clientUrl && /^https?:/i.test(clientUrl) ? [{ href: clientUrl, text: client ?? 'Source' }] : []), ...linksOf(links)],
    images: (images ?? []).filter((image) => /^https:/i.test(image.src)),
    source: client ?? 'pagerduty',
    ...(startedAt ? { startedAt } : {}),
  }
  return { signals: [signal] }
}

/** `custom_details.service`: the service that it is about, where one pipeline deploys many. */
function parseChange(request: InboundRequest, context: ParseContext): Parsed {
  const parsed = Change.safeParse(withoutNulls(context.json()))
  const faults = [...keyFaults(request, context), ...(parsed.error?.issues.map(faultOf) ?? [])]
  if (!parsed.success || faults.length > 0) return { rejected: 'Change event object is invalid', faults }
  const { payload, links } = parsed.data
  const { summary, source, custom_details: details } = payload
  const at = timeOf(payload.timestamp)
  const service = isObject(details) ? details['service'] : undefined
  const change = {
    summary,
    links: linksOf(links),
    ...(at ? { at } : {}),
    ...(source ? { source } : {}),
    ...(typeof service === 'string' ? { service } : {}),
    ...(details === undefined ? {} : { details }),
  }
  return { signals: [], changes: [change] }
}

const linksOf = (links: z.output<typeof Links> | undefined): { href: string; text: string }[] =>
  (links ?? []).filter(({ href }) => /^https?:/i.test(href)).map(({ href, text: says }) => ({ href, text: says ?? href }))

/** Undefined for a text that is no time. */
function timeOf(text: string | undefined) {
  try {
    return text ? sentInstant(text) : undefined
  } catch {
    return undefined
  }
}

function faultOf(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.')
  if (field === 'payload.severity')
    return "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"
  if (field === 'event_action') return "'event_action' must be one of trigger, acknowledge, resolve"
  if (issue.code === 'too_big') return `'${field}' is too long (at most ${String(issue.maximum)} characters)`
  return field === '' ? 'the event must be a JSON object' : `'${field}' is missing or blank`
}
