// What every integration promises, asked of all alike: those of the catalogue, and the one that is there to be copied.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { fittedChange, ReportedChangeSchema } from '#kernel/change.ts'
import { EffectFailure } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import type { ChannelDefinition, ChannelMessage, InboundRequest, ParseContext, Parsed, SourceDefinition } from '#kernel/integration.ts'
import type { Outbound, OutboundRequest } from '#kernel/outbound.ts'
import { Secret } from '#kernel/secret.ts'
import { fitted, SignalSchema } from '#kernel/signal.ts'
import { addSeconds, instant, type Instant } from '#kernel/time.ts'
import { ingestLimits, parse } from '#platform/http/parse.ts'
import { example } from './_example/integration.ts'
import { integrations } from './catalogue.ts'
import { actionSamples, channelSamples } from './samples.ts'

type Fixture = {
  request: { method: string; path: string; headers: Record<string, string>; body?: unknown; bodyText?: string }
  response?: { status: number }
  means?: { signals?: number; action?: string; rejected?: boolean }
  secret?: string
  receivedAt?: string
}

const all = [...integrations, example]
const now = instant('2026-11-23T14:00:05Z')
const attacks: string[] = (
  JSON.parse(readFileSync(fileURLToPath(new URL('../platform/text/fixtures/xss.json', import.meta.url)), 'utf8')) as {
    input: { text: string }
  }[]
)
  .map(({ input }) => input.text)
  .filter((text) => typeof text === 'string')
  .concat(
    'x'.repeat(5000),
    `https://example.org/${'x'.repeat(5000)}`,
    'https:',
    'https://',
    'http:\\\\evil.test',
    '2026-13-45T99:99:99Z',
    ' ',
    '\0',
  )

const sources = all.flatMap((integration) => (integration.sources ? [[integration.id, integration.sources.webhook] as const] : []))
const channels = all.flatMap((integration) =>
  Object.entries(integration.channels ?? {}).map(([name, channel]) => [`${integration.id}/${name}`, channel] as const),
)
const actions = all.flatMap((integration) =>
  Object.entries(integration.actions ?? {}).map(([name, action]) => [`${integration.id}/${name}`, action] as const),
)

function fixturesOf(id: string): (readonly [string, Fixture])[] {
  const folder = fileURLToPath(new URL(`${id}/fixtures/`, import.meta.url))
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => [file, JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Fixture] as const)
}

function requestOf(source: SourceDefinition, { request }: Pick<Fixture, 'request'>, body?: string): InboundRequest {
  return {
    method: request.method,
    path: request.path,
    subpath: source.subpaths.includes(request.path) ? request.path : '',
    query: {},
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body ?? request.bodyText ?? JSON.stringify(request.body)),
  }
}

const contextOf = (request: InboundRequest, receivedAt: Instant = now): ParseContext => ({
  receivedAt,
  json: () => parse('json', request.body, ingestLimits),
  form: () => parse('form', request.body, ingestLimits) as Record<string, string>,
  othersTurn: () => Promise.resolve(),
})
/** What the way in makes of it: a refusal in words of the parser is a rejection, anything else that is thrown is a fault of the source. */
async function parsed(source: SourceDefinition, request: InboundRequest): Promise<Parsed> {
  try {
    const result = await source.parse(request, contextOf(request))
    if ('rejected' in result) return result
    const changes = result.changes?.map(fittedChange)
    return { ...result, signals: result.signals.map(fitted), ...(changes ? { changes } : {}) }
  } catch (error) {
    if (error instanceof AppError) return { rejected: error.message }
    throw error
  }
}

const hostile = [
  '',
  'null',
  'true',
  '0',
  '""',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '{"alerts":null}',
  '{"alerts":[null,1,"x",[],{}]}',
  '[{"labels":null}]',
  '{"event":{}}',
  '{"payload":[]}',
  '{"__proto__":{"a":1}}',
  `{"a":"${'x'.repeat(300_000)}"}`,
  '['.repeat(500),
  '\u0000',
  '\ufffd',
  '{"a":1e999}',
  '{"version":"4","alerts":[{"status":"firing","labels":{"a":"b"},"startsAt":"not a time"}]}',
]

