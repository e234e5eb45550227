// Promises of a clock: when it warns, when it is late, what it says while it stands.
import { expect, test } from 'vitest'
import { readClock, type ClockFace } from './clock-reading.ts'

const when = { zone: 'Europe/Berlin', nowMs: Date.parse('2026-11-23T13:40:52Z') }
const read = (face: ClockFace) => readClock('Next update', face, when)

test('a running clock counts up and names its start with the zone', () => {
  expect(read({ kind: 'running', since: '2026-11-23T13:02:00Z' })).toMatchObject({ digits: '38:52', tone: 'ink', below: 'since 14:02 CET' })
})

test.each([
  ['more than a fifth left is calm', '2026-11-23T15:02:00Z', '2026-11-23T13:02:00Z', 'ink'],
  ['under a fifth left is amber', '2026-11-23T13:50:52Z', '2026-11-23T12:50:00Z', 'amber'],
  ['five minutes left is amber whatever the whole', '2026-11-23T13:45:52Z', undefined, 'amber'],
  ['five minutes and a second is calm', '2026-11-23T13:45:53Z', undefined, 'ink'],
  ['due now is not yet missed', '2026-11-23T13:40:52Z', undefined, 'amber'],
] as const)('%s', (_name, due, from, tone) => expect(read({ kind: 'due', due, from }).tone).toBe(tone))

test('after its due time a clock is red, negative and says since when', () => {
  expect(read({ kind: 'due', due: '2026-11-23T13:38:42Z' })).toMatchObject({ digits: '−2:10', tone: 'red', below: 'missed at 14:38 CET' })
})

test('a paused clock keeps what is left and says why', () => {
  const reading = read({ kind: 'paused', since: '2026-11-23T13:20:00Z', leftSeconds: 4868, why: 'waiting for customer' })
  expect(reading).toMatchObject({ digits: '1:21:08', tone: 'violet', below: 'paused since 14:20 (waiting for customer)' })
})
