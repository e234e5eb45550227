import { readFileSync } from 'node:fs'
import { Parser } from 'htmlparser2'
import MarkdownIt from 'markdown-it'
import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { renderMarkdown } from '#platform/text/markdown.ts'
import { inertMarkdown, line, reviewMarkdown, type ReviewDocument } from './markdown.ts'

type Attack = { id: string; input: { text: string; where: string }; expect: { keep?: string[] } }
const attacks = JSON.parse(readFileSync(new URL('./fixtures/xss.json', import.meta.url), 'utf8')) as Attack[]

const review = (text: string): ReviewDocument => ({
  incident: {
    number: 2417,
    title: text,
    severity: 'SEV1',
    openedAt: instant('2026-11-23T13:02:00Z'),
    resolvedAt: instant('2026-11-23T13:54:00Z'),
  },
  owner: text,
  dueOn: '2026-11-30',
  publishedAt: null,
  isCut: false,
  zone: 'Europe/Berlin',
  sections: [
    { title: text, text },
    { title: 'After', text: 'The section after it.' },
  ],
  actions: [{ title: text, owner: text, dueOn: '2026-12-01', doneAt: null }],
  timeline: [{ at: instant('2026-11-23T13:02:00Z'), sentence: text, text }],
})
const tagsOf = (markup: string) => {
  const seen: { name: string; attributes: Record<string, string> }[] = []
  let text = ''
  const parser = new Parser(
    { onopentag: (name, attributes) => seen.push({ name, attributes }), ontext: (part) => (text += part) },
    { decodeEntities: true },
  )
  parser.end(markup)
  return { seen, text }
}
const careless = new MarkdownIt({ html: true, linkify: true })

describe('what was written by strangers and colleagues', () => {
  test.each(attacks)('$id stays text in the exported review, for our renderer and for one that takes raw HTML', ({ input }) => {
    const markdown = reviewMarkdown(review(input.text))
    for (const markup of [renderMarkdown(markdown), careless.render(markdown)]) {
      const { seen, text } = tagsOf(markup)
      for (const { name, attributes } of seen) {
        expect([
          'h1',
          'h2',
          'ul',
          'li',
          'p',
          'em',
          'strong',
          'a',
          'code',
          'pre',
          'table',
          'thead',
          'tbody',
          'tr',
          'th',
          'td',
          'br',
          'img',
        ]).toContain(name)
        expect(
          Object.keys(attributes).filter(
            (attribute) => attribute.startsWith('on') || (attribute === 'style' && !attributes[attribute]!.startsWith('text-align')),
          ),
        ).toEqual([])
        expect(attributes['href'] ?? '').not.toMatch(/^\s*(javascript|data|vbscript):/i)
      }
      expect(text).toContain('The section after it.')
    }
  })
  test.each(attacks.filter(({ input }) => input.where === 'alert.title'))('$id is shown letter by letter in a title', ({ input }) => {
    expect(tagsOf(renderMarkdown(`# ${line(input.text)}`)).text.trim()).toBe(input.text)
  })
  test.each([
    ['a fence at the start of a line keeps its angle brackets', '```sh\nkubectl get <pod>\n```', '```sh\nkubectl get <pod>\n```'],
    ['a fence in a list does not: it may end earlier than it looks', '- a\n  ```\n<script>', '- a\n  ```\n&lt;script>'],
    ['an open fence is closed', '```\n<a>', '```\n<a>\n```'],
    ['a shorter fence does not close', '````\n```\n<a>\n````\n<b>', '````\n```\n<a>\n````\n&lt;b>'],
    ['a comparison stays as it is', '5 < 6 and <b>', '5 < 6 and &lt;b>'],
  ])('%s', (_name, source, expected) => expect(inertMarkdown(source)).toBe(expected))
})

test('the document has facts, sections, actions and record, with the zone of its times and what was written', () => {
  const timeline = [
    { at: instant('2026-11-23T13:02:00Z'), sentence: 'INC-2417 opened', text: null },
    { at: instant('2026-11-23T13:04:00Z'), sentence: 'Ben Okafor noted', text: 'The acquirer sees\nnothing' },
  ]
  const markdown = reviewMarkdown({ ...review('Card payments fail'), owner: 'Mara Lindqvist', timeline })
  expect(markdown).toContain('# INC-2417 Card payments fail\n')
  expect(markdown).toContain('- Resolved: Mon 23 Nov, 14:54 CET, after 52 min')
  expect(markdown).toContain('- Review: Mara Lindqvist, draft, due 2026-11-30')
  expect(markdown).toContain('| Mon 23 Nov, 14:02 CET | INC-2417 opened |')
  expect(markdown).toContain('| Mon 23 Nov, 14:04 CET | Ben Okafor noted: The acquirer sees nothing |')
})
