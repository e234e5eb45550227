import { describe, expect, test } from 'vitest'
import { play, type Timeline, type ToldAlert } from './fixtures/timeline-world.ts'
import file from './fixtures/grouping/timeline.json' with { type: 'json' }

const vectors = file.vectors as unknown as Timeline[]
const byLabels = (a: ToldAlert, b: ToldAlert): number => (JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1)
const plain = (alerts: readonly ToldAlert[]): ToldAlert[] =>
  alerts.map((alert) => ({ ...alert, annotations: alert.annotations ?? {} })).sort(byLabels)

for (const vector of vectors) {
  describe(`timeline ${vector.id}`, () => {
    const heard = play(vector)
    test.each(vector.receivers)('$name hears exactly what it must', ({ name }) => {
      const expected = vector.expect.filter(({ receiver }) => receiver === name)
      const got = heard.filter(({ receiver }) => receiver === name)
      expect(got.map(({ alerts }) => plain(alerts))).toEqual(expected.map(({ alerts }) => plain(alerts)))
      got.forEach((notification, index) => {
        const [from, to] = expected[index]!.between
        expect(notification.at).toBeGreaterThanOrEqual(from!)
        expect(notification.at).toBeLessThanOrEqual(to!)
      })
    })
  })
}

test('every vector of the file is played', () => {
  expect(vectors.map(({ id }) => id)).toEqual([
    'merge-alerts',
    'repeat',
    'batching',
    'resolved-filter',
    'webhook-timeout',
    'always-inhibiting',
    'silencing',
    'utf8-label-route',
  ])
})
