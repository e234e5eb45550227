// A secret of its own for every place that takes or makes one, a life in which each is used, mistaken and refused, and then: none of them anywhere, in no
// form, but in the answer that hands it out. What the database holds of it is sealed or a hash.
import { createECDH, randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { examine } from '#app/doctor/examine.ts'
import { Secret } from '#kernel/secret.ts'
import { setupTokenText } from '#domains/directory/index.ts'
import { createSigner, createVault, masterKeys } from '#platform/secrets/vault.ts'
import { find, type Found } from './canary/hiding.ts'
import { askEverything } from './canary/everything.ts'
import { startOutside, type Outside } from './canary/outside.ts'
import { run, startProgram, until, type Asked, type Program, type Said } from './canary/program.ts'
import { preparedFolder } from '../ops/real/programs.ts'

const secrets = new Map<string, string>()
/** A secret that is given: recognisable, and good for everything that wants letters, digits, hyphens. */
function canary(name: string): string {
  const value = `Kanarie-${name.replaceAll(/\W/g, '-')}-7d31c05e94ab26f8`
  secrets.set(name, value)
  return value
}
/** One that the product makes. */
function made(name: string, value: string | undefined): string {
  if (value === undefined) throw new Error(`there is no ${name}`)
  secrets.set(name, value)
  return value
}

let outside: Outside
let program: Program
let environment: Record<string, string>
const texts: Said[] = []
let folder = ''

beforeAll(async () => {
  outside = await startOutside()
  folder = await preparedFolder()
  environment = {
    PORT: '0',
    TOCSIN_DATA_DIR: folder,
    TOCSIN_URL: 'http://tocsin.test',
    TOCSIN_LOG_LEVEL: 'debug',
    TOCSIN_ALLOW_HOSTS: '127.0.0.1',
    TOCSIN_SECRET_KEY: canary('master key'),
    TOCSIN_SMTP_URL: `smtp://tocsin:${canary('SMTP password')}@127.0.0.1:${outside.mailPort}?from=tocsin@example.test`,
    TOCSIN_HEARTBEAT_URL: `http://127.0.0.1:${outside.webPort}/${canary('heartbeat address')}/broken`,
    TOCSIN_HEARTBEAT_SECONDS: '10',
    TOCSIN_ADMIN_EMAIL: 'ada@example.test',
    TOCSIN_ADMIN_PASSWORD: canary('first password'),
    TOCSIN_ADMIN_TOKEN: canary('first token'),
  }
  program = await startProgram(environment)
})
afterAll(async () => {
  await program.stop()
  await outside.close()
  rmSync(folder, { recursive: true, force: true })
})

/** As our own pages ask: every change with a key of its own. */
const api = (method: string, path: string, { headers, ...asked }: Asked = {}) =>
  program.ask(method, `/api/v1${path}`, {
    ...asked,
    headers: { ...(method === 'GET' || method === 'DELETE' ? {} : { 'idempotency-key': randomUUID() }), ...headers },
  })
const admin = () => ({ authorization: `Bearer ${secrets.get('first token')!}` })
const asAdmin = (method: string, path: string, body?: unknown, handsOut: string[] = []) =>
  api(method, path, { headers: admin(), body, handsOut })
const mail = (pattern: RegExp) => until(`mail with ${pattern}`, () => outside.mails.map((text) => pattern.exec(text)?.[1]).find(Boolean))

test('no secret is anywhere but where it is handed out', async () => {
  await peopleAndTokens()
  await passwordLinks()
  await integrations()
  await connectionsAndRuns()
  await waysToBeReached()
  await statusPage()
  expect(await askEverything(program, catalogue.operations, admin())).toBeGreaterThan(50)
  await whatIsRefused()

  const asked = { ...environment, TOCSIN_URL: program.address, TOCSIN_TOKEN: secrets.get('first token')! }
  for (const [place, settings] of [
    ['the doctor', asked] as const,
    ['the doctor without a database', awayFrom(canary('database password'))] as const,
  ])
    texts.push({ place, text: JSON.stringify(await examine(settings)) })
  await program.stop()
  const link = await run(environment, 'password-link', 'ada@example.test')
  made('password link of the command line', /set-password#([\w-]{32})/.exec(link.text)?.[1])
  texts.push({ ...link, handsOut: ['password link of the command line'] })
  texts.push(program.log(), ...program.answers)
  const backup = await run(environment, 'backup', '-')
  const rows = gunzipSync(backup.output).toString('utf8')
  texts.push({ place: 'the back-up', text: rows })
  const keys = masterKeys(new Secret(secrets.get('master key')!), join(folder, 'none'))
  const sealed = /"(v1\.[^"]+)"/.exec(rows.slice(rows.indexOf('{"table":"push_keys"')))![1]!
  made('VAPID private key', createVault(keys).unseal(sealed, 'push_keys/private/1').open())
  made('set-up token', createSigner(keys).sign(setupTokenText, 'setup'))

  expect(program.log().text).toContain('Tocsin is running')
  expect(find(secrets, texts).map(told)).toEqual([])
}, 300_000)

