// Who may ask what, for every operation of the catalogue, over the real server. Generated: a new operation is in it without a line written here.
// Only a new kind of object needs one: how one is made that belongs to a team with walls.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { catalogue } from '#app/wiring.ts'
import type { AnyOperation } from '#kernel/command.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type Received, type WorldServer } from '#scenarios/world/server.ts'
import { hidden, nobodys, withoutWalls } from './fixtures/hidden-things.ts'
import { permissions } from '#domains/directory/index.ts'

let world: World
let server: WorldServer
let things: Record<string, string[]>
const actors: Record<string, Record<string, string>> = {}
/** What each of them may do everywhere. */
const may: Record<string, readonly string[]> = {}

beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  for (const [handle, role] of [
    ['ada', 'administrator'],
    ['stan', 'stakeholder'],
    ['rene', 'reporter'],
    ['rita', 'responder'],
    ['dora', 'administrator'],
  ] as const)
    await server.addPerson(handle, role)
  const admin = { ...(await server.signIn('ada')), origin: server.publicUrl }
  const token = async (scopes: string[]) =>
    ((await server.send('POST', '/api/v1/tokens', { headers: admin, body: { name: 'small', scopes } })).json as { token: string }).token
  Object.assign(actors, {
    admin,
    nobody: { origin: server.publicUrl },
    stakeholder: { ...(await server.signIn('stan')), origin: server.publicUrl },
    reporter: { ...(await server.signIn('rene')), origin: server.publicUrl },
    'other team': { ...(await server.signIn('rita')), origin: server.publicUrl },
    disabled: { ...(await server.signIn('dora')), origin: server.publicUrl },
    'small token': { authorization: `Bearer ${await token(['insights:read'])}` },
    'forged token': { authorization: `Bearer ${'x'.repeat(32)}` },
  })
  const { roles } = await import('#domains/directory/roles.ts')
  Object.assign(may, {
    stakeholder: roles.stakeholder.may,
    reporter: roles.reporter.may,
    'small token': ['insights:read'],
    'other team': roles.responder.may,
  })
  things = await hidden(world, server, admin, 'ada')
  await server.send('POST', '/api/v1/users/dora/disable', { headers: admin })
})
afterAll(async () => {
  await server.close()
  await world.close()
})

/** Asks an operation with its first example, after `change`. */
async function ask(
  operation: AnyOperation,
  actor: string,
  change: (input: Record<string, unknown>) => Record<string, unknown> = (input) => input,
): Promise<Received> {
  const [method, template] = operation.http.split(' ') as [string, string]
  const rest = change({ ...(operation.examples[0] as Record<string, unknown>) })
  const path = template.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = String(rest[field])
    delete rest[field]
    return encodeURIComponent(value)
  })
  world.clock.set(new Date(Date.parse(world.clock.now()) + 2000).toISOString() as never)
  if (method !== 'GET' && method !== 'DELETE') return server.send(method, `/api/v1${path}`, { headers: actors[actor]!, body: rest })
  const query = new URLSearchParams(
    Object.entries(rest).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]])),
  ).toString()
  return server.send(method, `/api/v1${path}${query === '' ? '' : `?${query}`}`, { headers: actors[actor]! })
}

const closed = catalogue.operations.filter(({ needs }) => needs !== 'public')
const permitted = closed.filter(({ needs }) => needs !== 'signed-in')
const named = (operations: readonly AnyOperation[]) => operations.map((operation) => [operation.name, operation] as const)
/** Everything in the record but that something was refused. */
const recorded = async () => (await world.events()).filter(({ type }) => !type.startsWith('auth.refused')).length
/** The objects that an operation is about, by kind, as its own example names them. */
const about = (operation: AnyOperation): Record<string, string> =>
  typeof operation.on === 'function'
    ? (operation.on as (input: unknown) => Record<string, string>)(z.parse(operation.input, operation.examples[0]))
    : {}

/** The input's field that names the object of this kind, found by the example's value. */
function fieldOf(operation: AnyOperation, kind: string): string {
  const field = Object.entries(operation.examples[0] as Record<string, unknown>).find(
    ([, value]) => String(value) === about(operation)[kind],
  )?.[0]
  if (field === undefined) throw new Error(`the example of ${operation.name} does not name its ${kind}`)
  return field
}

/** An answer without its reference, and without the key that it repeats. */
const withoutDetails = ({ status, json }: Received) => ({ status, ...(json as object), reference: '' })

describe.each(['nobody', 'disabled', 'forged token'])('%s', (actor) => {
  test.each(named(closed))('is not signed in for %s', async (_, operation) => {
    expect((await ask(operation, actor)).status).toBe(401)
  })
})

describe.each(['stakeholder', 'reporter', 'small token', 'other team'])('%s', (actor) => {
  test('is refused every operation whose permission they lack, and nothing changes', async () => {
    const before = await recorded()
    const refused = permitted.filter(({ needs }) => !may[actor]!.includes(needs))
    expect(refused.length).toBeGreaterThan(0)
    for (const operation of refused) {
      const answer = await ask(operation, actor)
      expect([operation.name, [403, 404].includes(answer.status) ? 'refused' : `${answer.status} ${answer.text}`]).toEqual([
        operation.name,
        'refused',
      ])
    }
    expect(await recorded()).toBe(before)
  })
})

