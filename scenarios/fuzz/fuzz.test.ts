// Whatever is sent to the ways in for alerts, every valid event in between is stored once. TOCSIN_FUZZ_SECONDS is for more than ten seconds.
import { expect, test } from 'vitest'
import { campaign } from './campaign.ts'
import { chanceOf } from './chance.ts'
import { mutated } from './mutate.ts'
import { protocols } from './protocols.ts'
import { smallest } from './shrink.ts'

const seconds = Number(process.env['TOCSIN_FUZZ_SECONDS'] ?? 10)

test(
  'no mutated request fails the server, costs a valid event, or goes without a trace',
  async () => {
    const { failure, runs, valid, refused } = await campaign({ seed: 20_261_124, runs: Infinity, seconds })
    expect(failure).toBeUndefined()
    expect([runs > 100, valid > 5, refused > 50]).toEqual([true, true, true])
  },
  (seconds + 60) * 1000,
)

test('a seed and a run make the same request every time', () => {
  const once = () => Array.from({ length: 50 }, (_, run) => mutated(protocols[run % protocols.length]!.recorded[0]!, chanceOf(7, run)))
  expect(once()).toEqual(once())
})

test('what fails is made small before it is told', async () => {
  const request = { method: 'POST', path: '/', headers: {}, body: Buffer.from(`${'x'.repeat(300)}bad${'y'.repeat(300)}`) }
  const found = await smallest(request, ({ body }) => Promise.resolve(body.includes('bad')))
  expect(found.body.toString()).toBe('bad')
})
