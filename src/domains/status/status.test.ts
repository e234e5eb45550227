import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { anonymous, type Actor } from '#kernel/actor.ts'
import type { ChannelMessage } from '#kernel/integration.ts'
import type { PageAnswer, PageRequest } from '#kernel/page.ts'
import { Secret } from '#kernel/secret.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { changeState, declareIncident, incidents } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { addComponent, listComponents, setComponentStatus } from './components.ts'
import { dashboard } from './dashboard.ts'
import { status } from './index.ts'
import { callOffMaintenance, listMaintenances, planMaintenance } from './maintenance.ts'
import { addStatusPage, listStatusPages } from './pages.ts'
import { componentResource, statusPageResource } from './resources.ts'
import { follow, following, subscribe, unfollow } from './subscribing.ts'
import { listUpdates, previewUpdate, publishUpdate } from './updates.ts'

let world: World
let admin: Actor
let grace: Actor
const mails: (ChannelMessage & { to: string })[] = []
let mailServer: 'up' | 'away' = 'up'

beforeAll(async () => {
  const email = {
    summary: '',
    address: z.email(),
    recognisesKey: true,
    send: async (_context: unknown, to: unknown, message: ChannelMessage) => {
      if (mailServer === 'away') return { status: 'failed' as const, canRetry: true, reason: 'the mail server is away' }
      mails.push({ ...message, to: to as string })
      return { status: 'delivered' as const }
    },
  }
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]), {
    channels: new Map([['email', email]]),
    settings: (name) => (name === 'smtpUrl' ? new Secret('smtp://mail.test') : undefined),
  })
  admin = await world.person('ada', 'administrator')
  grace = await world.person('grace', 'stakeholder')
  await world.do(admin, addComponent, { slug: 'card-payments', name: 'Card payments' })
  await world.do(admin, addComponent, { slug: 'search', name: 'Search' })
  await world.do(admin, addStatusPage, {
    slug: 'shop',
    name: 'Shop status',
    visibility: 'public',
    zone: 'Europe/Berlin',
    components: ['card-payments', 'search'],
  })
  await world.do(admin, addStatusPage, { slug: 'office', name: 'Office', zone: 'Europe/Berlin', components: ['search'] })
})
afterAll(() => world.close())

const visit = (
  http: string,
  params: Record<string, string>,
  form: Record<string, string> = {},
  address = '203.0.113.7',
): Promise<PageAnswer> => {
  const page = world.engine.catalogue.pages.find((candidate) => candidate.http === http)!
  const request: PageRequest = { params, query: {}, form, headers: {} }
  return world.engine.transact(anonymous, (context) => page.run(context, request), {
    caller: { local: false, address, network: address, agent: '' },
  })
}
const tokenIn = (mail: ChannelMessage, kind: 'confirm' | 'unsubscribe') =>
  new RegExp(`/s/${kind}/([\\w-]{32})`).exec(`${mail.body} ${mail.url} ${mail.stopUrl}`)![1]!
const confirmed = async (email: string, address?: string) => {
  await visit('POST /s/{slug}/subscribe', { slug: 'shop' }, { email }, address)
  await world.settle()
  await visit('POST /s/confirm/{token}', {
    token: tokenIn(
      mails.findLast(({ to }) => to === email)!,
      'confirm',
    ),
  })
}
const shop = async () => (await visit('GET /s/{slug}', { slug: 'shop' })).body

