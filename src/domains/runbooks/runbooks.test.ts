import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor, UserId } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import { sql } from '#kernel/sql.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { incidents } from '#domains/incidents/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { addSchedule } from '#domains/oncall/schedules.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { addShipped, getRunbook, listRunbooks, saveRunbook } from './catalogue.ts'
import { addConnection, listConnections, removeConnection, rotateConnection } from './connections.ts'
import { actorOfRun } from './acting.ts'
import type { RunId } from './events.ts'
import { runbooks } from './index.ts'
import { runbookResource } from './resource.ts'
import { getRun, listRuns, myPending } from './run-queries.ts'
import { startRun } from './starting.ts'
import { peopleOf, spokenWho } from './who.ts'
import type { Who } from './definition.ts'
import { answerQuestion, approveStep, cancelRun, handOverQuestion, refuseStep, retryStep, skipStep } from './working.ts'

let world: World
let admin: Actor
let mara: Actor
let priya: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, runbooks]))
  admin = await world.person('root', 'administrator')
  mara = await world.person('mara')
  priya = await world.person('priya')
  await world.do(admin, addConnection, { slug: 'argo', name: 'Argo CD', address: 'https://argo.example/api', secret: 'canary-secret-1' })
})
beforeEach(() => {
  world.sent.length = 0
  world.outsideAnswers(() => ({}))
})
afterAll(() => world.close())

const yes = { id: 'yes', text: 'Yes', consequence: 'goes on' }
const no = { id: 'no', text: 'No', consequence: 'ends it', goto: 'end' }
const restart = {
  id: 'restart',
  name: 'Restart',
  http: {
    connection: 'argo',
    method: 'POST',
    url: '/restart',
    json: { service: '{{ inputs.service }}' },
    danger: 'changes',
    extract: { job: '/job' },
  },
}
const approve = {
  id: 'approve',
  name: 'Approve the restart',
  approve: { who: [{ user: 'priya' }], danger: 'It restarts {{ inputs.service }}.' },
}
const sure = {
  id: 'sure',
  name: 'Sure?',
  ask: {
    question: 'Restart {{ inputs.service }}?',
    who: [{ user: 'mara' }],
    answers: [yes, no],
    askAlso: { after: '3 min', who: [{ user: 'priya' }] },
    timeout: { after: '8 min', answer: 'no' },
  },
}
const inputs = [{ name: 'service', label: 'Service' }]
const save = (slug: string, steps: object[], more: object = {}) =>
  world.do(admin, saveRunbook, { slug, name: slug, inputs, sections: [{ name: 'A', steps }], ...more })
async function started(slug: string): Promise<string> {
  const { id } = await world.do(mara, startRun, { runbook: slug, inputs: { service: 'pay' } })
  await world.settle()
  return id
}
const look = (run: string, as: Actor = mara) => world.do(as, getRun, { run })

