import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { defineResource } from '#kernel/define.ts'
import { check } from './check.ts'
import { asFault } from './faults.ts'
import { readFiles, readFilesInTurns } from './read.ts'

const Slug = z.string().regex(/^[a-z-]+$/, 'write lower-case letters and hyphens')
const unused = { list: async () => [], save: async () => {} }
const team = defineResource({
  kind: 'team',
  summary: 'A team',
  schema: z.strictObject({ slug: Slug, name: z.string().min(1), tier: z.enum(['gold', 'silver']).default('silver') }),
  key: (spec) => spec.slug,
  ...unused,
})
const step = z.union([z.strictObject({ ask: z.string() }), z.strictObject({ wait: z.strictObject({ seconds: z.number() }) })])
const service = defineResource({
  kind: 'service',
  summary: 'A service',
  schema: z.strictObject({ slug: Slug, team: Slug, steps: z.array(step).default([]) }),
  key: (spec) => spec.slug,
  ...unused,
  check: (spec, all) => (all.has('team', spec.team) ? [] : [{ path: '/team', message: `there is no team ${spec.team}` }]),
})

const faultsOf = (...texts: string[]) =>
  check(
    texts.map((text, index) => ({ path: `${'abc'[index]}.yaml`, text })),
    [team, service],
  )
    .faults.map(asFault)
    .map(({ path, message }) => `${path} ${message}`)
const payments = 'kind: team\nslug: payments\nname: Payments\n'

test.each([
  { name: 'a right configuration has no fault', files: [payments], expected: [] },
  { name: 'several documents in one file', files: [`${payments}---\nkind: service\nslug: gateway\nteam: payments\n`], expected: [] },
  { name: 'an empty document is none', files: [`# only a comment\n---\n${payments}`], expected: [] },
  { name: 'an unknown kind', files: ['kind: tema\nslug: a\n'], expected: ['a.yaml:1:7 there is no kind tema; did you mean team?'] },
  {
    name: 'a document without kind',
    files: ['slug: a\n'],
    expected: ['a.yaml:1:1 the document does not say its `kind:`, one of team, service'],
  },
  {
    name: 'a list as document',
    files: ['- a\n'],
    expected: ['a.yaml:1:1 a document is an object that begins with `kind:`, one of team, service'],
  },
  {
    name: 'an unknown field',
    files: [`${payments}tire: gold\n`],
    expected: ['a.yaml:4:7 there is no field tire here; did you mean tier?'],
  },
  { name: 'a field that is missing', files: ['kind: team\nslug: a\n'], expected: ['a.yaml:1:1 the field name is missing'] },
  {
    name: 'a value that is not among the allowed',
    files: [`${payments}tier: glod\n`],
    expected: ['a.yaml:4:7 tier: "glod" is not one of gold, silver; did you mean gold?'],
  },
  {
    name: 'a number where a text belongs',
    files: ['kind: team\nslug: a\nname: 42\n'],
    expected: ['a.yaml:3:7 name: 42 is not a text; write it in quotes: "42"'],
  },
  {
    name: 'a word that is read as another number',
    files: ['kind: team\nslug: 0123\nname: 1e3\n', 'kind: team\nslug: a\nname: &n 0x10\ntier: *n\n'],
    expected: [
      'a.yaml:2:7 slug: 0123 is not a text; write it in quotes: "0123"',
      'a.yaml:3:7 name: 1e3 is not a text; write it in quotes: "1e3"',
      'b.yaml:3:10 name: 0x10 is not a text; write it in quotes: "0x10"',
      'b.yaml:4:7 tier: 16 is not one of gold, silver',
    ],
  },
  { name: 'a number that is none', files: [`${payments}tier: .inf\n`], expected: ['a.yaml:4:7 tier: .inf is not one of gold, silver'] },
  { name: 'a kind that is a list', files: ['kind: [team]\n'], expected: ['a.yaml:1:7 kind: a list is not one of team, service'] },
  {
    name: 'a text that does not match',
    files: ['kind: team\nslug: A B\nname: x\n'],
    expected: ['a.yaml:2:7 slug: write lower-case letters and hyphens'],
  },
  {
    name: 'YAML that does not parse',
    files: [payments, 'kind: team\nname: "x\n'],
    expected: [expect.stringMatching(/^b\.yaml:\d+:\d+ the file is not the YAML that is read here: /)],
  },
  {
    name: 'the same key twice in one object',
    files: ['kind: team\nslug: a\nslug: b\nname: x\n'],
    expected: [expect.stringMatching(/^a\.yaml:3:1 .*"slug" stands twice/)],
  },
  {
    name: 'the same thing twice',
    files: [payments, `\n${payments}`],
    expected: ['b.yaml:2:1 team payments is written twice, also at a.yaml:1:1: keep one'],
  },
  {
    name: 'a reference to nothing',
    files: [payments, 'kind: service\nslug: gateway\nteam: payment\n'],
    expected: ['b.yaml:3:7 there is no team payment'],
  },
  {
    name: 'the nearest branch of a union speaks',
    files: [payments, 'kind: service\nslug: g\nteam: payments\nsteps:\n  - wait: { second: 3 }\n'],
    expected: ['b.yaml:5:11 the field seconds is missing', 'b.yaml:5:21 there is no field second here; did you mean seconds?'],
  },
  {
    name: 'all faults at once, by place',
    files: ['kind: tema\n---\nkind: team\nslug: a\n', 'kind: team\n'],
    expected: [
      'a.yaml:1:7 there is no kind tema; did you mean team?',
      'a.yaml:3:1 the field name is missing',
      'b.yaml:1:1 the field slug is missing',
      'b.yaml:1:1 the field name is missing',
    ],
  },
])('$name', ({ files, expected }) => {
  expect(faultsOf(...files)).toEqual(expected)
})

