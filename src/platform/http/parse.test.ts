import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { AppError } from '#kernel/errors.ts'
import { inflate } from './inflate.ts'
import { ingestLimits, ordinaryLimits, parse, type BodyKind, type ParseLimits } from './parse.ts'

/** Processor time of this process so far, in milliseconds: what others do on the machine does not count. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

type Bomb = {
  id: string
  input: { format: string; parts: [string, number][] }
  expect: { refused: boolean; status: number | number[]; say?: string; withinMs?: number; maxHeapGrowthMiB?: number; alerts?: number }
}
const bombs = JSON.parse(readFileSync(new URL('./fixtures/bombs.json', import.meta.url), 'utf8')) as Bomb[]

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const bytesOf = (text: string) => Buffer.from(text)
const written = (parts: [string, number][]) =>
  Buffer.concat(
    parts.map(([text, times]) =>
      text.includes('%d')
        ? bytesOf(Array.from({ length: times }, (_, i) => text.replace('%d', String(i))).join(''))
        : Buffer.alloc(bytesOf(text).length * times, text),
    ),
  )

/** What the body becomes, or the refusal. Any error that is not an AppError fails the test. */
async function outcomeOf(work: () => unknown): Promise<{ value: unknown } | AppError> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}
const refusal = async (kind: BodyKind, text: string | Uint8Array, limits: ParseLimits = ordinaryLimits): Promise<AppError> => {
  const outcome = await outcomeOf(() => parse(kind, typeof text === 'string' ? bytesOf(text) : text, limits))
  if (!(outcome instanceof AppError)) throw new Error(`was accepted: ${JSON.stringify(outcome.value).slice(0, 200)}`)
  return outcome
}
const value = (kind: BodyKind, text: string, limits: ParseLimits = ordinaryLimits): unknown => parse(kind, bytesOf(text), limits)

describe.each([
  ['ingest', ingestLimits],
  ['ordinary', ordinaryLimits],
] as const)('with %s limits, three times in one process', (_, limits) => {
  it.each(bombs)('$id is answered in time and leaves the process as it was', async ({ input, expect: expected }) => {
    const [format, packing] = input.format.split('+')
    const plain = written(input.parts)
    const sent = packing === 'gzip' ? gzipSync(plain) : plain
    collect()
    const heapBefore = process.memoryUsage().heapUsed
    for (let time = 0; time < 3; time++) {
      const began = processorMs()
      const outcome = await outcomeOf(async () => parse(format as BodyKind, await inflate(sent, packing, limits.bytes), limits))
      expect(processorMs() - began).toBeLessThan(expected.withinMs ?? 500)
      const status = outcome instanceof AppError ? outcome.status : 200
      expect([expected.status].flat()).toContain(status)
      if (expected.refused) expect(outcome).toBeInstanceOf(AppError)
      if (outcome instanceof AppError) expect(outcome.message).toContain(expected.say ?? '')
      else if (expected.alerts) expect((outcome.value as { alerts: unknown[] }).alerts).toHaveLength(expected.alerts)
      expect(parse('json', bytesOf('{"next":1}'), limits)).toEqual({ next: 1 })
      expect(parse('yaml', bytesOf('next: 1'), limits)).toEqual({ next: 1 })
    }
    collect()
    expect((process.memoryUsage().heapUsed - heapBefore) / 1024 / 1024).toBeLessThan(expected.maxHeapGrowthMiB ?? 64)
  })
})

