import { expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import { calm, decide, type Seen, type Watching } from './decide.ts'

const start = instant('2026-11-24T03:00:00Z')
const rules = { url: 'https://tocsin.example.org', afterSeconds: 30, againSeconds: 600 }
const down: Seen = { works: false, why: 'It does not answer.' }
const up: Seen = { works: true }

/** Looks each ten seconds, at what is seen in each, and tells when what was said. */
function story(looks: [Seen, number][]): string[] {
  let state: Watching = calm
  let now = start
  const said: string[] = []
  for (const [seen, times] of looks)
    for (let look = 0; look < times; look++, now = addSeconds(now, 10)) {
      const decided = decide(state, seen, now, rules)
      state = decided.state
      if (decided.say) said.push(`${(Date.parse(now) - Date.parse(start)) / 1000} s ${decided.say.kind}`)
    }
  return said
}

test.each<[string, [Seen, number][], string[]]>([
  ['nothing while it works', [[up, 100]], []],
  [
    'nothing about a hiccup shorter than the wait',
    [
      [up, 1],
      [down, 3],
      [up, 5],
    ],
    [],
  ],
  ['once when it has failed for as long as the wait', [[down, 10]], ['30 s down']],
  [
    'again after a while, and when it is over',
    [
      [down, 70],
      [up, 3],
    ],
    ['30 s down', '630 s still', '700 s over'],
  ],
  [
    'of a second failure as of a first',
    [
      [down, 5],
      [up, 1],
      [down, 5],
    ],
    ['30 s down', '50 s over', '90 s down'],
  ],
  [
    'a hiccup that ends begins anew',
    [
      [down, 3],
      [up, 1],
      [down, 3],
    ],
    [],
  ],
])('a watcher says %s', (_name, looks, expected) => expect(story(looks)).toEqual(expected))

test('what it says names the place, what was seen, for how long, and what to do', () => {
  const { say } = decide({ ...calm, failingSince: start }, down, addSeconds(start, 45), rules)
  expect(say).toEqual({
    kind: 'down',
    key: 'watch-2026-11-24T03:00:00.000Z-1',
    title: 'Tocsin at tocsin.example.org does not work',
    body: 'It does not answer. So for 45 s. Until it works again it pages nobody, and may refuse what monitors send. Look at its machine, and run `tocsin doctor` there.',
  })
})
