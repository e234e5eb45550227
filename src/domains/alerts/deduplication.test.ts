import { describe, expect, test } from 'vitest'
import { instant, type Instant } from '#kernel/time.ts'
import { deduplicate, extentAfter, type Deduplication, type Extent, type Known } from './deduplication.ts'

const at = (time: string): Instant => instant(`2026-11-24T${time}:00Z`)
const now = at('12:00')
const resolved: Known = { state: 'resolved', resolvedAt: at('11:00') }

describe('what a signal does to the alert of its key', () => {
  test.each<[name: string, current: Known | undefined, signal: Parameters<typeof deduplicate>[1], expected: Deduplication]>([
    ['a trigger with a new key', undefined, { action: 'trigger' }, { does: 'new', reason: 'no alert has this key' }],
    [
      'a trigger for an open alert',
      { state: 'triggered' },
      { action: 'trigger' },
      { does: 'repeat', reason: 'the alert with this key is open: recorded, nobody is paged again' },
    ],
    [
      'a trigger for an acknowledged alert pages nobody',
      { state: 'acknowledged' },
      { action: 'trigger' },
      { does: 'repeat', reason: 'the alert with this key is acknowledged: recorded, nobody is paged again' },
    ],
    [
      'a trigger for a suppressed alert',
      { state: 'suppressed' },
      { action: 'trigger' },
      { does: 'repeat', reason: 'the alert with this key is held back: recorded' },
    ],
    [
      'a trigger after a resolve is a new alert',
      resolved,
      { action: 'trigger' },
      { does: 'new', reason: 'the last alert with this key is resolved, and a resolved alert is never opened again' },
    ],
    [
      'a trigger for an open alert whose time has run out',
      { state: 'acknowledged', endsAt: at('11:59') },
      { action: 'trigger' },
      { does: 'new', resolvesCurrentAt: at('11:59'), reason: 'the alert with this key had ended by its own time; this is a new one' },
    ],
    [
      'a trigger for an open alert whose time runs still',
      { state: 'triggered', endsAt: at('12:01') },
      { action: 'trigger', endsAt: at('12:04') },
      { does: 'repeat', reason: 'the alert with this key is open: recorded, nobody is paged again' },
    ],
    [
      'a trigger that has ended is a resolve',
      { state: 'triggered' },
      { action: 'trigger', endsAt: now },
      { does: 'resolve', reason: 'its source says that it is over' },
    ],
    ['a resolve of nothing', undefined, { action: 'resolve' }, { does: 'drop', reason: 'there is no alert with this key to resolve' }],
    [
      'a resolve of an open alert',
      { state: 'triggered' },
      { action: 'resolve' },
      { does: 'resolve', reason: 'its source says that it is over' },
    ],
    [
      'a resolve of an acknowledged alert',
      { state: 'acknowledged' },
      { action: 'resolve' },
      { does: 'resolve', reason: 'its source says that it is over' },
    ],
    [
      'a resolve of a suppressed alert',
      { state: 'suppressed' },
      { action: 'resolve' },
      { does: 'resolve', reason: 'its source says that it is over' },
    ],
    ['a second resolve', resolved, { action: 'resolve' }, { does: 'drop', reason: 'the alert with this key is resolved already' }],
    [
      'a second resolve that is the same',
      resolved,
      { action: 'resolve', endsAt: at('11:00') },
      { does: 'drop', reason: 'the alert with this key is resolved already' },
    ],
    [
      'a second resolve with a later end',
      resolved,
      { action: 'resolve', startedAt: at('10:00'), endsAt: at('11:30') },
      { does: 'repeat', reason: 'the alert with this key is resolved: only its end is moved' },
    ],
    [
      'a resolve of a later occurrence that was never seen',
      resolved,
      { action: 'resolve', startedAt: at('11:20'), endsAt: at('11:30') },
      { does: 'drop', reason: 'the alert with this key is resolved already' },
    ],
    [
      'an acknowledge of nothing',
      undefined,
      { action: 'acknowledge' },
      { does: 'drop', reason: 'there is no alert with this key to acknowledge' },
    ],
    [
      'an acknowledge of an open alert',
      { state: 'triggered' },
      { action: 'acknowledge' },
      { does: 'acknowledge', reason: 'its source says that somebody has it' },
    ],
    [
      'an acknowledge of a suppressed alert',
      { state: 'suppressed' },
      { action: 'acknowledge' },
      { does: 'acknowledge', reason: 'its source says that somebody has it' },
    ],
    [
      'a second acknowledge',
      { state: 'acknowledged' },
      { action: 'acknowledge' },
      { does: 'drop', reason: 'the alert with this key is acknowledged already' },
    ],
    [
      'an acknowledge after a resolve',
      resolved,
      { action: 'acknowledge' },
      { does: 'drop', reason: 'the alert with this key is resolved' },
    ],
    [
      'a trigger that came before the end of its alert',
      resolved,
      { action: 'trigger', heardAt: at('10:59') },
      { does: 'over', reason: 'its end was heard before this, which came before it' },
    ],
    [
      'a trigger that came after the end of the last alert, and is read late',
      resolved,
      { action: 'trigger', heardAt: at('11:01') },
      { does: 'new', reason: 'the last alert with this key is resolved, and a resolved alert is never opened again' },
    ],
    [
      'one that came at the very moment of the end counts in the order in which it is read',
      resolved,
      { action: 'trigger', heardAt: at('11:00') },
      { does: 'new', reason: 'the last alert with this key is resolved, and a resolved alert is never opened again' },
    ],
    [
      'a trigger that came before the alert was last heard',
      { state: 'triggered', heardAt: at('11:30') },
      { action: 'trigger', heardAt: at('11:29') },
      { does: 'count', reason: 'the alert with this key was heard of since: only counted' },
    ],
    [
      'a trigger that came while the alert still ran, and is read when it has run out',
      { state: 'triggered', heardAt: at('11:00'), endsAt: at('11:30') },
      { action: 'trigger', heardAt: at('11:29') },
      { does: 'repeat', reason: 'the alert with this key is open: recorded, nobody is paged again' },
    ],
    [
      'a resolve that came before the alert fired again',
      { state: 'triggered', heardAt: at('11:30') },
      { action: 'resolve', heardAt: at('11:29') },
      { does: 'drop', reason: 'the alert with this key has fired again since' },
    ],
    [
      'a resolve that came after the alert was last heard, and is read late',
      { state: 'triggered', heardAt: at('11:30') },
      { action: 'resolve', heardAt: at('11:30') },
      { does: 'resolve', reason: 'its source says that it is over' },
    ],
  ])('%s', (_, current, signal, expected) => expect(deduplicate(current, signal, now)).toEqual(expected))
})

