// Signed links, opened and posted by people, by mail scanners and by those who change them. What is refused changes nothing and leaves its trace,
// and the link itself, which is a secret, is never in it.
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect } from 'vitest'
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import { addSeconds } from '#kernel/time.ts'
import { acknowledgeGroup } from '#domains/alerts/groups.ts'
import { disableUser } from '#domains/directory/people.ts'
import { linkToken } from '#domains/notifications/links.ts'
import { getPage, listPages } from '#domains/oncall/pages.ts'
import { createSigner } from '#platform/secrets/vault.ts'
import { pagingWorld } from '../world/oncall.ts'
import { serveWorld, type WorldServer } from '../world/server.ts'
import { attacksOf } from './cases.ts'

const { attack, nothingYet, close } = attacksOf('links')

let world: Awaited<ReturnType<typeof pagingWorld>>
let server: WorldServer
/** Ana's link, and the one of Ben for the same page. */
let link: string
let bens: string

beforeEach(async () => {
  const levels = [{ who: ['ana', 'ben'], delaySeconds: 3600 }]
  world = await pagingWorld(levels, { keys: ['newest', 'before', 'older'] })
  server = await serveWorld(world)
  await world.alert('Card payments fail')
  link = new URL(world.phoneOf('ana').gets(/Card payments/).url).pathname
  bens = new URL(world.phoneOf('ben').gets(/Card payments/).url).pathname
})
afterEach(async () => {
  await server.close()
  await world.close()
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }
async function ask(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  world.clock.set(addSeconds(world.clock.now(), 1))
  return server.send(method, path, { headers: { ...form, ...headers }, ...(body === undefined ? {} : { body: Buffer.from(body) }) })
}
const press = (path: string, body = 'do=acknowledge') => ask('POST', path, body)
const page = async () => (await world.do(world.admin, listPages, {})).items[0]!
const changes = async () => (await world.events()).filter(({ type }) => !type.startsWith('auth.refused')).length
const refused = async () => (await world.events('auth.refused')).map(({ data }) => data as { operation: string; reason: string })

/** Each of these is answered like an address that never was, by GET and by POST, and changes nothing. */
async function neverWas(paths: readonly string[]): Promise<void> {
  const before = await changes()
  const never = [await ask('GET', '/p/nothing'), await press('/p/nothing')]
  for (const path of paths) {
    const answers = [await ask('GET', path), await press(path)]
    expect([path, answers.map(({ status, text }) => [status, text])]).toEqual([path, never.map(({ text }) => [404, text])])
  }
  expect([await changes(), (await page()).state]).toEqual([before, 'paging'])
  expect(await refused()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ operation: 'GET /p/{token}', reason: 'there is no such link' }),
      expect.objectContaining({ operation: 'POST /p/{token}', reason: 'there is no such link' }),
    ]),
  )
  expect(JSON.stringify(await world.events())).not.toContain(link.slice(3))
}

attack('link-01', 'opened by scanners, previews and prefetches, it shows one button and changes nothing', async () => {
  const before = await changes()
  for (const [method, headers] of [
    ['GET', {}],
    ['HEAD', {}],
    ['GET', { purpose: 'prefetch' }],
    ['GET', { 'sec-purpose': 'prefetch;prerender' }],
    ['GET', { 'user-agent': 'Slackbot-LinkExpanding 1.0' }],
  ] as const) {
    const { status, text } = await ask(method, link, undefined, { ...headers })
    expect([method, status, method === 'HEAD' || /<button[^>]*>Acknowledge<\/button>/.test(text)]).toEqual([method, 200, true])
  }
  expect([await changes(), (await page()).state, await refused()]).toEqual([before, 'paging', []])
})

attack('link-03', 'with any character of the signature changed, it is one that never was', async () => {
  const at = link.length - 24
  const other = (character: string) => (character === 'A' ? 'B' : 'A')
  const flipped = Array.from(
    { length: 24 },
    (_, index) => link.slice(0, at + index) + other(link[at + index]!) + link.slice(at + index + 1),
  )
  await neverWas([...flipped, link.slice(0, -1), `${link}A`, link.slice(0, at), link.slice(0, at) + bens.slice(-24)])
})

