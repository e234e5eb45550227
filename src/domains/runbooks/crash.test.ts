// Stops the worker at every one of its transactions, before it and after its commit, and goes on with another one over the same database.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import type { OutboundRequest } from '#kernel/outbound.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Database } from '#platform/database/database.ts'
import { createEngine } from '#platform/commands/engine.ts'
import { createWorker, type Worker } from '#platform/jobs/worker.ts'
import { freeEverything } from '#platform/jobs/store.ts'
import { silentLog } from '#platform/log.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { incidents } from '#domains/incidents/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { saveRunbook } from './catalogue.ts'
import { runbooks } from './index.ts'
import { getRun } from './run-queries.ts'
import { startRun } from './starting.ts'
import { answerQuestion, approveStep } from './working.ts'

let world: World
let mara: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, runbooks]))
  mara = await world.person('mara')
  const post = (id: string, more: object) => ({
    id,
    name: id,
    http: { method: 'POST', url: `https://x.example/{{ inputs.tag | url_encode }}/${id}`, danger: 'changes', ...more },
  })
  const steps = [
    post('first', { withoutApproval: 'it only opens a ticket' }),
    { id: 'approve', name: 'Approve', approve: { danger: 'It restarts it.' } },
    post('second', {}),
  ]
  await world.do(await world.person('root', 'administrator'), saveRunbook, {
    slug: 'both',
    name: 'Both',
    inputs: [{ name: 'tag', label: 'Tag' }],
    sections: [{ name: 'A', steps }],
  })
})
afterAll(() => world.close())

class Killed extends Error {}

/** A node that is gone at its `nth` transaction: `before` it begins, or `after` it has committed. Nothing it does later has any effect. */
function mortalWorker(nth: number, when: 'before' | 'after'): { worker: Worker; isDead: () => boolean } {
  let count = 0
  let dead = false
  const real = world.engine.database
  const database: Database = {
    ...real,
    async transaction(work, options) {
      count++
      dead ||= when === 'before' && count === nth
      if (dead) throw new Killed()
      const result = await real.transaction(work, options)
      dead ||= count === nth
      if (dead) throw new Killed()
      return result
    },
  }
  const { catalogue, clock, newId, live, vault, signer, publicUrl } = world.engine
  const outbound = {
    ...world.engine.outbound,
    fetch: (request: OutboundRequest) => (dead ? Promise.reject(new Killed()) : world.engine.outbound.fetch(request)),
  }
  const engine = createEngine({
    catalogue,
    database,
    clock,
    newId,
    live,
    vault,
    signer,
    outbound,
    publicUrl,
    channels: new Map(),
    sources: new Map(),
    settings: () => undefined,
  })
  return { worker: createWorker(engine, silentLog(), { concurrency: 1, effects: 1 }), isDead: () => dead }
}

/** One whole run with a node that dies; gives how it went. */
async function runThrough(tag: string, nth: number, when: 'before' | 'after') {
  const mortal = mortalWorker(nth, when)
  const { id } = await world.do(mara, startRun, { runbook: 'both', inputs: { tag } })
  const sent = (step: string) => world.sent.filter(({ url }) => url === `https://x.example/${tag}/${step}`).length
  const doubts: string[] = []
  for (let round = 0; round < 30; round++) {
    if (!mortal.isDead()) await mortal.worker.runDue().catch((error: unknown) => expect(error).toBeInstanceOf(Killed))
    if (mortal.isDead()) {
      await world.engine.database.transaction(freeEverything)
      await world.settle()
    }
    const { pending, phase } = await world.do(mara, getRun, { run: id })
    if (phase === 'done') return { doubts, isDead: mortal.isDead(), first: sent('first'), second: sent('second') }
    if (pending?.kind === 'approval') await world.do(mara, approveStep, { run: id, step: 'approve', hash: pending.hash! })
    if (pending?.kind === 'doubt') {
      doubts.push(pending.step)
      // What a person does who looks whether it is there.
      await world.do(mara, answerQuestion, { run: id, step: pending.step, answer: sent(pending.step) === 0 ? 'again' : 'happened' })
    }
  }
  throw new Error(`${tag} did not come to an end`)
}

test.each(['before', 'after'] as const)(
  'a worker that dies %s any of its transactions does what changes something once, or asks',
  async (when) => {
    const asked = new Set<string>()
    for (let nth = 1; ; nth++) {
      world.sent.length = 0
      const { doubts, isDead, first, second } = await runThrough(`${when}${nth}`, nth, when)
      expect({ nth, first, second }).toEqual({ nth, first: 1, second: 1 })
      expect(doubts.length).toBeLessThanOrEqual(1)
      doubts.forEach((step) => asked.add(step))
      if (!isDead) {
        expect(doubts).toEqual([])
        // So many transactions a run needs at least, each of them a place to die.
        expect(nth).toBeGreaterThan(8)
        break
      }
    }
    // The states that the test is about were reached: each of the two calls stood as unknown at least once.
    expect([...asked].sort()).toEqual(['first', 'second'])
  },
  180_000,
)
