// Texts that want to be markup, put in by every way that a text comes in, and read as a parser does in every place that shows them: the phone page,
// mails, the status page, its feed and its JSON, the API, what the API renders. The exported review meets them in src/domains/reviews/markdown.test.ts.
import { addSeconds } from '#kernel/time.ts'
import { Parser } from 'htmlparser2'
import { afterAll, beforeAll, expect } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { mailOf } from '#integrations/email/message.ts'
import { people } from '../world/people.ts'
import { serveWorld, type Received, type WorldServer } from '../world/server.ts'
import { createWorld, type World } from '../world/world.ts'
import { attacksOf } from './cases.ts'

type Expected = { keep?: string[]; linkDropped?: boolean }
const { cases, attack, nothingYet, close } = attacksOf<{ text: string; where: string }, Expected>('xss')

const phones = people()
let world: World
let server: WorldServer
let headers: Record<string, string>
let key: string

beforeAll(async () => {
  world = await createWorld(catalogue, { channels: phones.channels })
  server = await serveWorld(world)
  await server.addPerson('ada', 'administrator')
  headers = { ...(await server.signIn('ada')), origin: server.publicUrl }
  await post('/policies', { slug: 'checkout', name: 'Checkout', levels: [{ targets: [{ user: 'ada' }] }] })
  await post('/services', { slug: 'checkout', name: 'Checkout', policy: 'checkout' })
  key = String((await post('/integrations', { name: 'Alerts', kind: 'alertmanager', service: 'checkout' }))['key'])
  server.refreshKeys()
  await post('/components', { slug: 'payments', name: 'Payments' })
  await post('/status-pages', { slug: 'shop', name: 'Shop', visibility: 'public', zone: 'UTC', components: ['payments'] })
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  await server.send('POST', '/s/shop/subscribe', { headers: form, body: 'email=una%40example.test' })
  await world.settle()
  await server.send('POST', new URL(phones.mailboxOf('una').all()[0]!.url).pathname)
})
afterAll(async () => {
  await server.close()
  await world.close()
})

async function post(path: string, body: object, method = 'POST'): Promise<Record<string, unknown>> {
  const answer = await server.send(method, `/api/v1${path}`, { headers, body })
  expect([path, answer.status < 300 ? '' : answer.text]).toEqual([path, ''])
  return answer.json as Record<string, unknown>
}

const written = 'p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s a table thead tbody tr th td'.split(' ')
const documents = [
  ...written,
  ...'html head meta title link body header footer main nav section div span b dl dt dd time form input button label textarea details summary svg g defs path use circle rect'.split(
    ' ',
  ),
]

