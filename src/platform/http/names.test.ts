// A name that somebody else has, behind walls or since a moment, is a refusal: no failure of ours, and no word on what has it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type WorldServer } from '#scenarios/world/server.ts'
import { hidden } from './fixtures/hidden-things.ts'

let world: World
let server: WorldServer
let otis: Record<string, string>
beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  await server.addPerson('ada', 'administrator')
  await server.addPerson('otis', 'manager')
  await hidden(world, server, { ...(await server.signIn('ada')), origin: server.publicUrl }, 'ada')
  otis = { ...(await server.signIn('otis')), origin: server.publicUrl }
})
afterAll(async () => {
  await server.close()
  await world.close()
})

const rotation = { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants: ['otis'] }
const layers = [{ name: 'Weekly', rotation }]
const steps = [{ id: 'hello', name: 'Say it', ask: { question: 'There?', answers: [{ id: 'yes', text: 'Yes', consequence: 'it ends' }] } }]

test.each([
  ['POST', '/teams', { slug: 'hidden', name: 'Hidden' }],
  ['POST', '/services', { slug: 'vault', name: 'Vault' }],
  ['POST', '/schedules', { slug: 'night-watch', name: 'Night watch', zone: 'Europe/Berlin', layers }],
  ['POST', '/policies', { slug: 'vault-policy', name: 'Vault', levels: [{ targets: [{ user: 'otis' }] }] }],
  ['PUT', '/runbooks/close-the-door', { name: 'Close the door', sections: [{ name: 'Talk', steps }] }],
  ['POST', '/connections', { slug: 'vault-door', name: 'Vault door', address: 'https://door.example.com', secret: 'another token' }],
  ['PATCH', '/users/otis', { email: 'ada@example.test' }],
] as const)('%s %s refuses a name that is taken', async (method, path, body) => {
  const answer = await server.send(method, `/api/v1${path}`, { headers: otis, body })
  expect([answer.status, (answer.json as { code: string; detail: string }).code]).toEqual([409, 'refused'])
  expect((answer.json as { detail: string }).detail).toMatch(/taken|already/)
})

test('of two who give the same name at once, one is refused', async () => {
  const add = () => server.send('POST', '/api/v1/users', { headers: otis, body: { handle: 'pia', name: 'Pia', email: 'pia@example.test' } })
  const answers = await Promise.all([add(), add(), add()])
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409])
})