test('a kind that the files say nothing about is taken as right, and named', () => {
  const { faults, unchecked } = check([{ path: 'a.yaml', text: 'kind: service\nslug: gateway\nteam: payments\n' }], [team, service])
  expect({ faults, unchecked }).toEqual({ faults: [], unchecked: ['team'] })
})

test('beside what a server has, every reference is followed', () => {
  const files = [{ path: 'a.yaml', text: 'kind: service\nslug: gateway\nteam: payments\n' }]
  expect(check(files, [team, service], new Map([['team', [{ slug: 'payments', name: 'Payments', tier: 'gold' }]]])).faults).toEqual([])
  expect(check(files, [team, service], new Map()).faults.map(asFault)).toEqual([
    { path: 'a.yaml:3:7', message: 'there is no team payments' },
  ])
})

test('a file is at most 256 KiB, nesting at most 64, and neither costs more than its bytes', () => {
  expect(faultsOf(`name: ${'x'.repeat(300_000)}`)).toEqual(['a.yaml:1:1 the file is larger than 256 KiB: split it'])
  expect(faultsOf('['.repeat(100_000))).toEqual([expect.stringMatching(/^a\.yaml:1:\d+ the file is nested too deep/i)])
})

test('a node that reads a large configuration lets others have their turn, and reads the same', async () => {
  const files = Array.from({ length: 40 }, (_, n) => ({
    path: `${n}.yaml`,
    text: `${payments.replaceAll('payments', `team-${'abcdefgh'[n % 8]}`)}---\nkind: tema\n`,
  }))
  let ms = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (ms += 5))
  let turns = 0
  const reading = await readFilesInTurns(files, [team], async () => void turns++)
  vi.restoreAllMocks()
  expect(turns).toBeGreaterThan(20)
  const whole = readFiles(files, [team])
  expect(reading.written.map(({ key }) => key)).toEqual(whole.written.map(({ key }) => key))
  expect(reading.faults).toEqual(whole.faults)
  expect(whole.faults).toHaveLength(40)
})