attack('link-05', 'has one form only: nothing can be added, encoded or doubled', async () => {
  const token = link.slice(3)
  await neverWas([
    `${link}?page=P&page=Q`,
    `${link}?action=resolve`,
    `${link}?b=1&a=2`,
    `${link}%00`,
    `${link}%2F`,
    `${link}%2Facknowledge`,
    `${link}=`,
    `${link}==`,
    `/p/${token.toUpperCase()}`,
    `/p/${token.slice(0, 52)}%2b${token.slice(53)}`,
    `/p/+${token.slice(1)}`,
    `/p/%00${token}`,
  ])
})

attack('link-07', 'gives no more than its person may do now', async () => {
  const { id } = await page()
  const ben = await world.person('ben')
  await world.do(ben, acknowledgeGroup, { groupId: await world.group() })
  await world.settle()
  const before = await changes()
  const late = await press(link)
  expect([late.status, late.text.includes('Ben has it'), await changes()]).toEqual([200, true, before])
  await world.alert('Card payments fail', 'resolve')
  const over = await changes()
  expect([(await press(link)).status, await changes()]).toEqual([410, over])
  await world.alert('Card payments fail again')
  const next = new URL(world.phoneOf('ana').gets(/again/).url).pathname
  await world.do(world.admin, disableUser, { user: 'ana' })
  const disabled = await changes()
  expect([(await press(next)).status, (await ask('GET', next)).status, await changes()]).toEqual([410, 410, disabled])
  expect((await world.do(world.admin, getPage, { pageId: id })).acknowledgedBy?.name).toBe('Ben')
  expect((await refused()).at(-1)).toMatchObject({ reason: 'the link no longer opens anything' })
})
nothingYet('link-07', 'nobody can be taken off a page once it has told them', 'its person removed from the page')

attack('link-09', 'signed by the key before, it works; by the one before that, no more', async () => {
  const { id } = await page()
  const ana = (await world.person('ana')).userId
  const signedBy = (key: string) => {
    const signer = createSigner([createHash('sha256').update(key).digest()])
    return `/p/${linkToken(signer, { userId: ana as UserId, pageId: id as Id<'pag'> })}`
  }
  const before = await changes()
  expect([(await press(signedBy('older'))).status, await changes()]).toEqual([410, before])
  expect((await press(signedBy('before'))).status).toBe(200)
  expect((await page()).state).toBe('acknowledged')
})

nothingYet('link-11', 'no files are taken in')

attack('link-13', 'leads nowhere else: an address to go to afterwards is refused', async () => {
  const before = await changes()
  for (const next of ['https://evil.test', '//evil.test', 'javascript:alert(1)']) {
    for (const answer of [
      await press(`${link}?next=${encodeURIComponent(next)}`),
      await ask('GET', `${link}?next=${encodeURIComponent(next)}`),
    ])
      expect([answer.status, answer.headers['location'], answer.text.includes('evil')]).toEqual([404, undefined, false])
    const posted = await press(link, `do=acknowledge&next=${encodeURIComponent(next)}`)
    expect([posted.status, posted.headers['location'], posted.text.includes('evil')]).toEqual([400, undefined, false])
  }
  expect(await changes()).toBe(before)
  expect(await refused()).toEqual(expect.arrayContaining([expect.objectContaining({ reason: 'the form is not one of this page' })]))
})

nothingYet('link-15', 'mails are sent and none is read')

attack('link-c1', 'opened, and its button pressed, it acknowledges', async () => {
  expect((await ask('GET', link)).status).toBe(200)
  expect((await press(link)).status).toBe(200)
  expect(await page()).toMatchObject({ state: 'acknowledged', acknowledgedBy: { name: 'Ana' } })
  expect((await world.events('group.acknowledged'))[0]!.actor).toMatch(/^usr_\w+ by link$/)
  expect(await refused()).toEqual([])
})

close()