const told = ({ secret, place, form, around }: Found) => `${secret} in ${place}, ${form}: …${around}…`
const awayFrom = (password: string) => ({
  DATABASE_URL: `postgres://tocsin:${password}@127.0.0.1:1/tocsin`,
  TOCSIN_DATA_DIR: folder,
  TOCSIN_SMTP_URL: `smtp://tocsin:${secrets.get('SMTP password')!}@127.0.0.1:1`,
})

const signIn = (email: string, password: string, handsOut: string[] = []) =>
  api('POST', '/session', { body: { email, password }, headers: { 'sec-fetch-site': 'same-origin' }, handsOut })

async function session(email: string, password: string, name: string): Promise<{ cookie: string; 'sec-fetch-site': string }> {
  const { headers } = await signIn(email, password, [name])
  const cookie = [headers['set-cookie']].flat()[0]?.split(';')[0]
  made(name, cookie?.split('=')[1])
  return { cookie: cookie!, 'sec-fetch-site': 'same-origin' }
}

async function peopleAndTokens(): Promise<void> {
  await asAdmin('POST', '/users', { handle: 'mara', name: 'Mara', email: 'mara@example.test', password: canary('password') })
  await asAdmin('POST', '/users', {
    handle: 'mara',
    name: 'Again',
    email: 'mara@example.test',
    password: canary('password of a doubled person'),
  })
  await asAdmin('POST', '/users', {
    handle: 'x',
    name: 'X',
    email: 'no address',
    password: [canary('password in a list')],
    other: canary('unknown field'),
  })
  await signIn('mara@example.test', canary('password that is wrong'))
  const mara = await session('mara@example.test', secrets.get('password')!, 'session')
  const change = (body: unknown) => api('POST', '/me/password', { headers: mara, body })
  await change({ current: canary('current password that is wrong'), next: canary('next password that was refused') })
  await change({ current: secrets.get('password'), next: canary('next password') })
  const maraAgain = await session('mara@example.test', secrets.get('next password')!, 'session after')
  const token = await api('POST', '/tokens', {
    headers: maraAgain,
    body: { name: 'CI', scopes: ['alerts:read', 'alerts:configure'] },
    handsOut: ['token'],
  })
  const { id, token: text } = token.json as { id: string; token: string }
  const bearer = { authorization: `Bearer ${made('token', text)}` }
  await api('GET', '/alerts', { headers: bearer })
  await api('POST', '/users', { headers: bearer, body: { handle: 'y', password: canary('password without permission') } })
  await api('DELETE', `/tokens/${id}`, { headers: maraAgain })
  await api('GET', '/alerts', { headers: bearer })
  await api('GET', '/alerts', { headers: { authorization: `Bearer ${canary('token that there is not')}` } })
  await api('GET', `/alerts?token=${canary('token in an address')}`, { headers: maraAgain })
  await api('DELETE', '/session', { headers: maraAgain })
  await api('GET', '/me', { headers: maraAgain })
}

async function passwordLinks(): Promise<void> {
  const tokenFor = async (to: string) => {
    const link = new RegExp(`^To: ${to}@[^]*tocsin\\.test/set-password#([\\w-]{32})`, 'm')
    return made(`password link of ${to}`, await mail(link))
  }
  const use = (token: string, password: string, handsOut: string[] = []) =>
    api('POST', '/session/password', { body: { token, password }, headers: { 'sec-fetch-site': 'same-origin' }, handsOut })
  const add = (handle: string) => asAdmin('POST', '/users', { handle, name: handle, email: `${handle}@example.test`, invite: true })
  await add('nia')
  await add('olu')
  const nia = await tokenFor('nia')
  await use(nia, 'too short')
  await use(canary('password link that there is not'), canary('password for a link that there is not'))
  const { headers } = await use(nia, canary('password that is set by a link'), ['session by a link'])
  made('session by a link', [headers['set-cookie']].flat()[0]?.split(';')[0]?.split('=')[1])
  await use(nia, canary('password for a link that was used'))
  await asAdmin('POST', '/users/nia/password-link', {})
  await api('POST', '/password-links', { body: { email: `${canary('address that nobody has').toLowerCase()}@example.test` } })
  secrets.set('address that nobody has', `${secrets.get('address that nobody has')!.toLowerCase()}@example.test`)
  await api('POST', '/password-links', { body: { email: `${canary('address that is none')}@` } })
  await tokenFor('olu')
}

