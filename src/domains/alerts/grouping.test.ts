import { describe, expect, test } from 'vitest'
import { addSeconds, instant, type Instant } from '#kernel/time.ts'
import {
  decide,
  emptyGroup,
  groupOf,
  GroupStateSchema,
  type GroupDecision,
  type GroupFacts,
  type GroupInput,
  type GroupOptions,
} from './grouping.ts'

const zero = instant('2026-11-24T12:00:00Z')
const at = (second: number): Instant => addSeconds(zero, second)
const options: GroupOptions = {
  groupWaitSeconds: 30,
  groupIntervalSeconds: 300,
  repeatIntervalSeconds: 3600,
  receivers: [{ name: 'page', sendResolved: true }],
}
const nothing: GroupFacts = { heldBack: new Map() }
const alert = (id: string, startedAt = 0, endsAt: number | null = null): GroupInput => ({
  type: 'alert',
  id,
  startedAt: at(startedAt),
  endsAt: endsAt === null ? null : at(endsAt),
})
const woke: GroupInput = { type: 'woke' }
const delivered: GroupInput = { type: 'delivered', receiver: 'page' }
const failed: GroupInput = { type: 'failed', receiver: 'page' }
type Step = [second: number, input: GroupInput, facts?: GroupFacts]

/** The decisions for inputs in order; each state also survives being stored. */
function run(steps: readonly Step[], given: GroupOptions = options): GroupDecision[] {
  let state = emptyGroup
  return steps.map(([second, input, facts = nothing]) => {
    const decision = decide(state, input, at(second), given, facts)
    state = GroupStateSchema.parse(JSON.parse(JSON.stringify(decision.state)))
    return decision
  })
}
const last = (steps: readonly Step[], given?: GroupOptions): GroupDecision => run(steps, given).at(-1)!
const told: Step[] = [
  [0, alert('a')],
  [30, woke],
  [30, delivered],
]

describe('the group of an alert', () => {
  test.each<[groupBy: string[], labels: Record<string, string>, key: string]>([
    [[], { a: '1' }, 'r:[]'],
    [['b', 'a'], { b: '2', a: '1', c: '3' }, 'r:[["a","1"],["b","2"]]'],
    [['a', 'gone'], { a: '1' }, 'r:[["a","1"]]'],
    [['a', 'gone'], { a: '1', gone: '' }, 'r:[["a","1"]]'],
    [['...'], { b: '2', a: '1' }, 'r:[["a","1"],["b","2"]]'],
    [['constructor'], {}, 'r:[]'],
    [['a'], { a: '1"],["b' }, 'r:[["a","1\\"],[\\"b"]]'],
  ])('by %j of %j', (groupBy, labels, key) => expect(groupOf('r', groupBy, labels).key).toBe(key))
})

describe('when a group is told', () => {
  test.each<[name: string, steps: Step[], due: string[][], wakeAt: number | undefined, reason: string]>([
    ['a new group waits', [[0, alert('a')]], [], 30, 'a new group waits 30 s for more'],
    ['one whose alert began long ago does not', [[100, alert('a', 0)]], [], 100, 'a new group, of an alert that began long ago'],
    [
      'a second alert joins the wait',
      [
        [0, alert('a')],
        [20, alert('b', 20)],
      ],
      [],
      30,
      'it joins a group that waits for more',
    ],
    [
      'a timer that comes early does no harm',
      [
        [0, alert('a')],
        [29, woke],
      ],
      [],
      30,
      'nothing is due yet',
    ],
    [
      'after the wait it is told',
      [
        [0, alert('b', -1)],
        [20, alert('a', 20)],
        [30, woke],
      ],
      [['b', 'a']],
      330,
      'page: it was not told of this group yet',
    ],
    [
      'an alert resolved before the wait is over is told to nobody',
      [
        [0, alert('a')],
        [20, alert('a', 0, 20)],
        [30, woke],
      ],
      [],
      undefined,
      'page: all were resolved before anything was told; the group has ended',
    ],
    ['nothing new at the next interval', [...told, [330, woke]], [], 630, `page: unchanged; told again at ${at(3630)}`],
    [
      'a new alert waits for the interval',
      [...told, [100, alert('b', 100)]],
      [],
      330,
      'it is looked at with the group, at the next interval',
    ],
    ['and is told then', [...told, [100, alert('b', 100)], [330, woke]], [['a', 'b']], 630, 'page: one alert fired since'],
    [
      'a resolved alert is told, with those that fire',
      [...told, [100, alert('b', 100)], [330, woke], [330, delivered], [400, alert('b', 100, 400)], [630, woke]],
      [['a', '-b']],
      930,
      'page: one alert resolved since',
    ],
    [
      'an alert resolves by itself when its end comes',
      [...told, [100, alert('a', 0, 200)], [330, woke]],
      [['-a']],
      630,
      'page: all alerts are resolved',
    ],
    [
      'a group that was told that all is over has ended',
      [...told, [100, alert('a', 0, 200)], [330, woke], [330, delivered]],
      [],
      undefined,
      'page was told; the group has ended',
    ],
    [
      'an unchanged group is told again',
      [...told, ...Array.from({ length: 12 }, (_, i): Step => [330 + i * 300, woke])],
      [['a']],
      3930,
      'page: unchanged for 1 h: told again',
    ],
    [
      'what fails is not told and is due again',
      [
        [0, alert('a')],
        [30, woke],
        [31, failed],
        [330, woke],
      ],
      [['a']],
      630,
      'page: it was not told of this group yet',
    ],
    [
      'what is underway is not sent twice',
      [
        [0, alert('a')],
        [30, woke],
        [330, woke],
      ],
      [],
      630,
      'page: the last notification is still underway',
    ],
    [
      'an answer that nobody waits for changes nothing',
      [
        [0, alert('a')],
        [1, delivered],
      ],
      [],
      30,
      'no notification to page is underway',
    ],
    [
      'a new alert after the end is a new group',
      [...told, [100, alert('a', 0, 200)], [330, woke], [330, delivered], [400, alert('b', 400)]],
      [],
      430,
      'a new group waits 30 s for more',
    ],
  ])('%s', (_, steps, due, wakeAt, reason) => {
    const decision = last(steps)
    expect(decision.due.map(({ firing, resolved }) => [...firing, ...resolved.map((id) => `-${id}`)])).toEqual(due)
    expect(decision.wakeAt).toBe(wakeAt === undefined ? undefined : at(wakeAt))
    expect(decision.reason).toBe(reason)
  })
})

