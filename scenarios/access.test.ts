// Who may ask what (the attack auth-11), the whole catalogue by four kinds of callers, each with the answer that its permission says; then what must never break, whoever
// asks and whatever they send. Generated: a new operation is in it without a line written here. Its sibling src/platform/http/access-matrix.test.ts
// looks at what is hidden from people without any team.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestOf } from '#app/cli/server.ts'
import { catalogue } from '#app/wiring.ts'
import type { AnyOperation } from '#kernel/command.ts'
import { addSeconds } from '#kernel/time.ts'
import { roles } from '#domains/directory/roles.ts'
import { hidden, nobodys } from '#platform/http/fixtures/hidden-things.ts'
import { serveWorld, type Received, type WorldServer } from './world/server.ts'
import { createWorld, type World } from './world/world.ts'

type Input = Record<string, unknown>
let world: World
let server: WorldServer
/** Things of a members-only team that Bea, who leads another one, is not in. */
let things: Record<string, string[]>
let headers: Record<string, Record<string, string>>

beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  for (const [handle, role] of [
    ['ada', 'administrator'],
    ['stan', 'stakeholder'],
    ['rita', 'responder'],
    ['bea', 'responder'],
    ['tom', 'administrator'],
  ] as const)
    await server.addPerson(handle, role)
  const as = async (handle: string) => ({ ...(await server.signIn(handle)), origin: server.publicUrl })
  const [admin, tom] = [await as('ada'), await as('tom')]
  const send = (method: string, path: string, body: Input, by = admin) => server.send(method, `/api/v1${path}`, { headers: by, body })
  const { token } = (await send('POST', '/tokens', { name: 'its scope goes', scopes: ['platform:audit'] }, tom)).json as { token: string }
  // Its owner no longer has the only right that it carries: nothing is left of it.
  await send('PATCH', '/users/tom', { role: 'responder' })
  await send('POST', '/teams', { slug: 'beta', name: 'Beta', membersOnly: true, members: [{ user: 'bea', role: 'lead' }] })
  things = await hidden(world, server, admin, 'ada')
  headers = {
    admin,
    anonymous: {},
    viewer: await as('stan'),
    responder: await as('rita'),
    'token without a right': { authorization: `Bearer ${token}` },
    'lead of another team': await as('bea'),
  }
})
afterAll(async () => {
  await server.close()
  await world.close()
})

async function ask(operation: AnyOperation, actor: string, input: Input): Promise<Received> {
  const { method, path, body } = requestOf(operation.http, input)
  world.clock.set(addSeconds(world.clock.now(), 2))
  const sent = body === undefined ? headers[actor]! : { ...headers[actor]!, 'content-type': 'application/json' }
  return server.send(method, `/api/v1${path}`, { headers: sent, ...(body === undefined ? {} : { body }) })
}
const example = (operation: AnyOperation): Input => ({ ...(operation.examples[0] as Input) })
/** The example, about things that are there. */
const real = (operation: AnyOperation): Input =>
  Object.fromEntries(Object.entries(example(operation)).map(([field, value]) => [field, things[field.replace(/Id$/, '')]?.[0] ?? value]))

/** What may be asked for without being somebody. */
const open = (operation: AnyOperation): boolean => operation.needs === 'public'
const maySay: Record<string, (operation: AnyOperation) => boolean> = {
  anonymous: open,
  viewer: ({ needs }) => needs === 'signed-in' || roles.stakeholder.may.some((permission) => permission === needs),
  responder: ({ needs }) => needs === 'signed-in' || roles.responder.may.some((permission) => permission === needs),
  // What is its person's alone it may not read either, but for whose it is.
  'token without a right': ({ needs, kind, on, name }) =>
    needs === 'signed-in' && kind === 'query' && (on !== 'own' || name === 'directory.whoAmI'),
}
/** It ends the session with which the rest is asked. */
const asked = catalogue.operations.filter(({ session }) => session === undefined)

const wanting = expect.stringMatching(/This needs the permission|Something failed|"not-signed-in"/)

describe.each(Object.keys(maySay))('%s', (actor) => {
  test('gets from every operation the answer that its permission says, and never a failure', async () => {
    for (const operation of asked) {
      const { status, text } = await ask(operation, actor, example(operation))
      const code = (JSON.parse(text) as { code?: string }).code
      const refused = actor === 'anonymous' ? status === 401 && code === 'not-signed-in' : [403, 404].includes(status)
      const is = status >= 500 ? `failed: ${text}` : refused ? 'refused' : 'answered'
      if (open(operation)) expect([operation.name, status >= 500]).toEqual([operation.name, false])
      else if (!maySay[actor]!(operation)) expect([operation.name, is]).toEqual([operation.name, 'refused'])
      // What the example names need not be there, nor its password be right: only the want of a permission is wrong here.
      else if (is !== 'answered') expect([operation.name, status, text]).not.toEqual([operation.name, expect.anything(), wanting])
    }
  })
})

test('an id of another members-only team is one that is not there, also for who leads a team', async () => {
  const about = (operation: AnyOperation): Record<string, string> =>
    typeof operation.on === 'function' ? (operation.on as (input: unknown) => Record<string, string>)(example(operation)) : {}
  let swapped = 0
  for (const operation of asked)
    for (const [kind, named] of Object.entries(about(operation))) {
      const field = Object.entries(example(operation)).find(([, value]) => String(value) === named)?.[0]
      for (const key of (field && things[kind]) || []) {
        const [theirs, absent] = [
          await ask(operation, 'lead of another team', { ...example(operation), [field!]: key }),
          await ask(operation, 'lead of another team', { ...example(operation), [field!]: nobodys(key) }),
        ]
        expect([operation.name, kind, [400, 404].includes(theirs.status) ? '' : theirs.text]).toEqual([operation.name, kind, ''])
        expect({ ...(theirs.json as object), reference: '' }).toEqual({ ...(absent.json as object), reference: '' })
        swapped += theirs.status === 404 ? 1 : 0
      }
    }
  expect(swapped).toBeGreaterThan(70)
})

const hostile = [
  '',
  "' or 1=1; --",
  'x'.repeat(5000),
  '\u0000',
  '../../etc/passwd',
  '%00',
  '💥\u202e',
  '<script>',
  -1,
  1e21,
  1.5,
  true,
  {},
  [],
  [null],
  { $ne: '' },
]

test('an administrator who sends anything for anything gets an answer, never a failure', async () => {
  const failures: string[] = []
  for (const operation of asked) {
    const input = real(operation)
    const fields = [...new Set([...Object.keys((operation.input as unknown as { shape?: object }).shape ?? {}), ...Object.keys(input)])]
    const first = await ask(operation, 'admin', input)
    if (first.status >= 500) failures.push(`${operation.name} ${JSON.stringify(input)}`)
    for (const [index, field] of fields.entries())
      // A sixth of them for each field: all of them come to every operation and to every field somewhere.
      for (const value of hostile.filter((_, place) => place % 6 === index % 6)) {
        const { status } = await ask(operation, 'admin', { ...input, [field]: value })
        if (status >= 500) failures.push(`${operation.name} ${field} = ${JSON.stringify(value).slice(0, 80)}`)
      }
  }
  expect(failures).toEqual([])
})
