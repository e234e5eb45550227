import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { groupTitle, listed, overTitle, pageBody, withoutSeverity } from './messages.ts'

const since = instant('2026-11-23T02:10:00Z')
const now = instant('2026-11-23T02:12:00Z')
const subject = { body: 'payments-gateway', since }
const priya = { at: instant('2026-11-23T02:17:00Z'), names: ['Priya Nair'] }

describe('the messages of a page', () => {
  test('the first forty characters carry severity, what and how bad', () => {
    expect(groupTitle({ severity: 'critical', title: 'Card payments fail, 8 % in eu-west' }).slice(0, 40)).toBe(
      'Critical: Card payments fail, 8 % in eu-',
    )
  })
  test.each([
    [
      "says what, for how long and who is next, on the reader's clock",
      1,
      priya,
      'Europe/Berlin',
      'payments-gateway, for 2 min. Priya Nair is paged at 03:17.',
    ],
    ['says so when nobody is next', 1, null, 'UTC', 'payments-gateway, for 2 min. Nobody is paged after you.'],
    [
      'says that it asks again',
      2,
      priya,
      'UTC',
      'payments-gateway, for 2 min. Asked again: nobody has it yet. Priya Nair is paged at 02:17.',
    ],
    ['names several', 1, { ...priya, names: ['Ana', 'Ben'] }, 'UTC', 'payments-gateway, for 2 min. Ana and Ben are paged at 02:17.'],
  ] as const)('the body %s', (_, round, next, zone, text) =>
    expect(pageBody(subject, round, next && { at: next.at, names: [...next.names] }, now, zone)).toBe(text),
  )
  test.each([
    [{ summary: '4.18.2 was deployed', at: instant('2026-11-23T02:06:00Z') }, 'Changed 4 min before: 4.18.2 was deployed.'],
    [{ summary: 'Is it on?', at: since }, 'Changed at that moment: Is it on?'],
    [{ summary: 'x'.repeat(300), at: instant('2026-11-22T14:10:00Z') }, `Changed 12 h before: ${'x'.repeat(99)}….`],
  ])('the body says what was changed last before it began: %o', (changed, says) =>
    expect(pageBody({ ...subject, changed }, 1, priya, now, 'UTC')).toBe(
      `payments-gateway, for 2 min. ${says} Priya Nair is paged at 02:17.`,
    ),
  )
  test('a body without a service begins with who is next', () =>
    expect(pageBody({ body: '', since: now }, 1, priya, now, 'UTC')).toBe('Priya Nair is paged at 02:17.'))
  test.each([
    ['critical', 'Critical: Payments fail', 'Payments fail'],
    ['critical', 'Payments fail', 'Payments fail'],
    [null, ': odd', ': odd'],
  ])('beside a severity (%s) the title %s does not name it again', (severity, title, expected) =>
    expect(withoutSeverity({ severity, title })).toBe(expected),
  )
  test('what is over says how long it took', () =>
    expect(overTitle({ title: 'Critical: x', since }, instant('2026-11-23T03:02:00Z'))).toBe('Over: Critical: x, 52 min'))
  test('many names are counted', () => expect(listed(['A', 'B', 'C', 'D', 'E'])).toBe('A, B and 3 more'))
})
