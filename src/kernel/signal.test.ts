import { expect, test } from 'vitest'
import { SignalSchema } from './signal.ts'

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