describe('a run', () => {
  beforeAll(() => save('restart', [sure, approve, restart]))

  test('asks, has it approved, calls with the credentials of the connection, and is done', async () => {
    world.outsideAnswers(() => ({ body: '{"job": 7, "token": "canary-secret-1"}' }))
    const run = await started('restart')
    expect(await look(run)).toMatchObject({
      phase: 'asking',
      pending: { question: 'Restart pay?', isMine: true, answers: [{ consequence: 'goes on' }, { consequence: 'ends it' }] },
    })
    expect((await look(run)).ifNothing).toBe(
      'Priya is asked too on Mon 23 Nov, 14:03 UTC. On Mon 23 Nov, 14:08 UTC the answer is taken to be ‘No’: ends it.',
    )
    await world.do(mara, answerQuestion, { run, step: 'sure', answer: 'yes', note: 'go' })
    await world.settle()
    const { pending } = await look(run, priya)
    expect(pending).toMatchObject({ kind: 'approval', danger: 'It restarts pay.', isMine: true })
    expect(pending!.preview).toBe(
      'POST https://argo.example/api/restart\nwith the credentials of the connection argo\ncontent-type: application/json\n\n{"service":"pay"}',
    )
    await world.do(priya, approveStep, { run, step: 'approve', hash: pending!.hash! })
    await world.settle()
    expect(world.sent).toMatchObject([
      {
        url: 'https://argo.example/api/restart',
        method: 'POST',
        body: '{"service":"pay"}',
        headers: { authorization: 'Bearer canary-secret-1' },
      },
    ])
    const after = await look(run)
    expect(after).toMatchObject({
      phase: 'done',
      pending: null,
      values: [
        { name: 'service', value: 'pay' },
        { name: 'restart.job', value: '7' },
      ],
    })
    expect(after.sections[0]!.steps.map((step) => step.state)).toEqual(['done', 'done', 'done'])
    expect(after.answered).toMatchObject([
      { answer: 'Yes', note: 'go', by: 'Mara' },
      { answer: 'Approved', by: 'Priya' },
    ])
    expect(JSON.stringify(after)).not.toContain('canary')
    expect(after.sections[0]!.steps[2]!.output).toContain('"token": "•••"')
    expect(
      (await world.events())
        .filter(({ about, type }) => about['run'] === run && /^(run|step|question|approval)\./.test(type))
        .map(({ type }) => type),
    ).toEqual([
      'run.started',
      'question.asked',
      'question.answered',
      'approval.asked',
      'approval.given',
      'step.started',
      'step.done',
      'run.ended',
    ])
  })

  test('is answered by those who are asked, once', async () => {
    const run = await started('restart')
    await expect(world.do(priya, answerQuestion, { run, step: 'sure', answer: 'yes' })).rejects.toThrow(
      'This is asked of Mara. You can hand it to somebody else.',
    )
    await world.do(priya, handOverQuestion, { run, step: 'sure', user: 'priya' })
    await world.do(priya, answerQuestion, { run, step: 'sure', answer: 'no' })
    await expect(world.do(mara, answerQuestion, { run, step: 'sure', answer: 'yes' })).rejects.toThrow('Priya was first.')
    await world.settle()
    expect((await look(run)).phase).toBe('done')
    expect(world.sent).toEqual([])
  })

  test('asks others when nobody answers, then takes the default', async () => {
    const run = await started('restart')
    expect((await world.do(priya, myPending, {})).items.filter((item) => item.run.id === run)).toEqual([])
    await world.pass('3 min')
    expect((await world.do(priya, myPending, {})).items.filter((item) => item.run.id === run)).toHaveLength(1)
    await world.pass('5 min')
    expect(await look(run)).toMatchObject({ phase: 'done', answered: [] })
    expect((await world.events('question.timed-out')).at(-1)!.data).toMatchObject({ then: 'the answer is taken to be ‘No’: ends it' })
  })

  test('asks whoever is on call at that moment, a team’s members, and everybody when nobody can be found', async () => {
    const layers = [{ name: 'Daily', rotation: { unit: 'day', length: 1, anchor: '2026-11-23T00:00', participants: ['mara', 'priya'] } }]
    await world.do(admin, addSchedule, { slug: 'duty', name: 'Duty', zone: 'UTC', layers })
    await world.do(admin, addTeam, { slug: 'shop', name: 'Shop', members: [{ user: 'priya' }] })
    const people = (who: object[]) => world.read((scope) => peopleOf(scope, who as Who[], null))
    const ids = Object.fromEntries([mara, priya].map((actor) => [(actor as { userId: UserId }).userId, actor === mara ? 'mara' : 'priya']))
    expect((await people([{ schedule: 'duty' }])).map((id) => ids[id])).toEqual(['mara'])
    expect((await people([{ schedule: 'duty' }, { team: 'shop' }, { user: 'mara' }])).map((id) => ids[id])).toEqual(['mara', 'priya'])
    expect(await people([{ role: 'commander' }, { schedule: 'gone' }])).toEqual([])
    await save('duty', [{ ...sure, ask: { ...sure.ask, who: [{ schedule: 'duty' }] } }])
    const run = await started('duty')
    await world.pass('10 min')
    expect(await world.read((scope) => spokenWho(scope, [{ schedule: 'duty' }], null))).toBe('Mara (on call in duty)')
    expect((await look(run)).phase).toBe('done')
  })

  test('is approved only as it was seen, and by whom it is asked', async () => {
    const run = await started('restart')
    await world.do(mara, answerQuestion, { run, step: 'sure', answer: 'yes' })
    await world.settle()
    await expect(world.do(priya, approveStep, { run, step: 'approve', hash: 'a'.repeat(64) })).rejects.toThrow(
      'What would be done has changed since you looked at it.',
    )
    const { hash } = (await look(run)).pending!
    await expect(world.do(mara, approveStep, { run, step: 'approve', hash: hash! })).rejects.toThrow('This is asked of Priya.')
    await world.do(priya, refuseStep, { run, step: 'approve', reason: 'It is being migrated' })
    await world.settle()
    expect((await look(run)).answered.at(-1)).toMatchObject({ answer: 'Refused', note: 'It is being migrated' })
    expect(world.sent).toEqual([])
  })

  test('that is stopped sends nothing any more', async () => {
    const run = await started('restart')
    await world.do(mara, answerQuestion, { run, step: 'sure', answer: 'yes' })
    await world.settle()
    await world.do(priya, approveStep, { run, step: 'approve', hash: (await look(run)).pending!.hash! })
    await world.do(mara, cancelRun, { run, reason: 'The wrong service' })
    await world.settle()
    expect(await look(run)).toMatchObject({ phase: 'cancelled', reason: 'stopped: The wrong service' })
    expect(world.sent).toEqual([])
    await expect(world.do(mara, cancelRun, { run, reason: 'again' })).rejects.toThrow('over already')
  })

  test('without a value for a required input does not start, nor with an unknown one', async () => {
    await expect(world.do(mara, startRun, { runbook: 'restart' })).rejects.toThrow('Service: it has no value; give one.')
    await expect(world.do(mara, startRun, { runbook: 'restart', inputs: { service: 'x', host: 'y' } })).rejects.toThrow(
      'no input called host',
    )
  })

  test('is not started by who may only look, and not seen from outside its team’s walls', async () => {
    const guest = await world.person('gus', 'reporter')
    await expect(world.do(guest, startRun, { runbook: 'restart', inputs: { service: 'pay' } })).rejects.toMatchObject({ code: 'forbidden' })
    await world.do(admin, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true })
    await save('secret', [sure], { team: 'fraud' })
    const { id } = await world.do(system('test'), startRun, { runbook: 'secret', inputs: { service: 'pay' } })
    await expect(look(id, mara)).rejects.toMatchObject({ code: 'missing' })
    await expect(world.do(mara, getRunbook, { runbook: 'secret' })).rejects.toMatchObject({ code: 'missing' })
    expect((await world.do(mara, listRuns, {})).items.map((run) => run.id)).not.toContain(id)
    await expect(world.do(mara, saveRunbook, { slug: 'secret', name: 'Mine', sections: [{ name: 'A' }] })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('a step that fails', () => {
  const quick = { ...restart, http: { ...restart.http, withoutApproval: 'it only opens a ticket' } }
  beforeAll(() => save('quick', [quick]))

  test('stands until it is tried again or skipped', async () => {
    world.outsideAnswers(() => ({ status: 503, body: 'canary-secret-1 is not welcome' }))
    const run = await started('quick')
    expect(await look(run)).toMatchObject({ phase: 'stuck', stuck: { step: 'restart', reason: 'it answered 503' } })
    expect(world.sent).toHaveLength(1)
    world.outsideAnswers(() => ({ body: '{}' }))
    await world.do(mara, retryStep, { run, step: 'restart' })
    await world.settle()
    expect((await look(run)).stuck!.reason).toBe('its answer has nothing at /job')
    await world.do(mara, skipStep, { run, step: 'restart', reason: 'Done by hand' })
    await world.settle()
    expect(await look(run)).toMatchObject({ phase: 'done', sections: [{ steps: [{ state: 'skipped', reason: 'skipped: Done by hand' }] }] })
    await expect(world.do(mara, retryStep, { run, step: 'restart' })).rejects.toMatchObject({ code: 'refused' })
  })

  test('without an answer stands as unknown and asks a person', async () => {
    world.outsideAnswers(() => {
      throw new AppError('unavailable', 'argo.example gave no answer: there was no answer in time.')
    })
    const run = await started('quick')
    expect(await look(run)).toMatchObject({
      phase: 'doubt',
      pending: { kind: 'doubt', question: 'Did ‘Restart’ happen?', answers: [{ id: 'happened' }, { id: 'again' }, { id: 'skip' }] },
    })
    expect(world.sent).toHaveLength(1)
    await world.do(mara, answerQuestion, { run, step: 'restart', answer: 'happened' })
    await world.settle()
    expect((await look(run)).phase).toBe('done')
    expect(world.sent).toHaveLength(1)
  })

  test('a call that only reads is tried again by itself', async () => {
    await save('reads', [{ id: 'r', name: 'Read', http: { connection: 'argo', url: '/status', danger: 'reads' } }])
    let calls = 0
    world.outsideAnswers(() => ({ status: ++calls < 3 ? 502 : 200 }))
    const run = await started('reads')
    await world.pass('1 min')
    expect([calls, (await look(run)).phase]).toEqual([3, 'done'])
  })

  test('an answer with a character that the database cannot hold does not hold a run up', async () => {
    await save('nul', [{ id: 'r', name: 'Read', http: { connection: 'argo', url: '/status', danger: 'reads', extract: { job: '/job' } } }])
    world.outsideAnswers(() => ({ body: '{"job": "a\\u0000b\\ud83d"}' }))
    const run = await started('nul')
    expect((await look(run)).phase).toBe('done')
  })

  test('credentials do not leave the address of their connection', async () => {
    await save('elsewhere', [{ id: 'r', name: 'Read', http: { connection: 'argo', url: 'https://evil.example/', danger: 'reads' } }])
    const run = await started('elsewhere')
    expect((await look(run)).stuck!.reason).toBe(
      'https://evil.example/ is not below https://argo.example/api, the address of the connection argo',
    )
    expect(world.sent).toEqual([])
  })

  test('a run acts as itself, with what a responder may do and its starter may', async () => {
    await save('groups', [{ id: 'd', name: 'Look', do: { command: 'alerts.listGroups', extract: { items: '/items' } } }])
    const run = await started('groups')
    expect(await look(run)).toMatchObject({ phase: 'done', values: [{}, { name: 'd.items', value: '[]' }] })
    const userId = (mara as { userId: UserId }).userId
    const [whole, limited] = await world.read(async (scope) => [
      await actorOfRun(scope, { id: run as RunId, incidentId: null }, { userId, limitedTo: null }, []),
      await actorOfRun(scope, { id: run as RunId, incidentId: null }, { userId, limitedTo: ['runbooks:run', 'incidents:read'] }, []),
    ])
    expect(whole).toMatchObject({ kind: 'run', runId: run })
    expect([...whole!.rights.everywhere]).toContain('incidents:respond')
    expect([...whole!.rights.everywhere].filter((permission) => /configure|runbooks|platform/.test(permission))).toEqual([])
    expect([...limited!.rights.everywhere]).toEqual(['incidents:read'])
  })
})

describe('a runbook', () => {
  test('with problems is not saved, and says all of them', async () => {
    const saving = save('broken', [{ ...restart }, { ...sure, next: 'nowhere' }])
    await expect(saving).rejects.toMatchObject({
      code: 'invalid-input',
      faults: [{ path: '/sections/0/steps/0' }, { path: '/sections/0/steps/1/next' }],
    })
  })

  test('that is exported and applied again changes nothing', async () => {
    const specs = await world.read((scope) => runbookResource.list(scope))
    expect(specs.length).toBeGreaterThan(3)
    const before = (await world.events('runbook.saved')).length
    await world.engine.transact(system('test'), async (context) => {
      for (const spec of specs) await runbookResource.save(context, z.parse(runbookResource.schema, spec), spec)
    })
    expect((await world.events('runbook.saved')).length).toBe(before)
  })

  test('that ships is copied, and names the connections that are missing', async () => {
    await world.do(admin, addShipped, { slug: 'bad-deploy' })
    expect((await world.do(mara, getRunbook, { runbook: 'bad-deploy' })).problems.map(({ message }) => message)[0]).toMatch(
      /has no connection: there is none called deploys/,
    )
    expect((await world.do(mara, listRunbooks, { text: 'bad' })).items).toMatchObject([{ slug: 'bad-deploy', asks: 3, changes: 1 }])
  })
})

test('an input of nothing but spaces, or of another kind, has no value', async () => {
  const inputs = [
    { name: 'replicas', label: 'Replicas', type: 'number' as const },
    { name: 'why', label: 'Why', required: false },
  ]
  await world.do(admin, saveRunbook, { slug: 'scale', name: 'Scale', inputs, sections: [{ name: 'A', steps: [] }] })
  const begin = (replicas: string | number | boolean) =>
    world.do(mara, startRun, { runbook: 'scale', inputs: { replicas, why: ' ' } }).then(({ id }) => look(id))
  await expect(begin(' ')).rejects.toThrow('Replicas: it has no value')
  await expect(begin(false)).rejects.toThrow('Replicas: false is not a number.')
  expect((await begin(' 3 ')).inputs).toEqual({ replicas: 3, why: '' })
})

describe('a connection', () => {
  test('never gives its secret back, and is sealed where it stands', async () => {
    const shown = await world.do(admin, rotateConnection, { connection: 'argo', secret: 'canary-secret-2' })
    expect(JSON.stringify([shown, await world.do(admin, listConnections, {})])).not.toContain('canary')
    const rows = await world.read((scope) => scope.query<{ secret: string }>(sql`select secret_sealed as secret from connections`))
    expect(rows[0]!.secret).not.toContain('canary')
    expect(JSON.stringify(await world.events())).not.toContain('canary')
  })

  test('of a team that somebody does not see has its name all the same', async () => {
    const manager = await world.person('max', 'manager')
    await world.do(admin, addTeam, { slug: 'vault', name: 'Vault', membersOnly: true })
    const argo = { name: 'Argo CD', address: 'https://argo.example', secret: 'canary-secret-3' }
    await world.do(admin, addConnection, { ...argo, slug: 'hidden', team: 'vault' })
    await expect(world.do(manager, addConnection, { ...argo, slug: 'hidden' })).rejects.toThrow('There is already a connection hidden.')
  })

  test('that is removed is missing for the next step, which stands and says so', async () => {
    await world.do(admin, removeConnection, { connection: 'argo' })
    const run = await started('reads')
    expect((await look(run)).stuck!.reason).toBe('there is no connection called argo that this runbook may use')
    expect(world.sent).toEqual([])
  })
})
