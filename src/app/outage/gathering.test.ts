import { expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import type { UserId } from '#kernel/actor.ts'
import type { IntegrationId } from '#domains/alerts/index.ts'
import { createGathering } from './gathering.ts'
import { degradedMessage } from './words.ts'

const start = instant('2026-11-28T03:00:00Z')
const at = (seconds: number) => addSeconds(start, seconds)
const integrationId = 'int_1' as IntegrationId
const person = (name: string) => ({ userId: `usr_${name}` as UserId, zone: 'UTC', reason: `${name} is on call for Payments` })

function story(acts: [number, 'fires' | 'ends', string, string, ...string[]][], looks: number[]) {
  const gathering = createGathering()
  const said: string[] = []
  const waiting = [...acts]
  for (const second of looks) {
    while (waiting[0] && waiting[0][0] <= second) {
      const [when, what, dedupKey, groupKey, ...people] = waiting.shift()!
      if (what === 'ends') gathering.over({ integrationId, dedupKey, at: at(when) })
      else
        gathering.triggered({ integrationId, dedupKey, at: at(when) }, () =>
          people.length === 0 ? undefined : { groupKey, title: groupKey, service: '', people: people.map(person) },
        )
    }
    for (const { person: one, alerts } of gathering.due(at(second)))
      said.push(`${second} s ${one.userId.slice(4)}: ${alerts.map(({ title }) => title).join(', ')}`)
  }
  return said
}

test.each<[string, Parameters<typeof story>[0], number[], string[]]>([
  ['nobody in the first 20 s', [[0, 'fires', 'a', 'A', 'ana']], [1, 19], []],
  ['whoever is on call after it, once', [[0, 'fires', 'a', 'A', 'ana']], [20, 21, 90], ['20 s ana: A']],
  [
    'nobody of what is over by then, and of what is still open in its group',
    [
      [0, 'fires', 'a', 'A', 'ana'],
      [0, 'fires', 'b', 'B', 'ana'],
      [1, 'fires', 'b2', 'B', 'ana'],
      [5, 'ends', 'a', 'A'],
      [6, 'ends', 'b', 'B'],
    ],
    [20],
    ['20 s ana: B'],
  ],
  [
    'one message of many groups, and the next one a minute later',
    [
      [0, 'fires', 'a', 'A', 'ana'],
      [1, 'fires', 'b', 'B', 'ana', 'ben'],
      [3, 'fires', 'c', 'C', 'ana'],
      [4, 'fires', 'd', 'D', 'ana'],
    ],
    [22, 25, 81, 82],
    ['22 s ana: A, B', '22 s ben: B', '82 s ana: C, D'],
  ],
  [
    'once of an alert that ends and fires again',
    [
      [0, 'fires', 'a', 'A', 'ana'],
      [30, 'ends', 'a', 'A'],
      [40, 'fires', 'a', 'A', 'ana'],
    ],
    [20, 31, 100],
    ['20 s ana: A'],
  ],
  [
    'again of an alert that fires when it had been over for some minutes, whoever is on call then',
    [
      [0, 'fires', 'a', 'A', 'ana'],
      [0, 'fires', 'a2', 'A', 'ana'],
      [30, 'ends', 'a', 'A'],
      [40, 'ends', 'a2', 'A'],
      [339, 'fires', 'a2', 'A', 'ana'],
      [341, 'ends', 'a2', 'A'],
      [7000, 'fires', 'a', 'A', 'ben'],
    ],
    [20, 60, 339, 400, 7010, 7020, 7100],
    ['20 s ana: A', '7020 s ben: A'],
  ],
  ['nobody of what would page nobody', [[0, 'fires', 'a', 'A']], [20], []],
])('it tells %s', (_, acts, looks, expected) => expect(story(acts, looks)).toEqual(expected))

test('after the outage everything begins anew', () => {
  const gathering = createGathering()
  const foresee = () => ({ groupKey: 'A', title: 'A', service: '', people: [person('ana')] })
  gathering.triggered({ integrationId, dedupKey: 'a', at: start }, foresee)
  gathering.clear()
  expect(gathering.due(at(60))).toEqual([])
  gathering.triggered({ integrationId, dedupKey: 'a', at: at(60) }, foresee)
  expect(gathering.due(at(80))).toHaveLength(1)
})

test('what they read says what is wrong, since when, why they are told, and what cannot be done', () => {
  const alert = (title: string) => ({ groupKey: title, title, service: 'Checkout', since: start, integrationId, open: new Set<string>() })
  const told = {
    person: { ...person('ana'), zone: 'Europe/Berlin' },
    alerts: [alert('Critical: Card payments fail'), alert('Error: Queue grows')],
  }
  expect(degradedMessage(told, at(-30))).toEqual({
    title: 'Degraded: 2 alerts, Critical: Card payments fail',
    body: [
      '04:00 Critical: Card payments fail (Checkout)',
      '04:00 Error: Queue grows (Checkout)',
      '',
      'The database of Tocsin is away. You are told by what was known at 03:59: ana is on call for Payments.',
      'Nobody else is told after you: call whoever you need. Acknowledge it by the link, and you are not paged for it again when the database is back.',
      'What nobody has by then, and is still open, pages as ever; that page is then a repeat of this one.',
    ].join('\n'),
    urgency: 'page',
  })
})
