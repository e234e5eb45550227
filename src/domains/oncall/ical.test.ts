import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { escapeText, foldLine, personCalendar, scheduleCalendar } from './ical.ts'
import { ScheduleSchema } from './schedule.ts'

const layer = { name: 'Weekly', rotation: { unit: 'week', length: 1, anchor: '2026-03-23T09:00', participants: ['ana', 'ben'] } }
const payments = ScheduleSchema.parse({ slug: 'payments', name: 'Payments; cards, EU', zone: 'Europe/Berlin', layers: [layer] })
const search = ScheduleSchema.parse({ slug: 'search', name: 'Search', zone: 'UTC', layers: [layer] })
const options = { from: instant('2026-03-23T08:00:00Z'), to: instant('2026-04-06T07:00:00Z'), now: instant('2026-03-20T12:00:00.500Z') }

test('a schedule’s calendar holds one event per shift, in UTC over the change of the clock, and no time zone', () => {
  const text = scheduleCalendar(payments, {
    ...options,
    nameOf: (person) => (person === 'ana' ? 'Ana Lima' : 'Ben'),
    linkOf: ({ slug }) => `https://tocsin.example/schedules/${slug}`,
  })
  expect(text).toBe(
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Tocsin//On-call//EN',
      'CALSCALE:GREGORIAN',
      'METHOD:PUBLISH',
      'NAME:On call: Payments\\; cards\\, EU',
      'X-WR-CALNAME:On call: Payments\\; cards\\, EU',
      'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
      'X-PUBLISHED-TTL:PT1H',
      'BEGIN:VEVENT',
      'UID:payments-ana-20260323T080000Z@tocsin',
      'DTSTAMP:20260320T120000Z',
      'DTSTART:20260323T080000Z',
      'DTEND:20260330T070000Z',
      'SUMMARY:Ana Lima on call: Payments\\; cards\\, EU',
      "DESCRIPTION:layer 'Weekly'",
      'URL:https://tocsin.example/schedules/payments',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:payments-ben-20260330T070000Z@tocsin',
      'DTSTAMP:20260320T120000Z',
      'DTSTART:20260330T070000Z',
      'DTEND:20260406T070000Z',
      'SUMMARY:Ben on call: Payments\\; cards\\, EU',
      "DESCRIPTION:layer 'Weekly'",
      'URL:https://tocsin.example/schedules/payments',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  )
})

test('a person’s calendar holds only theirs, of every schedule, also the end of a turn that began before the range', () => {
  const text = personCalendar('ben', [payments, search], options)
  expect(text.match(/UID:[^\r]*/g)).toEqual([
    'UID:payments-ben-20260330T070000Z@tocsin',
    'UID:search-ben-20260323T080000Z@tocsin',
    'UID:search-ben-20260330T090000Z@tocsin',
  ])
  expect(text).toContain('X-WR-CALNAME:On call: ben\r\n')
})

test('a shift that goes on for another reason is one event with both reasons', () => {
  const override = {
    kind: 'takeover',
    id: 'o',
    by: 'kenji',
    add: 'ana',
    from: '2026-03-24T00:00:00Z',
    to: '2026-03-25T00:00:00Z',
    why: 'swap, agreed',
  } as const
  const text = scheduleCalendar(ScheduleSchema.parse({ ...payments, overrides: [override] }), {
    ...options,
    to: instant('2026-03-26T00:00:00Z'),
  })
  expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(1)
  expect(text.replaceAll('\r\n ', '')).toContain(
    "DESCRIPTION:layer 'Weekly'\\noverride by kenji until Wed 25 Mar\\, 01:00 CET: swap\\, agreed\r\n",
  )
})

test('a schedule without shifts is still a calendar', () => {
  expect(personCalendar('nobody', [payments], options)).toMatch(/^BEGIN:VCALENDAR\r\n(?!.*VEVENT).*END:VCALENDAR\r\n$/s)
})

describe('text is escaped', () => {
  test.each([
    ['a;b,c\\d', 'a\\;b\\,c\\\\d'],
    ['one\r\ntwo\nthree\rfour', 'one\\ntwo\\nthree\\nfour'],
    ['bell\u0007 and nul\u0000', 'bell and nul'],
    ['a\ttab: "quoted"', 'a\ttab: "quoted"'],
  ])('%j', (text, escaped) => expect(escapeText(text)).toBe(escaped))

  test('so that a name cannot add a line of its own', () => {
    const text = scheduleCalendar({ ...payments, name: 'x\r\nATTACH:https://evil.example' }, options)
    expect(text).not.toMatch(/^ATTACH/m)
  })
})

test('a line of 75 octets stays whole, one more is folded, and no character is cut', () => {
  expect(foldLine('a'.repeat(75))).toBe('a'.repeat(75))
  expect(foldLine('a'.repeat(76))).toBe(`${'a'.repeat(75)}\r\n a`)
  expect(foldLine(`${'a'.repeat(73)}🚨b`)).toBe(`${'a'.repeat(73)}\r\n 🚨b`)
})

test('every folded line is at most 75 octets long and unfolds to what it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }).map(escapeText), (line) => {
      const folded = foldLine(line)
      for (const part of folded.split('\r\n')) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(75)
      expect(folded.replaceAll('\r\n ', '')).toBe(line)
    }),
  )
})