describe('following', () => {
  test('an address counts only after its owner pressed the button, and opening the link changes nothing', async () => {
    await visit('POST /s/{slug}/subscribe', { slug: 'shop' }, { email: 'Una@Example.test' })
    await world.settle()
    expect(mails.map(({ to, title }) => [to, title])).toEqual([['una@example.test', 'Confirm that you want updates of Shop status']])
    const token = tokenIn(mails[0]!, 'confirm')
    expect((await visit('GET /s/confirm/{token}', { token })).body).toContain('<form method="post"')
    expect((await world.do(admin, listStatusPages, {})).items.map(({ subscribers }) => subscribers)).toEqual([0, 0])
    expect((await visit('POST /s/confirm/{token}', { token })).body).toContain('You get the updates')
    expect((await world.do(admin, listStatusPages, {})).items.find(({ slug }) => slug === 'shop')).toMatchObject({ subscribers: 1 })
  })

  test('the answer is the same for a known address, which gets no mail', async () => {
    const before = mails.length
    const known = await visit('POST /s/{slug}/subscribe', { slug: 'shop' }, { email: 'una@example.test' })
    const unknown = await visit('POST /s/{slug}/subscribe', { slug: 'shop' }, { email: 'ulf@example.test' })
    await world.settle()
    expect(known).toEqual({ ...unknown, body: unknown.body.replaceAll('ulf@', 'una@') })
    expect(mails.slice(before).map(({ to }) => to)).toEqual(['ulf@example.test'])
  })

  test('a link works three days, and the request is forgotten after it', async () => {
    const token = tokenIn(
      mails.findLast(({ to }) => to === 'ulf@example.test')!,
      'confirm',
    )
    world.clock.set(new Date(Date.parse(world.clock.now()) + 3 * 86_400_000 + 1000).toISOString() as never)
    expect(await visit('POST /s/confirm/{token}', { token })).toMatchObject({ status: 410 })
    expect(await visit('POST /s/confirm/{token}', { token: 'x'.repeat(32) })).toMatchObject({ status: 410 })
  })

  test('too many requests from one place are refused, whatever they ask for', async () => {
    for (let n = 0; n < 10; n++) await visit('POST /s/{slug}/subscribe', { slug: 'shop' }, { email: 'una@example.test' }, '198.51.100.1')
    await expect(visit('POST /s/{slug}/subscribe', { slug: 'shop' }, { email: 'una@example.test' }, '198.51.100.1')).rejects.toMatchObject({
      code: 'too-many',
    })
    await expect(visit('POST /s/{slug}/subscribe', { slug: 'shop' }, { email: 'una@example.test' }, '198.51.100.2')).resolves.toMatchObject(
      { status: 200 },
    )
  })

  test('an internal page is missing for strangers, and followed by people only', async () => {
    expect(await visit('GET /s/{slug}', { slug: 'office' })).toMatchObject({ status: 404 })
    await expect(world.do(anonymous, subscribe, { statusPage: 'office', email: 'una@example.test' })).rejects.toMatchObject({
      code: 'missing',
    })
    await world.do(grace, follow, { statusPage: 'office' })
    expect(await world.do(grace, following, {})).toEqual({ pages: ['office'] })
  })

  test('stopping ends what the mail names, and says so: another page goes on', async () => {
    await world.do(admin, addStatusPage, { slug: 'blog', name: 'Blog status', visibility: 'public' })
    await confirmed('ines@example.test', '192.0.2.8')
    await visit('POST /s/{slug}/subscribe', { slug: 'blog' }, { email: 'ines@example.test' }, '192.0.2.8')
    await world.settle()
    await visit('POST /s/confirm/{token}', { token: tokenIn(mails.at(-1)!, 'confirm') })
    const number = String((await world.do(admin, declareIncident, { title: 'Both' })).number)
    const publish = async () => {
      const before = mails.length
      await world.do(admin, publishUpdate, { incident: number, text: 'Both are slow.', pages: ['shop', 'blog'] })
      await world.settle()
      return mails.slice(before).filter(({ to }) => to === 'ines@example.test')
    }
    const [mail] = await publish()
    const stopped = await visit('POST /s/unsubscribe/{token}', { token: tokenIn(mail!, 'unsubscribe') })
    expect(stopped.body).toContain('Other pages that it follows still do.')
    const named = ({ body }: ChannelMessage) => /follows (.*)\./.exec(body)![1]
    const [next] = await publish()
    expect(new Set([named(mail!), named(next!)])).toEqual(new Set(['Shop status', 'Blog status']))
    await visit('POST /s/unsubscribe/{token}', { token: tokenIn(next!, 'unsubscribe') })
    expect(await publish()).toEqual([])
    await world.do(admin, changeState, { incident: number, to: 'declined', reason: 'Tried out' })
    await world.settle()
  })

  test('stopping is one button, and the same for a link that nobody knows', async () => {
    await confirmed('umut@example.test')
    await world.do(admin, setComponentStatus, { component: 'search', status: 'slow' })
    const { number } = await world.do(admin, declareIncident, { title: 'shard-7 OOM in search-indexer', severity: 'SEV3' })
    await world.do(admin, publishUpdate, {
      incident: String(number),
      text: 'Search is slower than usual.',
      components: [{ component: 'search', status: 'slow' }],
    })
    await world.settle()
    const token = tokenIn(
      mails.findLast(({ to }) => to === 'umut@example.test')!,
      'unsubscribe',
    )
    await visit('GET /s/unsubscribe/{token}', { token })
    const answer = await visit('POST /s/unsubscribe/{token}', { token })
    expect(answer).toEqual(await visit('POST /s/unsubscribe/{token}', { token: 'x'.repeat(32) }))
    const before = mails.length
    await world.do(admin, publishUpdate, { incident: String(number), text: 'Search is still slow.' })
    await world.do(admin, changeState, { incident: String(number), to: 'resolved' }).catch(() => undefined)
    await world.pass('5 s')
    expect(mails.slice(before).map(({ to }) => to)).not.toContain('umut@example.test')
  })
})

