import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineResource } from '#kernel/define.ts'
import { filesOf, textOf } from './export.ts'
import { isSame } from './plan.ts'
import { readFiles } from './read.ts'
import { anyDocumentSchema, documentSchema, fieldNamesAt, specSchema } from './schemas.ts'

const Step = z.union([
  z.strictObject({ ask: z.string(), who: z.array(z.string()).default([]) }),
  z.strictObject({ wait: z.number().default(60) }),
])
const book = defineResource({
  kind: 'book',
  summary: 'A book',
  schema: z.strictObject({
    slug: z.string(),
    prose: z.string().default(''),
    tier: z.number().default(3),
    team: z.string().nullable().default(null),
    facts: z.record(z.string(), z.string()).default({}),
    sections: z.array(z.strictObject({ name: z.string(), steps: z.array(Step).default([]) })).default([]),
  }),
  key: (spec) => spec.slug,
  list: async () => [],
  save: async () => {},
})

// Every text that YAML could take for something else, and any other; keys that the reader refuses are left out.
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      'no',
      'on',
      '~',
      'null',
      '0x1F',
      '1e3',
      '012',
      '2026-11-23',
      '- a',
      'a: b',
      '# x',
      '<<',
      '*a',
      '&a',
      '!!str',
      '  x',
      'x  ',
      'a\nb\n',
      '\n',
      '\t',
      "'",
      '"',
      '%',
      '{',
      '...',
      '---',
      ' \n',
      ' \t\n\n',
      'it\u0092s\n',
      'a\u007f',
      '\u0085\u2028',
      'a\r\nb',
      '\u001b[1m',
    ),
  )
  .filter((value) => !value.includes('\0') && value.isWellFormed())
const key = text.filter((value) => !['__proto__', 'constructor', 'prototype'].includes(value))
const spec = fc.record({
  slug: text,
  prose: text,
  tier: fc.integer(),
  team: fc.option(text),
  facts: fc.dictionary(key, text, { maxKeys: 3, noNullPrototype: true }),
  sections: fc.array(
    fc.record({
      name: text,
      steps: fc.array(fc.oneof(fc.record({ ask: text, who: fc.array(text, { maxLength: 2 }) }), fc.record({ wait: fc.integer() })), {
        maxLength: 3,
      }),
    }),
    { maxLength: 3 },
  ),
})

test('whatever is exported is read again as the same', () => {
  fc.assert(
    fc.property(spec, (given) => {
      const { written, faults } = readFiles([{ path: 'a.yaml', text: textOf(book, given, 'x') }], [book])
      expect(faults).toEqual([])
      expect(isSame(written[0]?.spec, given)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('what the schema fills in is left out, what differs is written, in the order of the schema', () => {
  expect(
    textOf(
      book,
      {
        slug: 'a',
        prose: 'two\nlines\n',
        tier: 3,
        team: null,
        facts: {},
        sections: [{ name: 's', steps: [{ wait: 60 }, { ask: 'ok?', who: [] }, { ask: 'who?', who: ['mara'] }] }],
      },
      'https://t.test/schemas/book.json',
    ),
  ).toBe(
    `# yaml-language-server: $schema=https://t.test/schemas/book.json
kind: book
slug: a
prose: |
  two
  lines
sections:
  - name: s
    steps:
      - {}
      - ask: ok?
      - ask: who?
        who:
          - mara
`,
  )
})

test('files are named by kind and key, sorted, and never leave their folder', () => {
  const all = ['b', '../../etc/passwd', 'a'].map((slug) => ({ slug, prose: '', tier: 3, team: null, facts: {}, sections: [] }))
  expect(filesOf([book], new Map([['book', all]]), () => 'x').map(({ path }) => path)).toEqual([
    'book/..%2F..%2Fetc%2Fpasswd.yaml',
    'book/a.yaml',
    'book/b.yaml',
  ])
})

test('the schema of a document asks for its kind and knows the fields at every place', () => {
  expect(documentSchema(book, 'https://t.test/schemas/book.json')).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    properties: { kind: { const: 'book' }, tier: { default: 3 } },
    required: ['kind', 'slug'],
    additionalProperties: false,
  })
  expect(anyDocumentSchema([book], (kind) => `/${kind}`)).toMatchObject({
    properties: { kind: { enum: ['book'] } },
    allOf: [{ then: { $ref: '/book' } }],
  })
  expect(fieldNamesAt(specSchema(book), ['sections', 0, 'steps', 1])).toEqual(['ask', 'who', 'wait'])
})