describe("what is a person's alone", () => {
  test.each(named(closed.filter(({ needs, name }) => needs === 'signed-in' && name !== 'directory.whoAmI')))(
    '%s is not for a token without the scope for it',
    async (_, operation) => expect([403, 404]).toContain((await ask(operation, 'small token')).status),
  )
})

test('a page that told its person is read by a token that may read pages, or act for them, and by no other', async () => {
  const page = await server.send('POST', '/api/v1/pages', { headers: actors['admin']!, body: { users: ['ada'], title: 'For Ada' } })
  await world.settle()
  const read = async (scopes: string[]) => {
    const made = await server.send('POST', '/api/v1/tokens', { headers: actors['admin']!, body: { name: 'reads', scopes } })
    const headers = { authorization: `Bearer ${(made.json as { token: string }).token}` }
    return (await server.send('GET', `/api/v1/pages/${(page.json as { id: string }).id}`, { headers })).status
  }
  expect([await read(['insights:read']), await read(['oncall:read']), await read(['self:manage'])]).toEqual([404, 200, 200])
})

describe("another team's things behind walls", () => {
  test('there is one of every kind that operations are about', () => {
    const kinds = new Set(closed.flatMap((operation) => Object.keys(about(operation))))
    const unknown = [...kinds].filter((kind) => !(kind in things) && !withoutWalls.has(kind))
    expect(unknown, 'add how one is made to fixtures/hidden-things.ts, or to withoutWalls with the reason').toEqual([])
  })

  test.each(named(closed.filter((operation) => typeof operation.on === 'function')))(
    '%s answers as if they were not there',
    async (_, operation) => {
      const kinds = Object.keys(about(operation)).filter((kind) => kind in things)
      const before = await recorded()
      for (const kind of kinds) {
        const field = fieldOf(operation, kind)
        let missing = 0
        for (const key of things[kind]!) {
          const [theirs, absent] = [
            await ask(operation, 'other team', (input) => ({ ...input, [field]: key })),
            await ask(operation, 'other team', (input) => ({ ...input, [field]: nobodys(key) })),
          ]
          if (theirs.status === 404) missing++
          // Where the operation takes ids only, or slugs only, the other form is refused for what it is, whatever it names.
          expect([operation.name, key, theirs.status === 400 ? 404 : theirs.status]).toEqual([operation.name, key, 404])
          expect(withoutDetails(theirs)).toEqual(withoutDetails(absent))
        }
        expect(missing, `${operation.name} took no key of a ${kind}`).toBeGreaterThan(0)
      }
      expect(await recorded()).toBe(before)
    },
  )

  test('are found by no name inside of an input either: a filter, a reference, a target', async () => {
    const references = Object.entries(things).flatMap(([kind, keys]) =>
      keys.flatMap((key) => [[kind, key] as const, [`${kind}s`, [key]] as const, [`${kind}Id`, key] as const]),
    )
    let asked = 0
    for (const operation of closed) {
      const shape = (operation.input as unknown as { shape?: Record<string, unknown> }).shape ?? {}
      for (const [field, value] of references) {
        if (!(field in shape)) continue
        const absent = Array.isArray(value) ? value.map(nobodys) : nobodys(value as string)
        const [theirs, nothing] = [
          await ask(operation, 'other team', (input) => ({ ...input, [field]: value })),
          await ask(operation, 'other team', (input) => ({ ...input, [field]: absent })),
        ]
        const bare = ({ text }: Received) =>
          text
            .replaceAll([value].flat()[0]!, 'KEY')
            .replaceAll([absent].flat()[0]!, 'KEY')
            .replace(/"reference":"[^"]*"/, '')
        expect([operation.name, field, theirs.status]).toEqual([operation.name, field, nothing.status])
        if (theirs.status >= 400) expect([operation.name, field, bare(theirs)]).toEqual([operation.name, field, bare(nothing)])
        asked++
      }
    }
    expect(asked).toBeGreaterThan(100)
  })

  test('are in no list, count or search of others', async () => {
    for (const operation of catalogue.operations.filter(({ kind, on }) => kind === 'query' && typeof on !== 'function')) {
      const { text } = await ask(operation, 'other team')
      for (const [kind, [id]] of Object.entries(things))
        expect([operation.name, kind, text.includes(id!)]).toEqual([operation.name, kind, false])
    }
  })

  test('are seen by an administrator, so that the tests above mean something', async () => {
    for (const [kind, [id]] of Object.entries(things)) {
      const reader = catalogue.operations.find((operation) => operation.kind === 'query' && Object.keys(about(operation)).join() === kind)
      if (!reader) continue
      expect([reader.name, (await ask(reader, 'admin', (input) => ({ ...input, [fieldOf(reader, kind)]: id }))).status]).toEqual([
        reader.name,
        200,
      ])
    }
  })
})

test('the matrix covers the whole catalogue', () => {
  const open = catalogue.operations.filter(({ needs }) => needs === 'public').map(({ name }) => name)
  expect(closed.length + open.length).toBe(catalogue.operations.length)
  for (const { name, needs } of permitted) expect([name, needs in permissions]).toEqual([name, true])
  // Whatever is open to strangers is a decision: whoever adds one writes it down here.
  expect(open.sort()).toEqual([
    'directory.askForPasswordLink',
    'directory.setPassword',
    'directory.setUp',
    'directory.setupState',
    'directory.signIn',
    'status.subscribe',
  ])
})
