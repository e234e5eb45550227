import { afterEach, expect, test } from 'vitest'
import { disableUser } from '#domains/directory/people.ts'
import { openLink } from '#domains/oncall/phone-link.ts'
import { listPages } from '#domains/oncall/pages.ts'
import { acknowledgeGroup } from '#domains/alerts/groups.ts'
import { createSigner } from '#platform/secrets/vault.ts'
import { createHash } from 'node:crypto'
import { pagingWorld } from './world/oncall.ts'
import { serveWorld, type WorldServer } from './world/server.ts'

let world: Awaited<ReturnType<typeof pagingWorld>>
let server: WorldServer
let link: string
afterEach(async () => (await server.close(), await world.close()))

/** Ana is paged, and has the link on her phone; Ben comes after five minutes. */
async function anaIsPaged() {
  world = await pagingWorld([
    { who: ['ana'], delaySeconds: 300 },
    { who: ['ben'], delaySeconds: 300 },
  ])
  server = await serveWorld(world)
  await world.alert('Card payments <b>fail</b>')
  link = new URL(world.phoneOf('ana').gets(/Card payments/).url).pathname
}
const page = async () => (await world.do(world.admin, listPages, {})).items[0]!
const press = (what: string, path = link) =>
  server.send('POST', path, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(what) })

test('a link that was changed is the same as one that never was, and changes nothing', async () => {
  await anaIsPaged()
  const never = await press('do=acknowledge', '/p/nothing')
  const changed = [
    `${link}A`,
    link.slice(0, -1),
    `${link}?action=resolve`,
    `${link}?page=P&page=Q`,
    `${link}%00`,
    `${link}=`,
    `${link.slice(0, 3)}${link.slice(3).toUpperCase()}`,
    `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`,
  ]
  for (const path of changed)
    expect([path, (await press('do=acknowledge', path)).status, (await server.send('GET', path)).text]).toEqual([path, 404, never.text])
  expect((await press('do=acknowledge&next=https://evil.test')).status).toBe(400)
  expect((await page()).state).toBe('paging')
})

test('the link gives no more than its person may do now', async () => {
  await anaIsPaged()
  await world.do(await world.person('ben'), acknowledgeGroup, { groupId: await world.group() })
  await world.settle()
  const late = await press('do=acknowledge')
  expect([late.status, late.text.includes('Ben has it')]).toEqual([200, true])
  await world.alert('Card payments', 'resolve')
  expect((await press('do=acknowledge')).status).toBe(410)
  await world.alert('Card payments fail again')
  const next = new URL(world.phoneOf('ana').gets(/again/).url).pathname
  await world.do(world.admin, disableUser, { user: 'ana' })
  expect([(await press('do=acknowledge', next)).status, (await server.send('GET', next)).status]).toEqual([410, 410])
})

test('a link outlives one rotation of the key, not two', async () => {
  await anaIsPaged()
  const key = (name: string) => createHash('sha256').update(name).digest()
  for (const [keys, found] of [
    [['new', 'world'], 'page'],
    [['newer', 'new', 'world'], 'gone'],
  ] as const) {
    expect(await world.read((scope) => openLink(scope, createSigner(keys.map(key)), link.slice(3)))).toMatchObject({ found })
  }
})
