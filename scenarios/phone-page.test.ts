import { afterEach, expect, test } from 'vitest'
import { recordChange } from '#domains/changes/index.ts'
import { getPage, listPages } from '#domains/oncall/pages.ts'
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
/** As it reads: blanks and line breaks of the source are one blank. */
const read = (html: string) => html.replace(/\s+/g, ' ')
const page = async () => (await world.do(world.admin, listPages, {})).items[0]!
const press = (what: string, path = link) =>
  server.send('POST', path, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(what) })

test('acknowledged on the phone page, nobody else is told', async () => {
  await anaIsPaged()
  const shown = await server.send('GET', link)
  expect(shown.status).toBe(200)
  expect(read(shown.text)).toContain('You are named by the policy. Level 1.')
  expect(read(shown.text)).toContain('Ben at 14:05.')
  expect(read(shown.text)).toContain('Card payments &lt;b&gt;fail&lt;/b&gt;')
  const after = await press('do=acknowledge')
  for (const said of ['You have it', 'Acknowledged after 0 s. Nobody else is paged.', 'Undo']) expect(read(after.text)).toContain(said)
  await world.pass('2 h')
  world.phoneOf('ben').gotNothingMore()
  expect((await world.events('group.acknowledged'))[0]!.actor).toMatch(/^usr_\w+ by link$/)
  expect(await page()).toMatchObject({ state: 'acknowledged', acknowledgedBy: { name: 'Ana' } })
})

test('what was changed before it began stands in the message and on the page', async () => {
  world = await pagingWorld([{ who: ['ana'], delaySeconds: 300 }])
  server = await serveWorld(world)
  const record = (summary: string, service?: string) =>
    world.do(world.admin, recordChange, {
      summary,
      ...(service ? { service } : {}),
      links: [{ href: 'https://ci.example.test/1', text: 'build' }],
    })
  await record('3 days ago', 'checkout')
  await world.pass('72 h')
  await record('Core switch <b>replaced</b>')
  await world.pass('1 h')
  await record('4.18.2 was deployed', 'checkout')
  await world.pass('4 min')
  await world.alert('Card payments fail')
  const message = world.phoneOf('ana').gets(/Card payments/)
  expect(message.body).toMatch(/^Checkout\. Changed 4 min before: 4\.18\.2 was deployed\. Ana is paged at/)
  link = new URL(message.url).pathname
  await world.pass('1 min')
  await record('Rolled back', 'checkout')
  const shown = read((await server.send('GET', link)).text)
  expect(shown).toMatch(/Changed<\/dt> <dd> <a href="https:\/\/ci.example.test\/1" rel="noreferrer">Rolled back<\/a>, at \d\d:\d\d/)
  expect(shown).toContain('>4.18.2 was deployed</a>, 4 min before')
  expect(shown).toContain('>Core switch &lt;b&gt;replaced&lt;/b&gt;</a>, 1 h 4 min before')
  expect(shown).not.toContain('3 days ago')
})

test('opening the link changes nothing, whoever opens it and however often', async () => {
  await anaIsPaged()
  const before = (await world.events()).length
  for (const method of ['GET', 'HEAD'])
    expect((await server.send(method, link, { headers: { purpose: 'prefetch', 'sec-purpose': 'prefetch' } })).status).toBe(200)
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
  for (let i = 0; i < 2; i++) {
    await press(`do=escalate&step=${step}`)
    await world.settle()
  }
  expect(
    (await world.do(world.admin, getPage, { pageId: (await page()).id })).people.map((one) => `${one.person.handle} ${one.round}`),
  ).toEqual(['ana 1', 'ana 2', 'ben 2'])
})

test('an acknowledgement is undone for eight seconds; after that the page says why not, and stays acknowledged', async () => {
  await anaIsPaged()
  await press('do=acknowledge')
  await world.settle()
  await world.pass('7 s')
  expect(read((await server.send('GET', link)).text)).toContain('>0:01</span>')
  await world.pass('1 s')
  expect((await server.send('GET', link)).text).not.toContain('give-back')
  const late = await press('do=give-back')
  expect([late.status, read(late.text)]).toEqual([
    409,
    expect.stringMatching(/You have had it since .* Undo works for 8 seconds; sign in to give it back\./),
  ])
  await world.settle()
  expect(await page()).toMatchObject({ state: 'acknowledged' })
  world.phoneOf('ana').gotNothingMore()
})

test('asking for help says that the next level is paged, and that nobody is left when nobody is', async () => {
  await anaIsPaged()
  await press('do=acknowledge')
  await world.settle()
  const ask = async () => press(`do=escalate&step=${/name="step" value="([\d.]+)"/.exec((await server.send('GET', link)).text)![1]}`)
  const asked = await ask()
  expect([asked.status, read(asked.text)]).toEqual([200, expect.stringContaining('Acknowledged after 0 s. The next level is paged too.')])
  await world.settle()
  world.phoneOf('ben').gets(/Card payments/)
  const again = await ask()
  expect([again.status, read(again.text)]).toEqual([409, expect.stringContaining('There is nobody left to ask: every level was paged.')])
  await world.settle()
  world.phoneOf('ben').gotNothingMore()
  expect(await page()).toMatchObject({ state: 'acknowledged', acknowledgedBy: { name: 'Ana' } })
})