describe('what is held back', () => {
  const silenced: GroupFacts = { heldBack: new Map([['a', "silenced by 'deploy window' until 14:00 (Kenji)"]]) }
  const muted: GroupFacts = { heldBack: new Map(), muted: "muted: it is 'nights'" }

  test('a silenced alert is not told, with the reason, and is told when the silence is over', () => {
    const [, silent, loud] = run([
      [0, alert('a')],
      [30, woke, silenced],
      [330, woke],
    ])
    expect(silent).toMatchObject({ due: [], reason: "page: silenced by 'deploy window' until 14:00 (Kenji)" })
    expect(loud!.due).toMatchObject([{ firing: ['a'] }])
  })

  test('others of the group are told without it', () => {
    expect(
      last([
        [0, alert('a')],
        [1, alert('b', 1)],
        [30, woke, silenced],
      ]).due,
    ).toMatchObject([{ firing: ['b'], resolved: [] }])
  })

  test('a muted rule tells nothing, and tells afterwards', () => {
    const [, silent, loud] = run([
      [0, alert('a')],
      [30, woke, muted],
      [330, woke],
    ])
    expect(silent).toMatchObject({ due: [], reason: "page: muted: it is 'nights'", wakeAt: at(330) })
    expect(loud!.due).toMatchObject([{ firing: ['a'] }])
  })

  test('who was told that an alert fires hears of its end, also when that came while the rule was muted', () => {
    const steps: Step[] = [...told, [100, alert('a', 0, 200)], [330, woke, muted], [630, woke]]
    expect(last(steps).due).toMatchObject([{ firing: [], resolved: ['a'], reason: 'all alerts are resolved' }])
  })

  test('nobody hears of an alert that came and went while the rule was muted', () => {
    expect(
      last([
        [0, alert('a')],
        [20, alert('a', 0, 20)],
        [30, woke, muted],
      ]),
    ).toMatchObject({ due: [], state: { phase: 'idle' } })
  })
})

describe('several receivers', () => {
  const two: GroupOptions = {
    ...options,
    receivers: [
      { name: 'page', sendResolved: true },
      { name: 'chat', sendResolved: false },
    ],
  }
  const first: Step[] = [
    [0, alert('a')],
    [1, alert('b', 1)],
    [30, woke],
    [30, delivered],
    [31, { type: 'delivered', receiver: 'chat' }],
  ]

  test('one that does not want resolutions gets none, and no notification of nothing but them', () => {
    expect(last([...first, [100, alert('b', 1, 100)], [330, woke]], two).due).toMatchObject([
      { receiver: 'page', firing: ['a'], resolved: ['b'] },
    ])
    const all: Step[] = [...first, [100, alert('a', 0, 100)], [100, alert('b', 1, 100)], [330, woke]]
    expect(last(all, two).due.map(({ receiver }) => receiver)).toEqual(['page'])
  })

  test('one that was not reached is told again, the other is not', () => {
    const steps: Step[] = [
      [0, alert('a')],
      [30, woke],
      [30, delivered],
      [35, { type: 'failed', receiver: 'chat' }],
      [330, woke],
    ]
    expect(last(steps, two).due.map(({ receiver }) => receiver)).toEqual(['chat'])
  })

  test('a resolved alert stays until each of them was told', () => {
    const wanting: GroupOptions = { ...two, receivers: two.receivers.map(({ name }) => ({ name, sendResolved: true })) }
    const steps: Step[] = [
      ...first,
      [100, alert('a', 0, 100)],
      [330, woke],
      [330, delivered],
      [331, { type: 'failed', receiver: 'chat' }],
      [630, woke],
    ]
    expect(last(steps, wanting).due).toMatchObject([{ receiver: 'chat', firing: ['b'], resolved: ['a'] }])
  })

  test('two notifications at one moment have different keys, the same decision has the same', () => {
    const keys = () =>
      last(
        [
          [0, alert('a')],
          [30, woke],
        ],
        two,
      ).due.map(({ key }) => key)
    expect(new Set(keys()).size).toBe(2)
    expect(keys()).toEqual(keys())
  })
})