/** What a parser sees. Fails for an element that is not among `allowed`, a handler, a style that is not ours, an address that is no web address. */
function inert(place: string, markup: string, allowed = documents, isMail = false): { text: string; hrefs: string[] } {
  let text = ''
  const hrefs: string[] = []
  const parser = new Parser(
    {
      ontext: (part) => (text += part),
      oncomment: (comment) => expect([place, 'a comment', comment]).toEqual([place, '', '']),
      onopentag(name, attributes) {
        const ours = name === 'script' && attributes['src'] === '/phone.js'
        expect([place, name, ours || allowed.includes(name)]).toEqual([place, name, true])
        for (const [attribute, value] of Object.entries(attributes)) {
          expect([place, name, attribute]).not.toEqual([place, name, expect.stringMatching(isMail ? /^on/ : /^on|^style$|^srcdoc$/)])
          if (!['href', 'src', 'action', 'formaction'].includes(attribute)) continue
          expect([place, value]).toEqual([place, expect.stringMatching(/^(https?:\/\/|mailto:|tel:|#|\/(?![/\\]))/)])
          hrefs.push(value)
        }
      },
    },
    { decodeEntities: true },
  )
  parser.end(markup)
  return { text, hrefs }
}

/** Every rendered text in an answer of the API. */
function renderedIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => (name === 'html' && typeof inner === 'string' ? [inner] : renderedIn(inner)))
}
function asData(place: string, { headers: given, status, json }: Received): unknown {
  expect([place, status, given['content-type'], given['x-content-type-options']]).toEqual([
    place,
    200,
    expect.stringMatching(/^application\/json\b/),
    'nosniff',
  ])
  for (const html of renderedIn(json)) inert(place, html, written)
  return json
}
const get = (path: string) => server.send('GET', path, { headers })
const one = (text: string) => text.replace(/\s+/g, ' ').trim()

for (const { id, input, expect: expected, source } of cases)
  attack(id, source, async () => {
    const { text } = input
    const kept = input.where === 'markdown' ? [] : (expected.keep ?? []).map(one)
    const shows = (place: string, seen: string) =>
      kept.forEach((words) => expect([place, one(seen)]).toEqual([place, expect.stringContaining(words)]))

    const alert = {
      labels: { alertname: id, severity: 'critical', [`a_${id.replace('-', '_')}`]: text },
      annotations: { summary: text, description: text, runbook_url: text },
    }
    // So that each is told singly, and not in the summary of a storm.
    world.clock.set(addSeconds(world.clock.now(), 61))
    const sent = await server.send('POST', `/in/${key}/api/v2/alerts`, {
      body: [{ ...alert, generatorURL: text, startsAt: world.clock.now() }],
    })
    expect([sent.status, sent.status < 300 ? '' : sent.text]).toEqual([sent.status, ''])
    await world.settle()
    const told = phones.mailboxOf('ada').all().at(-1)!
    const mail = mailOf(told, 'You get this because you are on call.')
    expect(mail.subject).not.toMatch(/[\r\n]/)
    shows('page mail', inert('page mail', mail.html, [...documents, 'p'], true).text)
    const phone = await server.send('GET', new URL(told.url).pathname)
    expect(phone.status).toBe(200)
    const onPhone = inert('phone page', phone.text)
    shows('phone page', onPhone.text)
    if (expected.linkDropped) expect(onPhone.hrefs.join('\n')).not.toMatch(/javascript/i)
    for (const path of ['/api/v1/alert-groups', '/api/v1/alerts', '/api/v1/pages']) asData(path, await get(path))

    const incident = await post('/incidents', { title: one(text), description: text, severity: 'SEV2', services: ['checkout'] })
    const number = String(incident['number'])
    await post(`/incidents/${number}/notes`, { text })
    await post(`/incidents/${number}/decisions`, { title: one(text), reason: text })
    const timeline = asData('timeline', await get(`/api/v1/incidents/${number}/timeline`)) as { items: { sentence: string }[] }
    expect(timeline.items.length).toBeGreaterThan(2)
    asData('incident', await get(`/api/v1/incidents/${number}`))

    const state = one(text).slice(0, 40)
    const update = {
      incident: number,
      state,
      headline: one(text),
      text,
      components: [{ component: 'payments', status: 'down' }],
      pages: ['shop'],
    }
    const { html } = await post('/updates/preview', update)
    const preview = inert('preview', String(html), written)
    for (const words of expected.keep ?? []) expect(one(preview.text)).toContain(one(words))
    await post('/updates', update)
    await world.settle()
    const mailed = phones.mailboxOf('una').all().at(-1)!
    shows('update mail', inert('update mail', mailOf(mailed, '').html, documents, true).text)
    // What others may keep for half a minute is asked for anew.
    const page = await get('/s/shop')
    shows('status page', inert('status page', page.text).text)
    const feed = await get('/s/shop/feed.rss')
    expect(feed.headers['content-type']).toContain('application/rss+xml')
    wellFormed(feed.text)
    asData('status.json', await get('/s/shop/status.json'))

    await post('/reviews', { incident: number })
    const review = (await get(`/api/v1/reviews/${number}`)).json as { sections: { id: string }[] }
    await post(`/reviews/${number}/sections/${review.sections[0]!.id}`, { text }, 'PUT')
    asData('review', await get(`/api/v1/reviews/${number}`))
    for (const path of ['/api/v1/audit', '/api/v1/reviews', '/api/v1/incidents', '/api/v1/updates']) asData(path, await get(path))
  })

/** Elements that close in their order, and nothing but them and text; what stands in a description is inert again. */
function wellFormed(feed: string): void {
  const names: string[] = []
  let description = ''
  const parser = new Parser(
    {
      onopentag: (name) => names.push(name),
      ontext: (part) => (description += names.at(-1) === 'description' ? part : ''),
      oncdatastart: () => expect('CDATA').toBe(''),
      oncomment: (comment) => expect(comment).toBe(''),
    },
    { xmlMode: true, decodeEntities: true },
  )
  parser.end(feed)
  expect(new Set(names)).toEqual(
    new Set(['rss', 'channel', 'title', 'link', 'description', 'language', 'ttl', 'atom:link', 'item', 'guid', 'pubDate']),
  )
  inert('feed', description, written)
}

nothingYet('xss-37', 'no chat is connected', 'its Slack message')
nothingYet('xss-39', 'no files are taken in', 'its attachment')
close()
