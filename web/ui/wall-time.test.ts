import { describe, expect, test } from 'vitest'
import { instantOfField, instantOfWall, wallText } from './wall-time.ts'

describe('a wall time', () => {
  test('goes to its instant and back', () => {
    expect(instantOfWall('2026-11-24T09:00', 'Europe/Berlin')).toBe('2026-11-24T08:00:00.000Z')
    expect(wallText(Date.parse('2026-07-01T07:00Z'), 'Europe/Berlin')).toBe('2026-07-01T09:00')
  })

  test('that happens twice is the first of both; that does not happen is the end of the gap', () => {
    expect(instantOfWall('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z')
    expect(instantOfWall('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
  })
})

describe('a field for a moment', () => {
  const given = '2026-11-24T08:00:41.512Z'

  test.each([
    ['means the wall clock of the zone, wherever this machine is', '2026-11-24T17:30', 'Asia/Tokyo', '', '2026-11-24T08:30:00.000Z'],
    ['keeps to the millisecond what nobody touched', '2026-11-24T09:00', 'Europe/Berlin', given, given],
    ['takes what was typed instead', '2026-11-24T09:01', 'Europe/Berlin', given, '2026-11-24T08:01:00.000Z'],
    ['is none once it is emptied', '', 'Europe/Berlin', given, ''],
  ])('%s', (_name, text, zone, before, expected) => expect(instantOfField(text, zone, before)).toBe(expected))

  test('keeps the second of two equal hours when the clock goes back', () => {
    const second = '2026-10-25T01:30:00.000Z'
    expect(instantOfField(wallText(Date.parse(second), 'Europe/Berlin'), 'Europe/Berlin', second)).toBe(second)
  })
})
