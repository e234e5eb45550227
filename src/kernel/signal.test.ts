import { expect, test } from 'vitest'
import { endsLast, fitted, SignalSchema, weightOf, type Signal } from './signal.ts'

const signal = { action: 'trigger', title: 'disk full', severity: 'critical', labels: { 'disk🙂': '/var' } }

test('a signal with what is required is taken, and its times become canonical', () => {
  expect(SignalSchema.parse({ ...signal, startedAt: '2026-11-24T11:00:00+01:00', details: { a: [1, null] } })).toEqual({
    ...signal,
    startedAt: '2026-11-24T10:00:00.000Z',
    details: { a: [1, null] },
  })
})

test.each<[why: string, change: Record<string, unknown>]>([
  ['a key of 256 characters', { dedupKey: 'k'.repeat(256) }],
  ['an empty key', { dedupKey: '' }],
  ['an unknown severity', { severity: 'sev1' }],
  ['a title of 1,025 characters', { title: 't'.repeat(1025) }],
  ['a label that is not a text', { labels: { a: 1 } }],
  ['201 labels', { labels: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`l${i}`, ''])) }],
  ['a link that runs script', { links: [{ href: 'javascript:alert(1)', text: 'x' }] }],
  ['an image in a data address', { images: [{ src: 'data:image/svg+xml,x' }] }],
  ['a time without a zone', { startedAt: '2026-11-24T10:00:00' }],
  ['a field that is not known', { urgency: 'high' }],
])('%s is refused', (_, change) => expect(SignalSchema.safeParse({ ...signal, ...change }).success).toBe(false))

test('whatever a source made is brought within the bounds: texts cut at whole characters, addresses that are none dropped', () => {
  const wild: Signal = {
    action: 'trigger',
    severity: 'info',
    title: `${'t'.repeat(1023)}🙂`,
    body: 'b'.repeat(70_000),
    source: 's'.repeat(2000),
    service: 'v'.repeat(300),
    labels: Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`l${index}`, 'x'.repeat(5000)])),
    links: [
      { href: 'javascript:alert(1)', text: 'no' },
      { href: 'https:', text: 'no' },
      { href: 'https://example.org', text: 'y'.repeat(600) },
    ],
    images: [{ src: 'data:image/svg+xml,x' }, { src: 'https://example.org/a.png', href: 'javascript:alert(1)', alt: 'a'.repeat(600) }],
  }
  const tame = fitted(wild)
  expect(SignalSchema.safeParse(tame).error).toBeUndefined()
  expect(tame.title).toBe('t'.repeat(1023))
  expect(tame.links).toEqual([{ href: 'https://example.org', text: 'y'.repeat(512) }])
  expect(tame.images).toEqual([{ src: 'https://example.org/a.png', alt: 'a'.repeat(512) }])
  expect(fitted({ ...wild, title: '' }).title).toBe('Alert without a title')
})

test('a signal within the bounds stays as it is', () => {
  const plain = SignalSchema.parse({ ...signal, links: [{ href: 'https://example.org', text: 'x' }], dedupKey: 'k', details: { a: 1 } })
  expect(fitted(plain)).toEqual(plain)
})

test.each<[said: string, taken: string]>([
  ['-a +b -c +d', '+b +d -a -c'],
  ['-a +a +b', '-a +a +b'],
  ['+a -a +b', '+a +b -a'],
  ['-a +a -a +b', '-a +a +b -a'],
  ['+a +b', '+a +b'],
  ['-a -b', '-a -b'],
  ['', ''],
])('the ends of a request stand behind all else, in the order of each key: %s', (said, taken) => {
  const signals = said
    .split(' ')
    .flatMap((one) => (one ? { action: one[0] === '-' ? ('resolve' as const) : ('trigger' as const), dedupKey: one[1]! } : []))
  expect(
    endsLast(signals)
      .map(({ action, dedupKey }) => `${action === 'resolve' ? '-' : '+'}${dedupKey}`)
      .join(' '),
  ).toBe(taken)
})

test('what a source has put into its details weighs too, however deep it lies', () => {
  const usual = { ...signal, labels: {} } as Signal
  const deep = {
    ...usual,
    details: JSON.parse(`${'['.repeat(100_000)}"${'x'.repeat(1000)}"${']'.repeat(100_000)}`) as Signal['details'],
  } as Signal
  expect(weightOf([usual, usual])).toBe(2 * weightOf([usual]))
  expect(weightOf([{ ...usual, body: 'x'.repeat(5000) }])).toBeGreaterThan(5000)
  expect(weightOf([deep])).toBeGreaterThan(1000 + 32 * 100_000)
})
