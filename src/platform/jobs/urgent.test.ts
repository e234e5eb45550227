// What pages people has room of its own on a node: whatever else hangs outside keeps none of it from going out.
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { call, defineEffect, defineProcess, defineSlice } from '#kernel/define.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { silentLog } from '#platform/log.ts'
import { createWorld } from '#scenarios/world/world.ts'
import { createWorker } from './worker.ts'

const rung: string[] = []
const asked: string[] = []
const answers: (() => void)[] = []
const Word = z.object({ word: z.string() })
const shape = { input: Word, outcome: z.string(), repeat: 'always', retry: { attempts: 1, firstSeconds: 1 } } as const

const ring = defineEffect({
  ...shape,
  name: 'hall.ring',
  urgent: true,
  run(_context, { word }) {
    rung.push(word)
    return Promise.resolve('rung')
  },
})
const ask = defineEffect({
  ...shape,
  name: 'hall.ask',
  async run(_context, { word }) {
    asked.push(word)
    await new Promise<void>((answer) => answers.push(answer))
    return 'answered'
  },
})
const hall = defineProcess({
  name: 'hall.enter',
  version: 1,
  state: z.array(z.string()),
  input: z.object({ type: z.enum(['ring', 'ask']), word: z.string() }),
  initial: (): string[] => [],
  inTurn: (key) => key,
  decide(state, input) {
    if (input.type === 'effect') return { state: [...state, input.result.type], reason: 'heard' }
    if (input.type === 'woke') return { state, reason: 'nothing is due' }
    return { state, reason: 'goes out', effects: [call(input.type === 'ring' ? ring : ask, { word: input.word })] }
  },
})

const world = await createWorld(
  catalogueOf([defineSlice({ name: 'hall', operations: {}, events: {}, processes: [hall], effects: [ring, ask] })]),
)
afterAll(() => world.close())
const enter = (type: 'ring' | 'ask', ...words: string[]) =>
  world.engine.transact(system('test'), async ({ tell }) => {
    for (const word of words) await tell(hall, `${type} ${word}`, { type, word })
  })

test('while everything else hangs, a page goes out, whether it is begun as it is written or found due', async () => {
  const worker = createWorker(world.engine, silentLog(), { concurrency: 2, effects: 6 })
  await worker.start()
  try {
    await enter('ask', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
    await expect.poll(() => asked).toHaveLength(2)
    await enter('ring', 'fire')
    await expect.poll(() => rung).toEqual(['fire'])
    await enter('ring', 'flood', 'storm')
    await expect.poll(() => rung.sort()).toEqual(['fire', 'flood', 'storm'])
    expect(asked).toHaveLength(2)
    for (let done = 0; done < 8; done++) {
      await expect.poll(() => answers.length).toBeGreaterThan(0)
      answers.shift()!()
    }
    await expect.poll(() => asked).toHaveLength(8)
  } finally {
    while (answers.length > 0) answers.shift()!()
    await worker.stop()
  }
})
