// A command with a key happens once, however often and by however many it is asked.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { defineCommand, defineEvent, defineSlice } from '#kernel/define.ts'
import { refuse } from '#kernel/errors.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { once } from './once.ts'

const sold = defineEvent({
  type: 'ticket.sold',
  version: 1,
  data: z.object({ show: z.string() }),
  about: ({ show }) => ({ show }),
  sentence: () => 'sold',
})
let answers = 0
const sell = defineCommand({
  name: 'tickets.sell',
  summary: 'Sell a ticket',
  http: 'POST /tickets',
  needs: 'public',
  on: 'organisation',
  input: z.strictObject({ show: z.string() }),
  output: z.object({ number: z.number() }),
  examples: [{ show: 'a' }],
  async run({ emit }, { show }) {
    if (show === 'sold out') return refuse('There are no tickets left.')
    await emit(sold, { show })
    return { number: ++answers }
  },
})

let world: World
beforeAll(
  async () => void (world = await createWorld(catalogueOf([defineSlice({ name: 'tickets', operations: { sell }, events: { sold } })]))),
)
afterAll(() => world.close())
const buy = (key: string, show: string) =>
  world.engine.execute(system('test'), sell as never, { show }, once(key, 'tickets.sell', { show }, 200))
const soldFor = async (show: string) => (await world.events('ticket.sold')).filter((event) => event.stream === show).length

test('the second time its first answer is given, and nothing happens', async () => {
  const first = await buy('key 1', 'hamlet')
  expect(await buy('key 1', 'hamlet')).toEqual(first)
  expect(await buy('key 2', 'hamlet')).not.toEqual(first)
  expect(await soldFor('hamlet')).toBe(2)
})

test('asked five times at once it happens once, and all hear the same', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => buy('key 3', 'macbeth')))
  expect(new Set(all.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(await soldFor('macbeth')).toBe(1)
})

test('the same key for another request is a conflict, and changes nothing', async () => {
  await buy('key 4', 'othello')
  await expect(buy('key 4', 'lear')).rejects.toMatchObject({ code: 'conflict' })
  expect(await soldFor('lear')).toBe(0)
})

test('a refusal is not kept: when the reason is gone, the same key works', async () => {
  await expect(buy('key 5', 'sold out')).rejects.toMatchObject({ code: 'refused' })
  expect(await buy('key 5', 'tempest')).toMatchObject({ number: expect.any(Number) })
})