async function integrations(): Promise<void> {
  const key = canary('integration key')
  const added = await asAdmin('POST', '/integrations', { name: 'Prometheus', kind: 'alertmanager', key }, ['integration key'])
  const { id } = added.json as { id: string }
  await asAdmin('POST', '/integrations', { name: 'Again', kind: 'alertmanager', key })
  await asAdmin('POST', '/integrations', { name: 'Bad', kind: 'alertmanager', key: `${canary('integration key that is no key')} é` })
  await asAdmin('POST', '/integrations', { name: 'Bad', kind: 'nothing', key: canary('integration key of an unknown kind') })
  await program.ask('POST', `/in/${key}/api/v2/alerts`, { body: [{ labels: { alertname: 'Latency', severity: 'critical' } }] })
  for (const body of ['{"no', [{ labels: 1 }], '\u0000'])
    await program.ask('POST', `/in/${key}/api/v2/alerts`, { body, headers: { 'content-type': 'application/json' } })
  await program.ask('POST', '/api/v2/alerts', { body: [{}], headers: { authorization: `Bearer ${key}` } })
  await program.ask('POST', `/in/${canary('integration key that there is not')}/api/v2/alerts`, { body: [] })
  await program.ask('GET', `/in/${key}/elsewhere`)
  const routing = canary('routing key')
  await asAdmin('POST', '/integrations', { name: 'PagerDuty', kind: 'pagerduty', key: routing }, ['routing key'])
  await program.ask('POST', '/v2/enqueue', { body: { routing_key: routing, event_action: 'trigger' } })
  await asAdmin('GET', `/integrations/${id}`, undefined, ['integration key'])
  await until('alert', async () => ((await asAdmin('GET', '/alerts')).json as { items: unknown[] }).items[0])
}

async function connectionsAndRuns(): Promise<void> {
  const address = `http://127.0.0.1:${outside.webPort}`
  const connect = (slug: string, secret: unknown, scheme: object, more = {}) =>
    asAdmin('POST', '/connections', { slug, name: slug, address, scheme, secret, ...more })
  await connect('bearer', canary('connection bearer'), { type: 'bearer' })
  await connect('basic', canary('connection password'), { type: 'basic', username: 'tocsin' })
  await connect('header', canary('connection header'), { type: 'header', name: 'x-key' })
  await connect('bearer', canary('connection of a doubled name'), { type: 'bearer' })
  await connect('bad', canary('connection of no scheme'), { type: 'none' }, { extra: canary('connection with an unknown field') })
  await connect('bad', { in: canary('connection secret in an object') }, { type: 'bearer' })
  await asAdmin('POST', '/connections/bearer/rotate', { secret: canary('connection rotated') })
  for (const connection of ['bearer', 'basic', 'header'])
    for (const url of ['/shown', '/broken']) {
      const slug = `${connection}${url.replace('/', '-')}`
      const step = { id: 'ask', name: 'Ask', http: { connection, url, danger: 'reads', extract: { all: '/headers' } } }
      await asAdmin('PUT', `/runbooks/${slug}`, { name: slug, sections: [{ name: 'All', steps: [step] }] })
      const { id } = (await asAdmin('POST', '/runs', { runbook: slug })).json as { id: string }
      await until(`end of ${slug}`, async () => {
        const run = (await asAdmin('GET', `/runs/${id}`)).json as { endedAt: unknown; stuck: unknown; pending: unknown }
        return run.endedAt ?? run.stuck ?? run.pending ?? undefined
      })
    }
}

