// What people and monitors do in a run: a list from the seed, each at its time and with chance of its own, so that some may be left out.
import type { Random } from './random.ts'

const weights = {
  fire: 24,
  'a storm': 2,
  'a flood': 2,
  resolve: 12,
  'acknowledge at the source': 3,
  'acknowledge by API': 8,
  'acknowledge by link': 8,
  'take what was told': 4,
  'acknowledge a summary': 5,
  'acknowledge the group': 5,
  'give back': 3,
  'escalate by link': 3,
  escalate: 3,
  snooze: 2,
  'resolve the group': 4,
  'page directly': 3,
  'end a page': 2,
  'add an override': 7,
  'change a policy': 2,
  'change a schedule': 2,
  'apply a configuration': 3,
  'disable a person': 1,
  'remove a method': 1,
  silence: 2,
  'start a run': 4,
  'answer a run': 8,
  'cancel a run': 1,
  'declare an incident': 3,
  'move an incident': 3,
  'bring somebody in': 2,
  'link a group': 1,
  'publish an update': 5,
  'plan work': 4,
  'call off work': 1,
  'follow a status page': 4,
  'stop following': 1,
  'a stranger follows': 3,
  'a stranger stops': 1,
  'change a team': 3,
  'look around': 8,
} as const

type OperationKind = keyof typeof weights
/** Those that go through the way in. */
export const sendsAlerts: ReadonlySet<string> = new Set<OperationKind>([
  'fire',
  'a storm',
  'a flood',
  'resolve',
  'acknowledge at the source',
])
/** `at`: seconds after the beginning. `n` names the operation and its chance, whatever else is left out. */
export type Operation = { n: number; at: number; kind: OperationKind; twice: boolean }

const bag = Object.entries(weights).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind as OperationKind))

/** Some runs are mostly about one thing, for what is seldom meets itself in no other. */
const themes: readonly (readonly OperationKind[])[] = [
  [],
  [],
  ['declare an incident', 'publish an update', 'publish an update', 'publish an update', 'follow a status page', 'a stranger follows'],
  ['declare an incident', 'move an incident', 'move an incident', 'publish an update', 'publish an update', 'plan work'],
  ['start a run', 'answer a run', 'answer a run', 'answer a run', 'declare an incident'],
  ['fire', 'fire', 'resolve', 'a storm', 'a flood', 'take what was told'],
  ['fire', 'acknowledge by API', 'acknowledge the group', 'give back', 'give back', 'escalate', 'page directly'],
  ['change a team', 'look around', 'look around', 'page directly', 'bring somebody in', 'declare an incident', 'link a group'],
]

/** So many operations, in the order of their times. */
export function planOperations(random: Random): Operation[] {
  const count = random.one([10, 20, 40, 100])
  const gaps = random.one([
    [0, 0, 1, 5],
    [1, 10, 30, 60],
    [10, 60, 120, 300],
  ])
  // Swarm: a run leaves out some kinds altogether.
  const absent = new Set(Object.keys(weights).filter((kind) => kind !== 'fire' && random.chance(0.25)))
  const theme = random.one(themes)
  const kinds = [...bag.filter((kind) => !absent.has(kind)), ...Array.from({ length: 20 }, () => theme).flat()]
  let at = 0
  return Array.from({ length: count }, (_, n): Operation => {
    at += random.one(gaps)
    return { n, at, kind: random.one(kinds), twice: random.chance(0.1) }
  })
}
