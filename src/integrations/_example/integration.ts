// The folder to copy for a new integration: Beacon, a made-up product with a signed webhook, a channel and an action. It is not in the catalogue.
// An integration knows its outside system and nothing of ours: it imports the kernel, and no clock, socket, database or other integration.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { defineAction, defineIntegration, EffectFailure } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import type { ChannelDefinition, InboundRequest, ParseContext, Parsed } from '#kernel/integration.ts'
import type { Secret } from '#kernel/secret.ts'
import { isWebAddress, type AlertSeverity, type Signal } from '#kernel/signal.ts'
import { epochMs, type Instant } from '#kernel/time.ts'

// 1. What the vendor sends, as little of it as is needed. Unknown fields are allowed here: a vendor may add some at any time.
const Webhook = z.object({
  event: z.enum(['opened', 'closed']),
  problem: z.object({
    id: z.string().min(1).max(255),
    title: z.string().min(1),
    level: z.string(),
    host: z.string().optional(),
    page: z.string().optional(),
  }),
})

// 2. Verification, on the raw bytes. Refuse with a sentence; refuse too when no secret is set. Compare in constant time, and refuse old requests.
const replayWindowSeconds = 300

/** `X-Beacon-Signature: t=<epoch seconds>,v1=<hex>`; v1 is HMAC-SHA256 of `<t>.<body>`. */
function checkSignature(request: InboundRequest, secret: Secret | undefined, now: Instant): true | string {
  if (!secret) return 'No signing secret is set for this integration: set the one that Beacon shows under Webhooks.'
  const [, time, signature] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(request.headers['x-beacon-signature'] ?? '') ?? []
  if (!time || !signature) return 'The header X-Beacon-Signature is missing or not of the form t=…,v1=….'
  if (Math.abs(epochMs(now) / 1000 - Number(time)) > replayWindowSeconds)
    return 'The signature is older than five minutes: check the clock of the sender.'
  const expected = createHmac('sha256', secret.open()).update(`${time}.`).update(request.body).digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) || 'The signature does not fit: the signing secret is another one.'
}

// 3. Parsing, pure: the request to signals in our own words, or a sentence that says what is wrong. It never throws. Texts that are too long are
// cut and addresses that are none are dropped by the way in.
function parse(_: InboundRequest, context: ParseContext): Parsed {
  const body = Webhook.safeParse(context.json())
  if (!body.success)
    return {
      rejected: 'This is not a webhook of Beacon.',
      faults: body.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`),
    }
  const { event, problem } = body.data
  const signal: Signal = {
    action: event === 'closed' ? 'resolve' : 'trigger',
    // What makes two requests be about the same alert. Without one, each trigger opens an alert of its own.
    dedupKey: problem.id,
    title: problem.title,
    severity: severityOf(problem.level),
    labels: problem.host ? { host: problem.host } : {},
    // Only http and https may become links: whoever can post a webhook is the first attacker.
    links: isWebAddress(problem.page) ? [{ href: problem.page, text: 'Open in Beacon' }] : [],
  }
  return { signals: [signal] }
}

function severityOf(level: string): AlertSeverity {
  switch (level.toLowerCase()) {
    case 'down':
      return 'critical'
    case 'degraded':
      return 'warning'
    case 'notice':
      return 'info'
    default:
      return 'error'
  }
}

// 4. A channel only sends. Deduplication, retry, rate limits, quiet hours and wording are ours. It answers with a result and does not throw.
const pager: ChannelDefinition = {
  summary: 'A message on the Beacon app',
  address: z.strictObject({ device: z.string().regex(/^[a-z0-9]{8,40}$/) }),
  // Beacon shows two messages with one Idempotency-Key once: an uncertain delivery can be repeated without harm.
  recognisesKey: true,
  async send({ outbound, settings }, address, message) {
    const token = settings('beaconToken')
    if (!token) return { status: 'failed', canRetry: false, reason: 'no Beacon token is set' }
    try {
      const { status } = await outbound.fetch({
        url: 'https://api.beacon.example/v1/messages',
        method: 'POST',
        headers: { authorization: `Bearer ${token.open()}`, 'content-type': 'application/json', 'idempotency-key': message.key },
        body: JSON.stringify({ to: address, title: message.title, text: message.body, url: message.url, loud: message.urgency === 'page' }),
      })
      if (status >= 200 && status < 300) return { status: 'delivered' }
      if (status === 410) return { status: 'failed', canRetry: false, gone: true, reason: 'the device is no longer registered' }
      return { status: 'failed', canRetry: status === 429 || status >= 500, reason: `Beacon answered ${status}` }
    } catch (error) {
      if (error instanceof AppError)
        return {
          status: 'failed',
          canRetry: error.code !== 'refused',
          inDoubt: error.code === 'unavailable',
          reason: `Beacon: ${error.message}`,
        }
      throw error
    }
  },
}

// 5. An action is one function. It becomes a runbook's step. `danger` decides who must approve it; `preview` says what will happen before it does.
const listProblems = defineAction({
  summary: 'List the open problems of a host',
  input: z.strictObject({ host: z.string().min(1).max(200) }),
  output: z.object({ titles: z.array(z.string()) }),
  danger: 'reads',
  preview: ({ host }) => `Asks Beacon for the open problems of ${host}`,
  async run({ outbound, settings }, { host }) {
    const token = settings('beaconToken')
    if (!token) throw new EffectFailure('no Beacon token is set', { canRetry: false })
    const answer = await outbound.fetch({
      url: `https://api.beacon.example/v1/problems?host=${encodeURIComponent(host)}`,
      headers: { authorization: `Bearer ${token.open()}` },
    })
    if (answer.status !== 200)
      throw new EffectFailure(`Beacon answered ${answer.status}`, { canRetry: answer.status === 429 || answer.status >= 500 })
    const problems = z.object({ problems: z.array(z.object({ title: z.string() })) }).safeParse(JSON.parse(answer.text()))
    if (!problems.success) throw new EffectFailure('Beacon answered something else than a list of problems', { canRetry: false })
    return { titles: problems.data.problems.map(({ title }) => title) }
  },
})

export const example = defineIntegration({
  id: '_example',
  name: 'Beacon',
  docs: 'Takes the signed webhook of Beacon, and sends messages to its app.',
  sources: {
    webhook: {
      summary: 'Beacon’s webhook: opened, closed',
      verify: { kind: 'checked', scheme: 'HMAC-SHA256 over time and body', check: checkSignature },
      subpaths: [''],
      parse,
      accepted: () => ({ status: 202 }),
      refused: (reason, faults, status) => ({ status, body: { error: reason, faults } }),
      setup: ({ url }) => [{ title: 'In Beacon, under Webhooks', language: 'text', text: `Address:  ${url}\nEvents:   opened, closed\n` }],
    },
  },
  channels: { beacon: pager },
  actions: { listProblems },
})
