import { readFileSync } from 'node:fs'
import { Parser } from 'htmlparser2'
import { describe, expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import { componentStatuses, type ComponentStatus } from './component-status.ts'
import { daysOf } from './days.ts'
import type { PublicFacts } from './public-facts.ts'
import { rss, statusJson } from './public-feeds.ts'
import { shortTime, statusPageHtml } from './public-page.ts'

type Attack = { id: string; input: { text: string; where: string }; expect: { keep?: string[] } }
const attacks = JSON.parse(readFileSync(new URL('./fixtures/xss.json', import.meta.url), 'utf8')) as Attack[]
const now = instant('2026-11-23T13:41:00Z')

const facts = (text: string, components = 2, badDays = 20): PublicFacts => {
  const update = { id: 'upd_1', at: instant('2026-11-23T13:29:00Z'), state: text.slice(0, 40), headline: text, text }
  const notice = {
    headline: text,
    since: instant('2026-11-23T13:02:00Z'),
    endedAt: null,
    nextUpdateAt: instant('2026-11-23T13:45:00Z'),
    worst: 'partly-down' as const,
    updates: [update],
  }
  const work = {
    title: text,
    text,
    startsAt: instant('2026-11-24T01:00:00Z'),
    endsAt: instant('2026-11-24T02:00:00Z'),
    beganAt: null,
    endedAt: null,
    canceledAt: null,
    updates: [{ ...update, id: 'upd_2' }],
  }
  const troubles = Array.from({ length: badDays }, (_, index) => [
    { at: addSeconds(now, -(80 - 4 * index) * 86_400), status: componentStatuses[1 + (index % 4)] as ComponentStatus },
    { at: addSeconds(now, -(80 - 4 * index) * 86_400 + 3600), status: 'works' as const },
  ]).flat()
  const days = daysOf([{ at: instant('2026-01-01T00:00:00Z'), status: 'works' }, ...troubles], { zone: 'Europe/Berlin', now, count: 90 })
  return {
    page: { id: 'stp_1', slug: 'shop', name: text, visibility: 'public', zone: 'Europe/Berlin' },
    now,
    headline: text,
    worst: 'partly-down',
    open: [notice],
    earlier: [{ ...notice, endedAt: now, nextUpdateAt: null }],
    planned: [work],
    done: [
      { ...work, beganAt: work.startsAt, endedAt: work.endsAt, updates: [] },
      { ...work, canceledAt: now, updates: [] },
    ],
    components: Array.from({ length: components }, (_, index) => ({
      name: `${text} ${index}`,
      description: text,
      group: text,
      status: 'partly-down',
      note: text,
      days,
      availability: 0.9991,
    })),
  }
}

function read(markup: string, xmlMode = false) {
  const seen = { elements: [] as { name: string; attributes: Record<string, string> }[], text: '', other: [] as string[] }
  const parser = new Parser(
    {
      onopentag: (name, attributes) => seen.elements.push({ name, attributes }),
      ontext: (part) => (seen.text += part),
      oncomment: (data) => seen.other.push(data),
      oncdatastart: () => seen.other.push('CDATA'),
    },
    { xmlMode, decodeEntities: true },
  )
  parser.end(markup)
  return seen
}
const item = ['item', 'title', 'link', 'guid', 'pubDate', 'description']
const ours = new Set(
  'html head meta title link body header span h1 h2 h3 nav a main section div p svg g defs path use circle rect ol ul li b time details summary table thead tbody tr th td footer strong em code pre br blockquote s hr'.split(
    ' ',
  ),
)

describe('what strangers and colleagues wrote', () => {
  test.each(attacks)('$id is inert on the page: no script, no style, no handler, no link to a script', ({ input, expect: expected }) => {
    const { elements, text, other } = read(statusPageHtml(facts(input.text)))
    expect(other).toEqual([])
    for (const { name, attributes } of elements) {
      expect(ours).toContain(name)
      for (const [attribute, value] of Object.entries(attributes)) {
        expect(attribute).not.toMatch(/^on|^style$|^src$/)
        if (attribute === 'href') expect(value).toMatch(/^(\/|#days|https?:\/\/|mailto:|tel:)/)
      }
    }
    if (input.where !== 'markdown') for (const kept of expected.keep ?? []) expect(text).toContain(kept)
  })
  test.each(attacks)('$id leaves the feed well formed, and the HTML inside it inert', ({ input }) => {
    const feed = rss(facts(input.text), 'https://status.test')
    const { elements, other } = read(feed, true)
    expect(other).toEqual([])
    expect(elements.map(({ name }) => name)).toEqual([
      'rss',
      'channel',
      'title',
      'link',
      'description',
      'language',
      'ttl',
      'atom:link',
      ...item,
      ...item,
      ...item,
    ])
    const inside = read(read(/<description>[^<]*<\/description><\/item>/.exec(feed)![0], true).text)
    for (const { name, attributes } of inside.elements) {
      expect(ours).toContain(name)
      expect(Object.keys(attributes).filter((attribute) => /^on|^style$/.test(attribute))).toEqual([])
    }
  })
  test.each(attacks)('$id comes out of the JSON as it went in', ({ input }) => {
    const parsed = JSON.parse(statusJson(facts(input.text), 'https://status.test')) as { incidents: { updates: { text: string }[] }[] }
    expect(parsed.incidents[0]!.updates[0]!.text).toBe(input.text)
  })
})

test('page and style sheet together stay under 30 kB with twelve components that had ten bad days each', () => {
  const css = readFileSync(new URL('../../../web/public/status.css', import.meta.url))
  expect(Buffer.byteLength(statusPageHtml(facts('Some card payments fail', 12, 10))) + css.length).toBeLessThan(30_000)
})

test('days with trouble stand in a table too, the worst and the newest first', () => {
  const { text } = read(
    statusPageHtml(facts('Search', 1))
      .replace(/^.*<details>/s, '')
      .replace(/<\/details>.*$/s, ''),
  )
  expect(text).toMatch(
    /^Days with trouble, as a tableServiceAt worstDays, and how much of eachSearch 0Down2026-11-19 4.16 %, 2026-11-03 4.16 %/,
  )
})

test.each([
  ['today', '2026-11-23T13:02:00Z', '14:02 CET'],
  ['yesterday', '2026-11-22T13:02:00Z', 'Sun 22 Nov, 14:02 CET'],
  ['the same day a year ago', '2025-11-23T13:02:00Z', 'Sun 23 Nov, 14:02 CET'],
])('a time of %s is as short as it can be', (_name, at, words) => expect(shortTime(instant(at), now, 'Europe/Berlin')).toBe(words))
