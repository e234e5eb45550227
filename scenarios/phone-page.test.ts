import { afterEach, expect, test } from 'vitest'
import { disableUser } from '#domains/directory/people.ts'
import { getPage, listPages } from '#domains/oncall/pages.ts'
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
  world = await pagingWorld([{ who: ['ana'], delaySeconds: 300 }, { who: ['ben'], delaySeconds: 300 }])
  server = await serveWorld(world)
  await world.alert('Card payments <b>fail</b>')
  link = new URL(world.phoneOf('ana').gets(/Card payments/).url).pathname
}
const page = async () => (await world.do(world.admin, listPages, {})).items[0]!
const press = (what: string, path = link) => server.send('POST', path, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(what) })

test('acknowledged on the phone page, nobody else is told', async () => {
  await anaIsPaged()
  const shown = await server.send('GET', link)
  expect(shown.status).toBe(200)
  expect(shown.text).toContain('You are named by the policy. Level 1.')
  expect(shown.text).toContain('Ben at 14:05.')
  expect(shown.text).toContain('Card payments &lt;b&gt;fail&lt;/b&gt;')
  const after = await press('do=acknowledge')
  expect([after.status, after.text.includes('You have it'), after.text.includes('Undo')]).toEqual([200, true, true])
  await world.pass('2 h')
  world.phoneOf('ben').gotNothingMore()
  expect((await world.events('group.acknowledged'))[0]!.actor).toMatch(/^usr_\w+ by link$/)
  expect(await page()).toMatchObject({ state: 'acknowledged', acknowledgedBy: { name: 'Ana' } })
})

test('opening the link changes nothing, whoever opens it and however often', async () => {
  await anaIsPaged()
  const before = (await world.events()).length
  for (const method of ['GET', 'HEAD']) expect((await server.send(method, link, { headers: { purpose: 'prefetch', 'sec-purpose': 'prefetch' } })).status).toBe(200)
  await world.settle()
  expect([(await world.events()).length, (await page()).state]).toEqual([before, 'paging'])
})

test('undone, it pages again; escalated twice by the same form, once', async () => {
  await anaIsPaged()
  await press('do=acknowledge')
  await world.settle()
  await press('do=give-back')
  await world.settle()
  world.phoneOf('ana').gets(/Asked again/)
  const step = /name="step" value="([\d.]+)"/.exec((await server.send('GET', link)).text)![1]
  for (let i = 0; i < 2; i++) (await press(`do=escalate&step=${step}`), await world.settle())
  expect((await world.do(world.admin, getPage, { pageId: (await page()).id })).people.map((one) => `${one.person.handle} ${one.round}`)).toEqual(['ana 1', 'ana 2', 'ben 2'])
})

test('a link that was changed is the same as one that never was, and changes nothing', async () => {
  await anaIsPaged()
  const never = await press('do=acknowledge', '/p/nothing')
  const changed = [`${link}A`, link.slice(0, -1), `${link}?action=resolve`, `${link}?page=P&page=Q`, `${link}%00`, `${link}=`, `${link.slice(0, 3)}${link.slice(3).toUpperCase()}`, `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`]
  for (const path of changed) expect([path, (await press('do=acknowledge', path)).status, (await server.send('GET', path)).text]).toEqual([path, 404, never.text])
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
  for (const [keys, status] of [[['new', 'world'], 200], [['newer', 'new', 'world'], 410]] as const) {
    const rotated = await serveWorld({ ...world, engine: { ...world.engine, signer: createSigner(keys.map(key)) } })
    expect((await rotated.send('GET', link)).status).toBe(status)
    await rotated.close()
  }
})