describe('an update', () => {
  let number: string
  test('says where it goes and why before it is published', async () => {
    number = String(
      (await world.do(admin, declareIncident, { title: 'payments-gateway 4.18.2 drops 3DS callbacks', severity: 'SEV1' })).number,
    )
    const draft = {
      incident: number,
      text: 'Some card payments **fail**. We are looking.',
      components: [{ component: 'card-payments', status: 'partly-down' }],
    }
    expect(await world.do(admin, previewUpdate, draft)).toMatchObject({
      number: 1,
      state: 'Looking into it',
      headline: 'Some card payments fail',
      html: '<p>Some card payments <strong>fail</strong>. We are looking.</p>\n',
      reason: 'Goes to Shop status: Shop status shows Card payments.',
      subscribers: 1,
    })
  })

  test('sets components, reaches every follower once, and stands on the page', async () => {
    const before = mails.length
    const update = await world.do(admin, publishUpdate, {
      incident: number,
      state: 'Fixing',
      text: 'Some card payments fail. We are undoing a release.',
      whoIsHit: '1 in 12 card payments',
      whatToSay: 'You were not charged.',
      components: [{ component: 'card-payments', status: 'partly-down' }],
      nextUpdateAt: '2026-11-26T15:00:00Z',
    })
    expect(update).toMatchObject({ number: 1, headline: 'Some card payments fail', author: { name: 'Ada' }, subscribers: 1 })
    await world.settle()
    expect(mails.slice(before).map(({ to, title }) => [to, title])).toEqual([['una@example.test', 'Fixing: Some card payments fail']])
    expect((await world.do(admin, listComponents, {})).items.find(({ slug }) => slug === 'card-payments')?.status).toBe('partly-down')
    expect(await shop()).toContain('Next update by 16:00 CET.')
  })

  test('a mail server that is away delays the mail and sends it once', async () => {
    mailServer = 'away'
    const before = mails.length
    await world.do(admin, publishUpdate, { incident: number, text: 'About half of them work again.' })
    await world.pass('15 s')
    mailServer = 'up'
    await world.pass('5 min')
    await world.pass('2 h')
    expect(mails.slice(before).map(({ to, title }) => [to, title])).toEqual([
      ['una@example.test', 'Looking into it: Some card payments fail'],
    ])
  })

  test('the next update must be in the future, and components and pages must exist', async () => {
    await expect(world.do(admin, publishUpdate, { incident: number, text: 'x', nextUpdateAt: '2026-01-01T00:00:00Z' })).rejects.toThrow(
      'The next update must be in the future.',
    )
    await expect(
      world.do(admin, publishUpdate, { incident: number, text: 'x', components: [{ component: 'nope', status: 'down' }] }),
    ).rejects.toMatchObject({ code: 'missing' })
    await expect(world.do(admin, publishUpdate, { incident: number, text: 'x', pages: ['nope'] })).rejects.toMatchObject({
      code: 'missing',
    })
    await expect(world.do(grace, publishUpdate, { incident: number, text: 'x' })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(world.do(admin, publishUpdate, { incident: '999999', text: 'x' })).rejects.toMatchObject({ code: 'missing' })
  })

  test('the dashboard opens with one sentence and keeps the newest answer to each question', async () => {
    const now = await world.do(grace, dashboard, {})
    expect(now.sentence).toBe('One serious problem')
    expect(now.troubles[0]).toMatchObject({
      headline: 'Some card payments fail',
      whoIsHit: '1 in 12 card payments',
      whatToSay: 'You were not charged.',
      whatWeDo: null,
      incident: { severity: 'SEV1' },
    })
    expect(now.troubles[0]!.updates.map((update) => update.number)).toEqual([2, 1])
    expect(now.components.find(({ slug }) => slug === 'card-payments')).toMatchObject({
      note: 'Some card payments fail',
      status: 'partly-down',
    })
  })

  test('the public page names neither the incident nor its service nor a person', async () => {
    const pages = [
      await shop(),
      (await visit('GET /s/{slug}/feed.rss', { slug: 'shop' })).body,
      (await visit('GET /s/{slug}/status.json', { slug: 'shop' })).body,
    ]
    for (const body of pages) expect(body).not.toMatch(/payments-gateway|3DS|search-indexer|Ada|inc_|INC-/)
  })

  test('when the incident ends, the page says so, what it held works again, and followers hear it', async () => {
    const before = mails.length
    await world.do(admin, changeState, { incident: number, to: 'resolved' })
    await world.settle()
    expect((await world.do(admin, listComponents, {})).items.find(({ slug }) => slug === 'card-payments')?.status).toBe('works')
    expect(mails.slice(before).map(({ title }) => title)).toEqual([expect.stringMatching(/^Over: Some card payments fail, 2 h/)])
    expect(await shop()).toMatch(/<b>Some card payments fail, 2 h[^<]*<\/b> Solved/)
    expect((await world.do(grace, listUpdates, { incident: number })).items.map(({ state }) => state)).toEqual([
      'Solved',
      'Looking into it',
      'Fixing',
    ])
  })
})

test('the list of updates goes on where it ended, also between two of one moment', async () => {
  const declare = async (title: string) => String((await world.do(admin, declareIncident, { title })).number)
  const [first, second] = [await declare('First'), await declare('Second')]
  for (const incident of [first, first, second]) await world.do(admin, publishUpdate, { incident, text: 'We look at it.', pages: ['shop'] })
  const all = (await world.do(admin, listUpdates, { limit: 200 })).items.map(({ id }) => id)
  const read: string[] = []
  for (let cursor: string | undefined, isOver = false; !isOver; isOver = cursor === undefined) {
    const part = await world.do(admin, listUpdates, { limit: 1, ...(cursor ? { cursor } : {}) })
    read.push(...part.items.map(({ id }) => id))
    cursor = part.nextCursor
  }
  expect(read).toEqual(all)
})

describe('planned work', () => {
  test('is announced, begins and ends on time, and leaves alone what is worse', async () => {
    const at = (hours: number) => new Date(Date.parse(world.clock.now()) + hours * 3_600_000).toISOString()
    await world.do(admin, setComponentStatus, { component: 'card-payments', status: 'down' })
    await world.do(admin, setComponentStatus, { component: 'search', status: 'works' })
    await world.do(admin, planMaintenance, {
      title: 'Planned work on search',
      text: 'Search may be slow.',
      startsAt: at(2),
      endsAt: at(3),
      components: ['card-payments', 'search'],
    })
    const statuses = async () => (await world.do(admin, listComponents, {})).items.map(({ status: word }) => word)
    expect(await shop()).toContain('Planned work on search')
    await world.pass('150 min')
    expect(await statuses()).toEqual(['down', 'maintenance'])
    await world.pass('1 h')
    expect(await statuses()).toEqual(['down', 'works'])
    expect(await shop()).toContain('Done in 1 h.')
  })
  test('can be called off', async () => {
    const at = (hours: number) => new Date(Date.parse(world.clock.now()) + hours * 3_600_000).toISOString()
    const planned = await world.do(admin, planMaintenance, {
      title: 'Move',
      text: 'Moving.',
      startsAt: at(1),
      endsAt: at(2),
      components: ['search'],
    })
    await world.settle()
    const before = mails.length
    await world.do(admin, callOffMaintenance, { maintenance: planned.id })
    await world.settle()
    await expect(world.do(admin, callOffMaintenance, { maintenance: planned.id })).rejects.toMatchObject({ code: 'refused' })
    const told = () => mails.slice(before).map(({ to, title }) => `${to} ${title}`)
    expect(told().sort()).toEqual(['grace@example.test Called off: Move', 'una@example.test Called off: Move'])
    expect(await shop()).toContain('<b>Move</b> Called off. This work does not take place.')
    expect((await visit('GET /s/{slug}/feed.rss', { slug: 'shop' })).body).toContain('<title>Called off: Move</title>')
    await world.pass('90 min')
    expect((await world.do(admin, listMaintenances, {})).items).toEqual([])
    expect((await world.do(admin, listComponents, {})).items.find(({ slug }) => slug === 'search')?.status).toBe('works')
    expect(told()).toHaveLength(2)
  })
  test('is ended early in the words of whoever ends it, and two at the same moment tell it once', async () => {
    const at = (hours: number) => new Date(Date.parse(world.clock.now()) + hours * 3_600_000).toISOString()
    const { id: maintenance } = await world.do(admin, planMaintenance, {
      title: 'Index',
      text: 'A new index.',
      startsAt: at(0),
      endsAt: at(2),
      components: ['search'],
    })
    await world.settle()
    const before = mails.length
    const text = 'The new index is there.'
    const both = await Promise.allSettled([1, 2].map(() => world.do(admin, callOffMaintenance, { maintenance, text })))
    await world.settle()
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    const told = mails.slice(before).filter(({ title, body }) => title === 'Done: Index' && body.includes(text))
    expect(told.map(({ to }) => to).sort()).toEqual(['grace@example.test', 'una@example.test'])
    expect((await world.do(admin, listComponents, {})).items.find(({ slug }) => slug === 'search')?.status).toBe('works')
  })
  test('is over when nobody was there in its time, and is announced on pages that exist', async () => {
    const at = (hours: number) => new Date(Date.parse(world.clock.now()) + hours * 3_600_000).toISOString()
    const work = { title: 'Night', text: 'At night.', startsAt: at(1), endsAt: at(2), components: ['search'] }
    await world.do(admin, planMaintenance, work)
    await world.settle()
    world.clock.set(at(5) as never)
    await world.settle()
    expect(await shop()).not.toContain('Planned work</h2>')
    await expect(world.do(admin, planMaintenance, { ...work, endsAt: at(9), pages: ['nope'] })).rejects.toMatchObject({ code: 'missing' })
  })
})

test('what is listed as configuration changes nothing when it is applied again', async () => {
  for (const resource of [componentResource, statusPageResource]) {
    const before = await world.read((scope) => resource.list(scope))
    await world.engine.transact(admin, async (context) => {
      for (const spec of before) await resource.save(context, z.parse(resource.schema, spec), spec)
    })
    expect(await world.read((scope) => resource.list(scope))).toEqual(before)
  }
})

test('following can be ended by its person', async () => {
  await world.do(grace, unfollow, { statusPage: 'office' })
  expect(await world.do(grace, following, {})).toEqual({ pages: [] })
})
