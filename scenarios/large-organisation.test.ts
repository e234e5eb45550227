// An organisation of thousands is written in one piece: what its export gives is applied again as it is.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { createWorld, type World } from './world/world.ts'
import { serveWorld, type WorldServer } from './world/server.ts'

let world: World
let server: WorldServer
const sessions: Record<string, { cookie: string }> = {}
beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  for (const [handle, role] of [
    ['ada', 'administrator'],
    ['rita', 'responder'],
  ] as const) {
    await server.addPerson(handle, role)
    sessions[handle] = await server.signIn(handle)
  }
})
afterAll(async () => {
  await server.close()
  await world.close()
})
const headers = (handle: string) => ({ ...sessions[handle], origin: server.publicUrl })
type File = { path: string; text: string }
const apply = (files: File[], by = 'ada') =>
  server.send('POST', '/api/v1/configuration/apply', { headers: headers(by), body: { files, prune: true } })
const exported = async () =>
  ((await server.send('GET', '/api/v1/configuration', { headers: headers('ada') })).json as { files: File[] }).files

test('3,000 people with their teams and schedules, and many words', { timeout: 240_000 }, async () => {
  const first = await exported()
  const documents = [...Array(3000).keys()].flatMap((i) => [
    `kind: user\nhandle: p${i}\nname: Person ${i}\nemail: p${i}@example.test\n`,
    ...(i % 10 === 0
      ? [
          `kind: team\nslug: t${i}\nname: Team ${i}\nmembers: { p${i}: lead, p${i + 1}: member }\n`,
          `kind: schedule\nslug: s${i}\nname: Schedule ${i}\nteam: t${i}\nzone: Europe/Berlin\nlayers: [{ name: weekly, rotation: { unit: week, length: 1, anchor: "2026-11-02T09:00", participants: [p${i}, p${i + 1}] } }]\n`,
          `kind: service\nslug: v${i}\nname: Service ${i}\nteam: t${i}\ndescription: ${'what it is for '.repeat(100)}\n`,
        ]
      : []),
  ])
  expect((await apply([...first, ...documents.map((text, i) => ({ path: `${i}.yaml`, text }))])).json).toMatchObject({
    counts: { added: 3900, removed: 0 },
  })
  const files = await exported()
  expect(JSON.stringify(files).length).toBeGreaterThan(1024 * 1024)
  expect((await apply(files)).json).toMatchObject({ counts: { added: 0, changed: 0, removed: 0 } })
})

test('only of whoever may apply it is so much taken', async () => {
  const files = [...Array(5).keys()].map((i) => ({ path: `${i}.yaml`, text: '#'.repeat(250 * 1024) }))
  expect((await apply(files, 'rita')).status).toBe(413)
  const others = { headers: headers('ada'), body: { slug: 'x', name: 'X', levels: files } }
  expect((await server.send('POST', '/api/v1/policies', others)).status).toBe(413)
})
