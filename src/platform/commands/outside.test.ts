// A command that needs work which takes long keeps nobody waiting with a transaction, or in a place that others need.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { defineCommand, defineEvent, defineSlice } from '#kernel/define.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'

const locked = defineEvent({
  type: 'safe.locked',
  version: 1,
  data: z.object({ code: z.string() }),
  about: ({ code }) => ({ safe: code }),
  sentence: () => 'locked',
})
let work: (code: string) => Promise<string>
/** What it finds in its turn: the first time something else than later. */
let found: string[]
let asked: string[]
const lock = defineCommand({
  name: 'safes.lock',
  summary: 'Lock a safe',
  http: 'POST /safes',
  needs: 'public',
  on: 'organisation',
  input: z.strictObject({ slow: z.boolean() }),
  output: z.object({ code: z.string() }),
  examples: [{ slow: false }],
  async run({ emit, outside }, { slow }) {
    const code = found.length > 1 ? found.shift()! : found[0]!
    await emit(locked, { code })
    if (!slow) return { code }
    return {
      code: await outside(code, () => {
        asked.push(code)
        return work(code)
      }),
    }
  },
})
const safes = defineSlice({ name: 'safes', operations: { lock }, events: { locked } })

let world: World
beforeAll(async () => void (world = await createWorld(catalogueOf([safes]))))
afterAll(() => world.close())
beforeEach(() => {
  found = ['1234']
  asked = []
})

test('others go on while it is done, and it is written once', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  work = () => promise
  const slow = Array.from({ length: 12 }, () => world.do(system('test'), lock, { slow: true }))
  await expect.poll(() => asked).toHaveLength(12)
  expect(await world.do(system('test'), lock, { slow: false })).toEqual({ code: '1234' })
  expect(await world.events('safe.locked')).toHaveLength(1)
  resolve('hashed')
  expect(await Promise.all(slow)).toEqual(slow.map(() => ({ code: 'hashed' })))
  expect(await world.events('safe.locked')).toHaveLength(13)
  expect(asked).toHaveLength(12)
})

test('an answer is of what was found: what it finds when it runs again is asked anew', async () => {
  work = (code) => Promise.resolve(`hash of ${code}`)
  found = ['before', 'after']
  expect(await world.do(system('test'), lock, { slow: true })).toEqual({ code: 'hash of after' })
  expect(asked).toEqual(['before', 'after'])
})

test('what fails there fails the command, and nothing is written', async () => {
  const before = await world.events('safe.locked')
  work = () => Promise.reject(new Error('it jams'))
  await expect(world.do(system('test'), lock, { slow: true })).rejects.toThrow('it jams')
  expect(await world.events('safe.locked')).toEqual(before)
})
