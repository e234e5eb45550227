import { expect, test } from 'vitest'
import type { ChannelResult } from '#kernel/integration.ts'
import type { Said } from './decide.ts'
import { createTeller } from './tell.ts'

const said = (kind: Said['kind']): Said => ({ kind, key: kind, title: kind, body: '' })

/** Two addresses, of which the second answers as given, look by look. */
function two(...answers: ChannelResult[]) {
  const sent: string[] = []
  const teller = createTeller(['ana', 'ben'], async (to, { kind }) => {
    sent.push(`${to} ${kind}`)
    return to === 'ana' ? { status: 'delivered' } : (answers.shift() ?? { status: 'delivered' })
  })
  return { teller, sent }
}
const notNow: ChannelResult = { status: 'failed', canRetry: true, reason: 'not now' }
const never: ChannelResult = { status: 'failed', canRetry: false, reason: 'no such address' }

test('who could not be told is tried again, and nobody else is told twice', async () => {
  const { teller, sent } = two(notNow, notNow)
  teller.say(said('down'))
  expect(await teller.handOver()).toEqual(['ben could not be told: not now'])
  await teller.handOver()
  expect(await teller.handOver()).toEqual([])
  await teller.handOver()
  expect(sent).toEqual(['ana down', 'ben down', 'ben down', 'ben down'])
})

test('an address that is refused for good is told of, and left alone', async () => {
  const { teller, sent } = two(never)
  teller.say(said('down'))
  expect(await teller.handOver()).toEqual(['ben could not be told: no such address'])
  await teller.handOver()
  expect(sent).toEqual(['ana down', 'ben down'])
})

test('when it is over before somebody was told, they hear that, and not the old news', async () => {
  const { teller, sent } = two(notNow)
  teller.say(said('down'))
  await teller.handOver()
  teller.say(said('over'))
  await teller.handOver()
  expect(sent.sort()).toEqual(['ana down', 'ana over', 'ben down', 'ben over'])
})
