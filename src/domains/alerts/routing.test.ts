import { describe, expect, test } from 'vitest'
import { compileCondition, type CompiledCondition } from '#kernel/conditions.ts'
import file from './fixtures/grouping/routing.json' with { type: 'json' }
import { seconds } from './fixtures/timeline-world.ts'
import { parseMatchers, type Matcher } from './matcher.ts'
import { compileRoutes, defaultGrouping, route, type CompiledRoute, type Route, type RuleTried } from './routing.ts'

type Target = { receiver: string }
type VectorRoute = {
  match?: string[]
  receiver?: string
  groupBy?: string[]
  groupWait?: string
  groupInterval?: string
  repeatInterval?: string
  continue?: boolean
  routes?: VectorRoute[]
}
type Vector = {
  id: string
  routeTree: VectorRoute
  labels: Record<string, string>
  matched: { receiver: string; groupBy: string[]; groupWait: string; groupInterval: string; repeatInterval: string }[]
}

const matchers = (texts: string[]): Matcher[] => parseMatchers(texts.join(',')) as Matcher[]
const compiled = (root: Route<Target>): CompiledRoute<Target> => {
  const tree = compileRoutes(root, { ...defaultGrouping, receiver: 'nobody' })
  if ('faults' in tree) throw new Error(JSON.stringify(tree.faults))
  return tree
}

function ours(node: VectorRoute, name = 'root'): Route<Target> {
  return {
    name,
    match: matchers(node.match ?? []),
    ...(node.continue === undefined ? {} : { continue: node.continue }),
    options: {
      ...(node.receiver === undefined ? {} : { receiver: node.receiver }),
      ...(node.groupBy === undefined ? {} : { groupBy: node.groupBy }),
      ...(node.groupWait === undefined ? {} : { groupWaitSeconds: seconds(node.groupWait) }),
      ...(node.groupInterval === undefined ? {} : { groupIntervalSeconds: seconds(node.groupInterval) }),
      ...(node.repeatInterval === undefined ? {} : { repeatIntervalSeconds: seconds(node.repeatInterval) }),
    },
    routes: (node.routes ?? []).map((child, index) => ours(child, `${name}/${index}`)),
  }
}

const vectors = file.vectors as unknown as Vector[]

test.each(vectors)('vector $id', ({ routeTree, labels, matched }) => {
  const got = route(compiled(ours(routeTree)), labels).matched.map(({ options }) => ({ ...options, groupBy: [...options.groupBy].sort() }))
  expect(got).toEqual(
    matched.map((one) => ({
      receiver: one.receiver,
      groupBy: [...one.groupBy].sort(),
      groupWaitSeconds: seconds(one.groupWait),
      groupIntervalSeconds: seconds(one.groupInterval),
      repeatIntervalSeconds: seconds(one.repeatInterval),
    })),
  )
})

const declarations = { title: 'text', labels: 'labels' } as const
const condition = (source: string): CompiledCondition => compileCondition(source, declarations) as CompiledCondition

describe('the trace names every rule with its reason', () => {
  const tree = compiled({
    name: 'everything',
    routes: [
      { name: 'databases', match: matchers(['kind=~"db|cache"']), routes: [{ name: 'replicas', match: matchers(['role=replica']) }] },
      { name: 'noise', condition: condition('title.contains("flap") && labels.team == "web"'), continue: true },
      { name: 'web', match: matchers(['team=web']) },
      { name: 'rest' },
    ],
  })

  test.each<[name: string, labels: Record<string, string>, title: string, matched: string[], trace: RuleTried[]]>([
    [
      'a child ends the search',
      { kind: 'db' },
      'slow',
      ['databases'],
      [
        { rule: 'everything', depth: 0, outcome: 'matched', reason: 'it takes every alert' },
        { rule: 'databases', depth: 1, outcome: 'applies', reason: 'its matchers match, and no rule below it does' },
        { rule: 'replicas', depth: 2, outcome: 'does-not-match', reason: "role is not set, not 'replica'" },
        { rule: 'noise', depth: 1, outcome: 'not-tried', reason: "'databases' took it before and does not continue" },
        { rule: 'web', depth: 1, outcome: 'not-tried', reason: "'databases' took it before and does not continue" },
        { rule: 'rest', depth: 1, outcome: 'not-tried', reason: "'databases' took it before and does not continue" },
      ],
    ],
    [
      'the search continues',
      { team: 'web' },
      'it flaps',
      ['noise', 'web'],
      [
        { rule: 'everything', depth: 0, outcome: 'matched', reason: 'it takes every alert' },
        { rule: 'databases', depth: 1, outcome: 'does-not-match', reason: 'kind is not set, which does not match db|cache' },
        {
          rule: 'noise',
          depth: 1,
          outcome: 'applies',
          reason: '`title.contains("flap") && labels.team == "web"` holds: title is "it flaps", labels.team is "web"',
        },
        { rule: 'web', depth: 1, outcome: 'applies', reason: 'its matchers match' },
        { rule: 'rest', depth: 1, outcome: 'not-tried', reason: "'web' took it before and does not continue" },
      ],
    ],
    [
      'a condition that cannot be told does not match',
      {},
      'it flaps',
      ['rest'],
      [
        { rule: 'everything', depth: 0, outcome: 'matched', reason: 'it takes every alert' },
        { rule: 'databases', depth: 1, outcome: 'does-not-match', reason: 'kind is not set, which does not match db|cache' },
        { rule: 'noise', depth: 1, outcome: 'does-not-match', reason: 'its condition cannot be told: No such key: team' },
        { rule: 'web', depth: 1, outcome: 'does-not-match', reason: "team is not set, not 'web'" },
        { rule: 'rest', depth: 1, outcome: 'applies', reason: 'it takes every alert' },
      ],
    ],
  ])('%s', (_, labels, title, matched, trace) => {
    const routed = route(tree, labels, { title, labels })
    expect(routed.matched.map(({ name }) => name)).toEqual(matched)
    expect(routed.trace).toEqual(trace)
  })
})

test('an alert that no child takes goes to the root', () => {
  expect(route(compiled({ name: 'root', routes: [{ name: 'a', match: matchers(['a=b']) }] }), {}).matched.map(({ name }) => name)).toEqual([
    'root',
  ])
})

test('mute and active times are not inherited, other options are', () => {
  const [child] = compiled({
    name: 'root',
    routes: [{ name: 'a', options: { receiver: 'ana' }, times: { muteTimes: ['nights'] }, routes: [{ name: 'b' }] }],
  }).routes[0]!.routes
  expect(child).toMatchObject({ times: {}, options: { receiver: 'ana' } })
})

test.each<[name: string, root: Route<Target>, path: string]>([
  ['a root with matchers', { name: 'root', match: matchers(['a=b']) }, 'root'],
  ['a root with mute times', { name: 'root', times: { muteTimes: ['nights'] } }, 'root'],
  ['two rules of one name', { name: 'root', routes: [{ name: 'a' }, { name: 'a' }] }, 'a'],
  ['a pattern that is none', { name: 'root', routes: [{ name: 'a', match: matchers(['b=~"("']) }] }, 'a: b=~"("'],
])('%s is a fault', (_, root, path) =>
  expect(compileRoutes(root, { ...defaultGrouping, receiver: 'nobody' })).toMatchObject({ faults: [{ path }] }),
)