describe.each(sources)('the source %s', (id, source) => {
  const fixtures = fixturesOf(id)

  test('says what it takes and how its sender proves itself', () => {
    expect(source.summary).toMatch(/\w+ \w+/)
    if (source.verify.kind === 'unsigned') expect(source.verify.why).toMatch(/^[A-Z].{30,}\.$/)
    else expect(source.verify.scheme).not.toBe('')
    expect(source.subpaths).toContain('')
  })

  test('has recorded requests, and says where they come from', () => {
    expect(fixtures.length).toBeGreaterThan(0)
    expect(existsSync(fileURLToPath(new URL(`${id}/fixtures/ORIGIN.md`, import.meta.url)))).toBe(true)
  })

  test.each(fixtures)('understands %s', async (_, fixture) => {
    const result = await parsed(source, requestOf(source, fixture))
    const isRefused = fixture.means?.rejected ?? (fixture.response?.status ?? 200) >= 400
    if (isRefused) return expect(result).toMatchObject({ rejected: expect.stringMatching(/\w+ \w+/) })
    const { signals, changes = [] } = result as { signals: unknown[]; changes?: unknown[] }
    expect(signals.length).toBe(fixture.means?.signals ?? signals.length)
    expect(signals.length + changes.length).toBeGreaterThan(0)
    for (const signal of signals) expect(SignalSchema.safeParse(signal).error).toBeUndefined()
    for (const change of changes) expect(ReportedChangeSchema.safeParse(change).error).toBeUndefined()
    if (fixture.means?.action) expect(signals).toMatchObject(signals.map(() => ({ action: fixture.means!.action })))
  })

  test('is pure: the same request means the same, and is left as it was', async () => {
    for (const [, fixture] of fixtures) {
      const request = requestOf(source, fixture)
      const before = Buffer.from(request.body)
      expect(await parsed(source, request)).toEqual(await parsed(source, request))
      expect(Buffer.from(request.body).equals(before)).toBe(true)
    }
  })

  test('refuses what it does not understand with a sentence, and never breaks on it', async () => {
    for (const subpath of source.subpaths)
      for (const body of hostile) {
        const request = { ...requestOf(source, { request: { method: 'POST', path: subpath, headers: {} } }, body), subpath }
        const result = await parsed(source, request)
        if ('rejected' in result) expect(result.rejected).toMatch(/\w+ \w+/)
        else {
          for (const signal of result.signals) expect(SignalSchema.safeParse(signal).error).toBeUndefined()
          for (const change of result.changes ?? []) expect(ReportedChangeSchema.safeParse(change).error).toBeUndefined()
        }
      }
  })

  test('hands hostile text on as text: what it makes of it is valid, and its links are web addresses', async () => {
    for (const [file, fixture] of [...fixtures.slice(0, 6), ...fixtures.filter(([name]) => name.includes('change'))]) {
      const text = fixture.request.bodyText ?? JSON.stringify(fixture.request.body)
      for (const leaf of leavesOf(JSON.parse(text)))
        for (const attack of attacks) {
          const result = await parsed(source, requestOf(source, fixture, JSON.stringify(withLeaf(JSON.parse(text), leaf, attack))))
          if ('rejected' in result) continue
          for (const signal of result.signals) {
            expect([file, leaf.join('.'), SignalSchema.safeParse(signal).error?.issues]).toEqual([file, leaf.join('.'), undefined])
            for (const link of [...(signal.links ?? []).map(({ href }) => href), ...(signal.images ?? []).map(({ src }) => src)])
              expect(new URL(link).protocol).toMatch(/^https?:$/)
          }
          for (const change of result.changes ?? []) {
            expect([file, leaf.join('.'), ReportedChangeSchema.safeParse(change).error?.issues]).toEqual([file, leaf.join('.'), undefined])
            for (const { href } of change.links) expect(new URL(href).protocol).toMatch(/^https?:$/)
          }
        }
    }
  })

  test('answers 2xx to what it took, and never to what it refused', () => {
    const request = requestOf(source, { request: { method: 'POST', path: '', headers: {} } }, '{}')
    for (const keys of [[], ['a'], ['a', 'b']]) expect(source.accepted(keys, request).status).toBeLessThan(300)
    for (const status of [400, 401, 413, 415]) expect(source.refused('It is not right.', ['a: b'], status).status).toBe(status)
    for (const { unknownKey } of source.dropIn ?? []) expect(unknownKey.status).toBeGreaterThanOrEqual(400)
  })

  test('finds no key in a request that has none, and breaks on none', () => {
    for (const place of source.dropIn ?? [])
      for (const body of hostile) {
        const request = requestOf(source, { request: { method: place.method, path: place.path, headers: {} } }, body)
        let key: string | undefined
        try {
          key = place.key(request, contextOf(request))
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
        expect(key).toBeUndefined()
      }
  })

  test('tells how to set the sender up, with its address or key to paste', () => {
    const lines = source.setup({ url: 'https://tocsin.test/in/a-key', host: 'tocsin.test', key: 'a-key' })
    expect(lines.length).toBeGreaterThan(0)
    for (const { title, text } of lines) {
      expect(title).not.toBe('')
      expect(text).toMatch(/a-key|tocsin\.test/)
    }
  })

  const { verify } = source
  if (verify.kind === 'checked') {
    const signed = fixtures.filter(([, fixture]) => fixture.secret !== undefined)
    const check = (
      fixture: Fixture,
      change: { secret?: Secret | undefined; body?: string; headers?: Record<string, string>; laterSeconds?: number } = {},
    ) => {
      const request = requestOf(source, fixture, change.body)
      return verify.check(
        { ...request, headers: change.headers ?? request.headers },
        'secret' in change ? change.secret : new Secret(fixture.secret!),
        addSeconds(instant(fixture.receivedAt!), change.laterSeconds ?? 0),
      )
    }

    test('has signed requests among its recorded ones', () => expect(signed.length).toBeGreaterThan(0))

    test.each(signed)('knows the signature of %s, and no other', (_, fixture) => {
      expect(check(fixture)).toBe(true)
      const body = fixture.request.bodyText!
      expect(check(fixture, { body: `${body.slice(0, -1)} }` }), 'a changed body').toEqual(expect.any(String))
      expect(check(fixture, { secret: undefined }), 'no secret set').toEqual(expect.any(String))
      expect(check(fixture, { secret: new Secret('another secret') }), 'another secret').toEqual(expect.any(String))
      expect(check(fixture, { headers: {} }), 'no header').toEqual(expect.any(String))
      for (const laterSeconds of [-360, 360]) expect(check(fixture, { laterSeconds }), 'six minutes off').toEqual(expect.any(String))
      for (const change of [
        () => '',
        (value: string) => `${value}, ${value}`,
        (value: string) => value.slice(0, -2),
        (value: string) => `${value}ff`,
      ]) {
        const headers = Object.fromEntries(Object.entries(requestOf(source, fixture).headers).map(([name, value]) => [name, change(value)]))
        expect(check(fixture, { headers }), 'a changed header').toEqual(expect.any(String))
      }
    })
  }
})

const message: ChannelMessage = {
  key: 'ntf_01k3v0v5b8e6w9d2m4q7r1s5t8',
  repeated: false,
  title: 'checkout: error rate 12 %\r\nBcc: evil@example.org',
  body: '<script>alert(1)</script> {{ 7*7 }}',
  url: 'https://tocsin.test/p/abc',
  urgency: 'page',
}

function outsideThat(answer: (request: OutboundRequest) => number | AppError): Outbound & { asked: OutboundRequest[] } {
  const asked: OutboundRequest[] = []
  const failed = (): AppError => new AppError('unavailable', 'There was no answer within 10 s.')
  return {
    asked,
    fetch(request) {
      asked.push(request)
      const result = answer(request)
      if (typeof result !== 'number') return Promise.reject(result)
      return Promise.resolve({ status: result, headers: {}, bytes: new TextEncoder().encode('{}'), text: () => '{}', url: request.url })
    },
    connectMail: () => {
      const result = answer({ url: 'smtp:' })
      return Promise.reject(typeof result === 'number' ? failed() : result)
    },
  }
}
const settingsOf = (settings: Record<string, string>) => (name: string) =>
  settings[name] === undefined ? undefined : new Secret(settings[name])

describe.each(channels)('the channel %s', (name, channel: ChannelDefinition) => {
  const sample = channelSamples[name]
  const send = (outbound: Outbound, settings = sample!.settings, sent = message) =>
    channel.send(
      { outbound, now, settings: settingsOf(settings), publicUrl: 'https://tocsin.test' },
      channel.address.parse(sample!.address),
      sent,
    )

  test('has a summary, and a sample in samples.ts that its schema takes', () => {
    expect(channel.summary).toMatch(/\w+ \w+/)
    expect(sample, `add '${name}' to src/integrations/samples.ts`).toBeDefined()
    expect(channel.address.safeParse(sample!.address).error).toBeUndefined()
  })

  test('takes no address that is none', () => {
    for (const address of [null, undefined, 0, '', ' ', {}, [], 'x\r\ny: z', { toString: 'x' }])
      expect(channel.address.safeParse(address).success).toBe(false)
  })

  test('without its settings refuses in words, and asks nobody', async () => {
    const outside = outsideThat(() => 200)
    expect(await send(outside, {})).toMatchObject({ status: 'failed', canRetry: false, reason: expect.stringMatching(/\w+ \w+/) })
    expect(outside.asked).toEqual([])
  })

  test.each([
    ['no answer', new AppError('unavailable', 'There was no answer within 10 s.'), true],
    ['an address that is not allowed', new AppError('refused', 'This address is private.'), false],
  ])('tells of %s whether trying again can help, and does not throw', async (_, answer, canRetry) => {
    expect(await send(outsideThat(() => answer))).toMatchObject({ status: 'failed', canRetry, reason: expect.stringMatching(/\w+ \w+/) })
  })

  test.each([
    [200, 'delivered', undefined],
    [500, 'failed', true],
    [503, 'failed', true],
    [429, 'failed', true],
    [400, 'failed', false],
    [403, 'failed', false],
  ])('of an answer %i makes %s', async (status, expected, canRetry) => {
    const outside = outsideThat(() => status)
    const result = await send(outside)
    // A channel that does not speak HTTP has a test of its own for its answers.
    if (outside.asked.length > 0) expect(result).toMatchObject({ status: expected, ...(canRetry === undefined ? {} : { canRetry }) })
    else expect(result.status).toBe('failed')
  })

  test('puts no line break into a header, and no secret into a reason or an address', async () => {
    for (const answer of [200, 500, new AppError('unavailable', 'There was no answer.')]) {
      const outside = outsideThat(() => answer)
      const result = await send(outside)
      expect(JSON.stringify(result)).not.toMatch(/canary/)
      for (const { headers, url } of outside.asked) {
        expect(Object.values(headers ?? {}).join('')).not.toMatch(/[\r\n]/)
        expect(url).not.toMatch(/canary|evil/)
      }
    }
  })
})

describe.each(actions)('the action %s', (name, action) => {
  const sample = actionSamples[name]
  const run = (outbound: Outbound, settings = sample!.settings) =>
    action.run(
      { outbound, key: 'run_1/2/3', now, settings: settingsOf(settings) },
      (action.input as unknown as z.ZodType).parse(sample!.input) as never,
    )

  test('has a summary, a sample in samples.ts, and a sentence that says what it will do', () => {
    expect(action.summary).toMatch(/\w+ \w+/)
    expect(sample, `add '${name}' to src/integrations/samples.ts`).toBeDefined()
    expect(action.preview((action.input as unknown as z.ZodType).parse(sample!.input) as never)).toMatch(/\w+ \w+/)
  })

  test('without its settings fails in words, and asks nobody', async () => {
    const outside = outsideThat(() => 200)
    await expect(run(outside, {})).rejects.toBeInstanceOf(EffectFailure)
    expect(outside.asked).toEqual([])
  })

  test.each([200, 401, 404, 429, 500])('of an answer %i with nothing in it fails in words, if it fails', async (status) => {
    const outside = outsideThat(() => status)
    const failure = await run(outside).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure !== undefined) expect(failure).toBeInstanceOf(EffectFailure)
    if (status >= 400) expect(failure).toMatchObject({ canRetry: status === 429 || status >= 500 })
    expect(String((failure as Error | undefined)?.message)).not.toMatch(/canary/)
    if (action.danger === 'reads') for (const { method } of outside.asked) expect(['GET', 'HEAD']).toContain(method ?? 'GET')
  })
})

test('every integration has an id like its folder, a name and a line of documentation', () => {
  for (const { id, name, docs } of all) {
    expect(existsSync(fileURLToPath(new URL(id, import.meta.url)))).toBe(true)
    expect([id, name !== '', docs.endsWith('.')]).toEqual([id, true, true])
  }
})

/** Paths to every text in a value. */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}

function withLeaf(value: unknown, [key, ...rest]: string[], leaf: string): unknown {
  if (key === undefined) return leaf
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }
  ;(copy as Record<string, unknown>)[key] = withLeaf((value as Record<string, unknown>)[key], rest, leaf)
  return copy
}