describe('JSON', () => {
  it('becomes what JSON.parse makes of it, with a byte order mark or without', () => {
    expect(value('json', '\ufeff{"a":[1,{"b":"\\u0041 [{\\"x"}],"c":null}')).toEqual({ a: [1, { b: 'A [{"x' }], c: null })
  })
  it.each([
    ['a reserved key', '{"a":1,\n "__proto__":{"isAdmin":true}}', 'The key __proto__ is reserved: rename it (line 2, column 2).'],
    ['a reserved key, written with escapes', '{"\\u005f_proto__":{}}', '__proto__'],
    ['a reserved key, all in escapes', '{"\\u0063\\u006fnstructo\\u0072":{}}', 'constructor'],
    ['a reserved key deep inside', '[{"x":[{"prototype":1}]}]', 'prototype'],
    ['a reserved key before a blank and its colon', '{"constructor" \n:1}', 'constructor'],
    ['a doubled key', '{"role":"viewer",\n"role":"admin"}', 'The key "role" stands twice in one object (line 2, column 1).'],
    ['a doubled key, one of them escaped', '{"role":1,"r\\u006fle":2}', '"role" stands twice'],
    ['depth 65', '['.repeat(65) + ']'.repeat(65), 'too deep'],
    ['a long string', JSON.stringify('x'.repeat(256 * 1024 + 1)), 'A string is longer than 256 KiB'],
    ['text that is no JSON', '{"a":1,}', 'The body is not JSON'],
    ['half a text', '{"a":[1,2', 'The body is not JSON'],
    ['an unfinished string', '{"a":"x\\', 'The body is not JSON'],
    ['brackets that do not match', '[{]}', 'The body is not JSON'],
    ['closing before opening', ']"', 'The body is not JSON'],
    ['nothing', '', 'The body is empty'],
  ])('is refused with 400 for %s', async (_, text, sentence) => {
    const refused = await refusal('json', text)
    expect(refused.message).toContain(sentence)
    expect(refused.code).toBe('invalid-input')
  })
  it.each([
    ['reserved words as values', '{"a":"__proto__","b":["constructor","prototype"]}'],
    ['reserved words in prose and in escapes', '{"summary":"the \\"__proto__\\": key of \\u005f_proto__"}'],
    ['keys that only resemble them', '{"constructors":1,"__proto_":2,"proto_type":3,"Prototype":4,"precision":5}'],
    ['the same key in two objects', '[{"a":{"k":1}},{"a":{"k":1}},{"a":2}]'],
    ['the same key in an object and its parent', '{"a":{"a":{"a":1}},"b":1}'],
    ['depth 64', '['.repeat(64) + ']'.repeat(64)],
    ['brackets and commas inside of strings', `{"a":"${'[{,'.repeat(1000)}","b":"\\\\"}`],
    ['a string of exactly the bound', JSON.stringify('x'.repeat(256 * 1024))],
  ])('is accepted with %s', (_, text) => expect(value('json', text)).toEqual(JSON.parse(text)))
  it('quotes nothing of the body in an answer', async () => {
    for (const text of ['{"token":"s3cret"x}', 's3cret', '["s3cret"', '{"a":s3cret}'])
      expect((await refusal('json', text)).message).not.toContain('s3cret')
  })
  it('is refused with 413 for one key, item or byte too many, and accepted at the bound', async () => {
    const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',')}}`
    const items = (count: number) => `[${'1,'.repeat(count - 1)}1]`
    expect(Object.keys(value('json', keys(10_000)) as object)).toHaveLength(10_000)
    expect(value('json', items(10_000))).toHaveLength(10_000)
    expect(Object.keys(value('json', keys(200_000), ingestLimits) as object)).toHaveLength(200_000)
    for (const [text, limits] of [
      [keys(10_001), ordinaryLimits],
      [items(10_001), ordinaryLimits],
      [keys(200_001), ingestLimits],
      [' '.repeat(1024 * 1024 + 1), ordinaryLimits],
    ] as const)
      expect((await refusal('json', text, limits)).code).toBe('too-large')
  })
  it('keeps the last of doubled keys where alerts come in', () => expect(value('json', '{"a":1,"a":2}', ingestLimits)).toEqual({ a: 2 }))
  it.each(['{"\\', '""{"\\', '[{"a":1,"\\', '"\\'])('refuses %s, which ends within a character of a key', async (text) => {
    // In memory of their own: after these bytes nothing stands.
    const bytes = new Uint8Array(text.length)
    bytes.set(bytesOf(text))
    for (const limits of [ingestLimits, ordinaryLimits])
      expect(await refusal('json', bytes, limits)).toMatchObject({ code: 'invalid-input', message: expect.stringMatching(/not JSON/) })
  })
  it('refuses bytes that are no UTF-8', async () =>
    expect((await refusal('json', Buffer.from([0x22, 0xff, 0x22]))).message).toContain('UTF-8'))
  it('scans and parses 4 MiB of alerts within a quarter of a second', () => {
    const alert =
      '{"status":"firing","labels":{"alertname":"a","instance":"10.0.0.1:9100","severity":"critical"},"annotations":{"summary":"high \\"load\\""},"startsAt":"2026-11-23T00:00:00Z"}'
    const body = bytesOf(
      `[${Array(Math.floor((4 * 1024 * 1024 - 2) / (alert.length + 1)))
        .fill(alert)
        .join(',')}]`,
    )
    const times = Array.from({ length: 5 }, () => {
      const began = processorMs()
      expect(parse('json', body, ingestLimits)).toHaveLength(body.length > 0 ? Math.floor((4 * 1024 * 1024 - 2) / (alert.length + 1)) : 0)
      return processorMs() - began
    })
    expect(Math.min(...times)).toBeLessThan(250)
  })
})

describe('forms', () => {
  it('are flat records of texts', () =>
    expect(value('form', 'a=1+2%263&b=&c&d[e]=%E2%82%AC&')).toEqual({ a: '1 2&3', b: '', c: '', 'd[e]': '€' }))
  it.each([
    ['a reserved field', 'a=1&__proto__=2'],
    ['a reserved field in escapes', '%5f_proto__=2'],
    ['a doubled field', 'a=1&%61=2'],
    ['a broken escape', 'a=%zz'],
    ['an escape that is no UTF-8', 'a=%ff'],
  ])('are refused with 400 for %s', async (_, text) => expect((await refusal('form', text)).code).toBe('invalid-input'))
  it('are refused with 413 for a field too many', async () =>
    expect((await refusal('form', 'a=1&'.repeat(10_001), { ...ordinaryLimits, refuseDuplicates: false })).code).toBe('too-large'))
})

describe('YAML', () => {
  it('reads anchors, aliases and merge keys; what is written wins over what is merged', () => {
    expect(
      value('yaml', 'd: &d {delay: 5m, to: nobody}\ne: &e {delay: 1m, x: 1}\nl:\n  - {to: primary, <<: *d}\n  - <<: [*d, *e]\n  - *d\n'),
    ).toEqual({
      d: { delay: '5m', to: 'nobody' },
      e: { delay: '1m', x: 1 },
      l: [
        { delay: '5m', to: 'primary' },
        { delay: '5m', to: 'nobody', x: 1 },
        { delay: '5m', to: 'nobody' },
      ],
    })
  })
  it('follows the core schema of 1.2: `on` and `no` are texts, keys always are', () => {
    expect(value('yaml', 'on: no\n1: 0x10\nyes: ~\n"q": !!str 5\n')).toEqual({ on: 'no', 1: 16, yes: null, q: '5' })
  })
  it('reads one document, or a list of them', async () => {
    expect((await refusal('yaml', 'a: 1\n---\nb: 2\n')).message).toContain('line 3')
    expect(value('yaml-documents', 'a: 1\n---\nb: 2\n')).toEqual([{ a: 1 }, { b: 2 }])
  })
  it.each([
    ['reserved words as values and in prose', 'a: __proto__\nb: "constructor: x"\nc: |\n  prototype: 1\n  constructor: 2\n'],
    ['brackets in texts', `a: "${'['.repeat(500)}"\nb: |\n  ${'[{'.repeat(500)}\nc: '${'{'.repeat(500)}'\n# ${'['.repeat(500)}\n`],
    ['dashes in a block text', 'a: |\n  - - - - x\n' + '  - - x\n'.repeat(40)],
    ['sixty levels, in and out, many times', ('- '.repeat(60) + 'x\n').repeat(20)],
  ])('is accepted with %s', (_, text) => expect(value('yaml', text)).toBeTypeOf('object'))
  it.each([
    ['a reserved key', 'a:\n  __proto__: {x: 1}', 'reserved: rename it (line 2, column 3)'],
    ['a reserved key in escapes', '"\\u005f_proto__": 1', '__proto__'],
    ['a reserved key by an anchor', '? &k constructor\n: 1', 'constructor'],
    ['an alias as a key', 'a: &k __proto__\nb: {*k : 1}', ''],
    ['a doubled key', 'name: one\n"na\\x6de": two', 'line 2'],
    ['an object as a key', '{a: 1}: 2', ''],
    ['an alias that names nothing', 'a: *b', 'alias'],
    ['an alias to a list that is still open', '&a [*a]', 'alias'],
    ['what its aliases stand for', `a: &a [${'x,'.repeat(5000)}]\nb: [*a, *a, *a, *a, *a, *a]`, 'alias'],
    ['101 aliases', `a: &a 1\nb: [${'*a,'.repeat(101)}]`, 'alias'],
    ['a directive that changes the schema', '%YAML 1.1\n---\na: on', 'directive'],
    ['a tag behind a directive', '%TAG ! tag:x,2000:\n---\na: !b c', 'directive'],
    ['a binary tag', 'a: !!binary aGk=', 'tag'],
    ['a control character', 'a: "x\u001fy"', 'control character'],
    ['flow depth', '['.repeat(100_000), 'deep'],
    ['flow depth behind quotes', '["]",'.repeat(2000), 'deep'],
    ['flow depth, balanced', '{a: '.repeat(65) + '1' + '}'.repeat(65), 'deep'],
    ['depth by indentation', Array.from({ length: 70 }, (_, i) => `${' '.repeat(i)}a:`).join('\n') + ' 1', 'deep'],
    ['depth by explicit keys', '? '.repeat(5000) + 'x', 'deep'],
    [
      'depth of lists in maps at one column',
      Array.from({ length: 50 }, (_, i) => `${' '.repeat(2 * i)}a:\n${' '.repeat(2 * i)}- b: 1`).join('\n'),
      '',
    ],
    ['depth by aliases', Array.from({ length: 40 }, (_, i) => `a${i}: &a${i} [[${i === 0 ? 'x' : `*a${i - 1}`}]]`).join('\n'), 'deep'],
    ['a long string', `a: "${'x'.repeat(256 * 1024 + 1)}"`, 'longer than 256 KiB'],
    ['nothing', '', 'empty'],
    ['a NUL', 'a: "b\\0"', 'cannot be stored: leave it out (line 1, column 4)'],
    ['a NUL in a key', '"a\\0": b', 'cannot be stored: leave it out (line 1, column 1)'],
    ['half of a character', 'a: ["\\ud83d\\ude00", "\\ud83d"]', 'cannot be stored: leave it out (line 1, column 21)'],
  ])('is refused with 400 for %s', async (_, text, say) => {
    for (let time = 0; time < 3; time++) {
      const refused = await refusal('yaml', text)
      expect(refused.message).toContain(say)
      expect(refused.code).toBe('invalid-input')
    }
  })
  it.each([
    ['keys', Array.from({ length: 10_001 }, (_, i) => `k${i}: 1`).join('\n')],
    ['items', '- x\n'.repeat(10_001)],
    ['lists in lists', `[${`${'['.repeat(60)}${']'.repeat(60)},`.repeat(1000)}]`],
    ['empty lines', `a: 1${'\n'.repeat(800_000)}`],
    ['documents', '--- 1\n'.repeat(202)],
  ])('is refused with 413 for too many %s in under a second', async (_, text) => {
    const began = processorMs()
    expect((await refusal('yaml-documents', text, ingestLimits)).code).toBe('too-large')
    expect(processorMs() - began).toBeLessThan(1000)
  })
  it('answers a text of nothing but faults in a second', async () => {
    for (const text of [
      'a: b: c\n'.repeat(4500),
      '- ]\n'.repeat(9000),
      `"${'\\x'.repeat(100_000)}"`,
      '\t- x\n'.repeat(9000),
      '} '.repeat(9000),
    ]) {
      const began = processorMs()
      expect((await refusal('yaml', text)).code).toBe('invalid-input')
      expect(processorMs() - began).toBeLessThan(1000)
    }
  })
})