describe('from when to when an alert is', () => {
  const extent = (startedAt: Instant, endsAt: Instant | null = null, endsBy: Extent['endsBy'] = endsAt && 'source'): Extent => ({
    startedAt,
    endsAt,
    endsBy,
  })
  test.each<
    [
      name: string,
      before: Extent | undefined,
      signal: Parameters<typeof extentAfter>[1],
      resolveAfterSeconds: number | null,
      expected: Extent,
    ]
  >([
    ['nothing said: from now, without an end', undefined, {}, null, extent(now)],
    ['nothing said, but it may run out', undefined, {}, 300, extent(now, at('12:05'), 'timeout')],
    ['both said', undefined, { startedAt: at('11:00'), endsAt: at('12:04') }, 300, extent(at('11:00'), at('12:04'))],
    ['only an end in the past', undefined, { endsAt: at('11:30') }, null, extent(at('11:30'), at('11:30'))],
    ['the earliest start wins', extent(at('11:00')), { startedAt: at('11:30') }, null, extent(at('11:00'))],
    ['also when it is said later', extent(at('11:00')), { startedAt: at('10:30') }, null, extent(at('10:30'))],
    ['the end moves with each signal', extent(at('11:00'), at('12:03')), { endsAt: at('12:04') }, null, extent(at('11:00'), at('12:04'))],
    [
      'an end that was named still stands if it is later',
      extent(at('11:00'), at('12:30')),
      { endsAt: at('12:04') },
      null,
      extent(at('11:00'), at('12:30')),
    ],
    ['also against one that we assume', extent(at('11:00'), at('12:30')), {}, 300, extent(at('11:00'), at('12:30'))],
    [
      'an end that we assumed does not',
      extent(at('11:00'), at('12:30'), 'timeout'),
      { endsAt: at('12:04') },
      null,
      extent(at('11:00'), at('12:04')),
    ],
    [
      'an end in the past beats one that was expected',
      extent(at('11:00'), at('12:30')),
      { endsAt: at('11:59') },
      null,
      extent(at('11:00'), at('11:59')),
    ],
    [
      'of two ends in the past the later wins',
      extent(at('11:00'), at('11:58')),
      { endsAt: at('11:50') },
      null,
      extent(at('11:00'), at('11:58')),
    ],
    [
      'of two ends in the past the later wins, also when it comes second',
      extent(at('11:00'), at('11:50')),
      { endsAt: at('11:58') },
      null,
      extent(at('11:00'), at('11:58')),
    ],
  ])('%s', (_, before, signal, resolveAfterSeconds, expected) =>
    expect(extentAfter(before, signal, now, resolveAfterSeconds)).toEqual(expected),
  )
})