async function waysToBeReached(): Promise<void> {
  const mara = await session('mara@example.test', secrets.get('next password')!, 'session of one who is paged')
  const asMara = (method: string, path: string, body?: unknown, handsOut: string[] = []) =>
    api(method, path, { headers: mara, body, handsOut })
  const address = `${canary('contact address').toLowerCase()}@example.test`
  secrets.set('contact address', address)
  const { id } = (await asMara('POST', '/me/contact-methods', { channel: 'email', address, label: 'At home' })).json as { id: string }
  await asMara('POST', '/me/contact-methods', { channel: 'email', address: `${canary('contact address that is none')}@`, label: 'x' })
  const code = await mail(/code[^0-9]{0,80}(\d{6})/i)
  await asMara('POST', `/me/contact-methods/${id}/verify`, { code: '000000' })
  await asMara('POST', `/me/contact-methods/${id}/verify`, { code })
  await asMara('POST', `/me/contact-methods/${id}/test`, {})
  const browser = createECDH('prime256v1')
  const keys = { p256dh: made('push key', browser.generateKeys('base64url')), auth: canary('push secret').slice(0, 22) }
  secrets.set('push secret', keys.auth)
  const endpoint = (name: string) => `https://127.0.0.1:${outside.webPort}/push/${canary(name)}`
  const push = await asMara('POST', '/me/contact-methods', { channel: 'web-push', address: { endpoint: endpoint('push address'), keys } })
  await asMara('POST', '/me/contact-methods', {
    channel: 'web-push',
    address: { endpoint: endpoint('push address that was refused'), keys: { ...keys, auth: '!' } },
  })
  await asMara('POST', `/me/contact-methods/${(push.json as { id: string }).id}/test`, {})
  const calendar = await asMara('POST', '/me/calendar-links', {}, ['calendar link'])
  const file = made('calendar link', /\/oncall\/ical\/([^"]+?)\.ics/.exec(calendar.text)?.[1])
  await program.ask('GET', `/oncall/ical/${file}.ics`, { handsOut: ['calendar link'] })
  await asMara('GET', '/me/calendar-links', undefined, ['calendar link'])
  await asMara('DELETE', `/me/calendar-links/${(calendar.json as { id: string }).id}`)
  await program.ask('GET', `/oncall/ical/${file}.ics`)

  await asAdmin('POST', '/policies', { slug: 'all', name: 'All', levels: [{ targets: [{ user: 'mara' }], delaySeconds: 600 }] })
  await asAdmin('POST', '/services', { slug: 'checkout', name: 'Checkout', policy: 'all' })
  const page = (name: string) =>
    program.ask('POST', `/in/${secrets.get('integration key')!}/api/v2/alerts`, {
      body: [{ labels: { alertname: name, severity: 'critical', service: 'checkout' }, annotations: { summary: name } }],
    })
  await page('Payments fail')
  const link = made('page link', await mail(/Payments fail[^]*?tocsin\.test\/p\/([\w.~-]+)/))
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const press = (path: string, body: string, handsOut: string[]) => program.ask('POST', path, { headers: form, body, handsOut })
  await program.ask('GET', `/p/${link}`, { handsOut: ['page link'] })
  await press(`/p/${link}`, 'do=nothing', ['page link'])
  await press(`/p/${link}`, 'do=acknowledge', ['page link'])
  await program.ask('GET', `/p/${canary('page link that there is not')}`)
  await press(`/p/${link}.x`, 'do=acknowledge', [])
  outside.refuseMail()
  await page('Refunds fail')
  await until('failed mail', async () => {
    const { items } = (await asMara('GET', '/me/notifications?limit=50')).json as { items: { title: string; reason: string }[] }
    return items.find(({ title, reason }) => /Refunds/.test(title) && /refused the user/.test(reason))
  })
}

async function statusPage(): Promise<void> {
  await asAdmin('POST', '/status-pages', { slug: 'shop', name: 'Shop', visibility: 'public' })
  await api('POST', '/status-pages/shop/subscribers', { body: { email: `${canary('reader').toLowerCase()}@example.test` } })
  await api('POST', '/status-pages/shop/subscribers', { body: { email: `${canary('reader without a domain')}@` } })
  for (const path of ['/s/shop', '/s/shop/feed.rss', '/s/shop/status.json', '/s/shop/subscribe']) await program.ask('GET', path)
  await program.ask('GET', `/s/confirm/${canary('confirmation that there is not')}`)
  // Its page does not say whether there is such a link: it shows the button in any case.
  await program.ask('GET', `/s/unsubscribe/${canary('unsubscription that there is not')}`, {
    handsOut: ['unsubscription that there is not'],
  })
}

/** Whatever is sent wrongly comes back as a problem, and is told of in the log; neither repeats it. */
async function whatIsRefused(): Promise<void> {
  const body = (name: string) => `{"secret": "${canary(name)}"`
  const headers = { ...admin(), 'content-type': 'application/json' }
  await api('POST', '/connections', { headers, body: body('body that is no JSON') })
  await api('POST', '/connections', { headers: { ...headers, 'content-type': 'text/plain' }, body: body('body of another type') })
  await api('POST', '/connections', { headers: { ...headers, origin: 'https://elsewhere.test' }, body: `${body('body from elsewhere')}}` })
  await api('POST', '/connections', { headers, body: `{"secret": "${canary('secret that is too long')}${'x'.repeat(9000)}"}` })
  await api('POST', '/configuration/apply', {
    headers: admin(),
    body: {
      files: [
        { path: 'a.yaml', text: `kind: user\nhandle: z\nname: Z\nemail: z@example.test\npassword: ${canary('password in a file')}\n` },
      ],
    },
  })
  await api('POST', '/users', { headers: { ...admin(), 'idempotency-key': canary('idempotency key') }, body: {} })
  await program.ask('GET', `/no-such-page/${canary('path that there is not')}`, {
    headers: { cookie: `tocsin=${canary('cookie that is none')}` },
  })
  for (const path of ['/metrics', '/api/v1/openapi.json', '/api/', '/', '/healthz']) await program.ask('GET', path)
  await api('GET', '/live', { headers: admin() })
}
