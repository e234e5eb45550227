// Web push, really delivered: from the subscription through the API to a push service that checks and decrypts like a real one, and in Chromium from the
// push to the notification, its answer and the phone page. Skipped, with its reason, where openssl or Chromium are missing.
import { rmSync } from 'node:fs'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, startTocsin } from '../ops/real/programs.ts'
import { axe, openBrowser, openPage, picture, screens, signIn, wholeChromiumPath } from './browser.ts'
import { administrator, ask, eventually, integrationKey, must, startMailbox, token } from './organisation.ts'
import { clickNotification, registrationOf, shownNotifications } from './notifications.ts'
import { makeCertificate, opensslPath, startPushService, type Push } from './push-service.ts'

const port = 18410
const base = `http://127.0.0.1:${port}`
if (!opensslPath) process.stdout.write('Web push is not tried: openssl is not installed.\n')
if (!wholeChromiumPath) process.stdout.write('Push in a browser is skipped: chromium is not installed.\n')

type Method = { id: string; channel: string; label: string; state: string; reason: string }
type Sent = { title: string; channel: string; status: string; reason: string }

describe.skipIf(!opensslPath)('web push', () => {
  const folder = freshFolder()
  let node: Awaited<ReturnType<typeof startTocsin>>
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let service: Awaited<ReturnType<typeof startPushService>>
  let cookie: string
  let serverKey: string

  /** As the web page asks, in Mara's session. */
  const asMara = async <T>(method: string, path: string, input?: unknown) => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { cookie, origin: base, ...(input === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(input === undefined ? {} : { body: JSON.stringify(input) }),
    })
    return { status: answer.status, cookie: answer.headers.getSetCookie()[0]?.split(';')[0], body: (await answer.json()) as T }
  }
  const subscribe = async (address: { endpoint: string; keys: object }, label: string) => {
    const { endpoint, keys } = address
    const { status, body } = await asMara<Method>('POST', '/me/contact-methods', {
      channel: 'web-push',
      address: { endpoint, keys },
      label,
    })
    expect(body).toMatchObject({ state: 'works', label })
    expect(status).toBe(201)
    return body
  }
  const method = async (id: string) =>
    (await asMara<{ items: Method[] }>('GET', '/me/contact-methods')).body.items.find((item) => item.id === id)
  const sent = async (title: RegExp) =>
    (await asMara<{ items: Sent[] }>('GET', '/me/notifications?limit=50')).body.items.filter(
      (one) => title.test(one.title) && one.channel === 'web-push',
    )
  const fires = async (name: string) =>
    expect(
      (
        await ask(port, 'POST', `/in/${integrationKey}/api/v2/alerts`, [
          { labels: { alertname: name, severity: 'critical', service: 'checkout' }, annotations: { summary: `${name} fails` } },
        ])
      ).status,
    ).toBe(200)
  const pushed = (path: string, title: RegExp, count = 1) =>
    eventually(`push ${title}`, 60, async () => {
      const found = service.pushes.filter((push) => push.path === path && title.test(String(push.message['title'])))
      return found.length >= count ? found : undefined
    })

  beforeAll(async () => {
    const certificate = makeCertificate(folder)
    service = await startPushService(18411, certificate)
    mailbox = await startMailbox()
    node = await startTocsin(port, {
      NODE_EXTRA_CA_CERTS: certificate.certificate,
      TOCSIN_ADMIN_EMAIL: administrator.email,
      TOCSIN_ADMIN_PASSWORD: administrator.password,
      TOCSIN_ADMIN_TOKEN: token,
      TOCSIN_SMTP_URL: mailbox.url,
      TOCSIN_ALLOW_HOSTS: '127.0.0.1',
    })
    const text = `kind: user\nhandle: mara\nname: Mara Lindqvist\nemail: mara@example.org\nrole: administrator\n---\nkind: policy\nslug: one\nname: One level\nlevels:\n  - { targets: [{ user: mara }], delaySeconds: 3600 }\n---\nkind: service\nslug: checkout\nname: Checkout\npolicy: one\n`
    await must(port, 'POST', '/configuration/apply', { files: [{ path: 'all.yaml', text }] })
    await must(port, 'POST', '/integrations', { name: 'Push', kind: 'alertmanager', key: integrationKey })
    cookie = ''
    cookie = (await asMara('POST', '/session', administrator)).cookie!
    serverKey = (await asMara<{ publicKey: string }>('GET', '/push-key')).body.publicKey
  })
  afterAll(async () => {
    await node?.stop()
    await service?.stop()
    await mailbox?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a page reaches a subscribed browser: signed for its push service, readable by it alone, and its link opens the page', async () => {
    const browser = service.subscribe(serverKey)
    const { id } = await subscribe(browser, 'Firefox on Linux')
    await fires('Cards')
    const [push] = await pushed(browser.path, /Cards fails/)
    expect(push).toMatchObject({
      ttl: 3600,
      urgency: 'high',
      topic: expect.stringMatching(/^[\w-]{32}$/),
      subject: expect.stringMatching(/^mailto:/),
    })
    expect(push!.message).toMatchObject({ body: expect.stringMatching(/\w/), acts: true, tag: expect.stringMatching(/^ntf_/) })
    const opened = await fetch(String(push!.message['url']))
    expect([opened.status, await opened.text()]).toEqual([200, expect.stringContaining('Cards fails')])
    await eventually('delivery in the record', 60, async () => ((await sent(/Cards/))[0]?.status === 'delivered' ? true : undefined))
    await asMara('DELETE', `/me/contact-methods/${id}`)
  })

  test('a push service that is busy or broken is asked again, and shows the message once', async () => {
    const browser = service.subscribe(serverKey)
    const { id } = await subscribe(browser, 'Busy')
    service.willAnswer({ status: 429, headers: { 'retry-after': '1' } }, { status: 503 })
    await fires('Search')
    const tries = await eventually('third try', 60, async () => {
      const found = service.pushes.filter(({ path }) => path === browser.path)
      return found.length >= 3 ? found : undefined
    })
    expect(tries.map(({ status }) => status)).toEqual([429, 503, 201])
    expect(new Set(tries.map(({ topic }) => topic)).size).toBe(1)
    expect(new Set(tries.map(({ message }) => message['tag'])).size).toBe(1)
    await asMara('DELETE', `/me/contact-methods/${id}`)
  })

  test.each([404, 410])('after %i the subscription is used no more, and its person is told by what is left', async (status) => {
    const browser = service.subscribe(serverKey)
    const label = `Gone ${status}`
    const { id } = await subscribe(browser, label)
    service.willAnswer({ status })
    await fires(`Ends${status}`)
    await eventually('dead subscription', 60, async () => ((await method(id))?.state === 'dead' ? true : undefined))
    expect((await method(id))!.reason).toBe('the browser has ended its subscription')
    const mail = await eventually('mail that says so', 60, async () =>
      mailbox.mails.find((one) => one.text.includes(`${label} no longer reaches you`)),
    )
    expect(mail.to).toBe(administrator.email)
    await fires(`After${status}`)
    await eventually('mail instead', 60, async () => mailbox.mails.find((one) => one.text.includes(`After${status} fails`)))
    expect(service.pushes.filter(({ path }) => path === browser.path)).toHaveLength(1)
    await asMara('DELETE', `/me/contact-methods/${id}`)
  })

  test.each(['https://10.0.0.7/push/x', 'https://[::ffff:192.168.1.9]/push/x', 'https://169.254.169.254/latest/meta-data'])(
    'an endpoint at %s is never called, and its person reads why',
    async (endpoint) => {
      const { id } = await subscribe({ ...service.subscribe(serverKey), endpoint }, 'Inside')
      const began = performance.now()
      await asMara('POST', `/me/contact-methods/${id}/test`)
      const [failed] = await eventually('refusal', 60, async () => {
        const found = (await sent(/^Test/)).filter(({ status }) => status === 'failed')
        return found.length > 0 ? found : undefined
      })
      expect(failed!.reason).toMatch(/private|internal|not allowed|link-local/i)
      expect(performance.now() - began).toBeLessThan(4000)
      await asMara('DELETE', `/me/contact-methods/${id}`)
    },
  )

  test.each(['http://127.0.0.1:18411/push/x', 'file:///etc/passwd', 'https://user:word@push.example.org/x'])(
    '%s is no endpoint',
    async (endpoint) => {
      const { keys } = service.subscribe(serverKey)
      expect((await asMara('POST', '/me/contact-methods', { channel: 'web-push', address: { endpoint, keys } })).status).toBe(400)
    },
  )

  describe.skipIf(!wholeChromiumPath)('in Chromium', () => {
    let browser: Browser
    let page: Page
    let cdp: CDPSession
    let registrationId: string
    const complaints: string[] = []
    const shown = () => shownNotifications(page)
    const deliver = (data: string) => cdp.send('ServiceWorker.deliverPushMessage', { origin: base, registrationId, data })
    const click = (tag: string, action: string) => clickNotification(page, tag, action)
    let push: Push

    beforeAll(async () => {
      browser = await openBrowser({ whole: true })
      const opened = await openPage(browser, screens[0]!)
      ;({ page } = opened)
      await page.context().grantPermissions(['notifications'], { origin: base })
      await signIn(page, base, administrator)
      cdp = await page.context().newCDPSession(page)
      const registered = registrationOf(cdp)
      await page.goto(`${base}/settings/me`)
      await page.getByRole('button', { name: 'Push to this browser' }).click()
      registrationId = await registered
      const subscribed = service.subscribe(serverKey)
      await subscribe(subscribed, 'Chromium')
      await fires('Phones')
      push = (await pushed(subscribed.path, /Phones fails/))[0]!
    })
    afterAll(() => browser?.close())

    test('a push becomes a notification that says what fails', async () => {
      await deliver(JSON.stringify(push.message))
      const found = await eventually('notification', 60, async () => (await shown()).find(({ tag }) => tag === push.message['tag']))
      expect(found).toEqual({
        title: push.message['title'],
        body: push.message['body'],
        tag: push.message['tag'],
        data: { url: push.message['url'] },
      })
    })

    test('the same push again takes the place of the first, and one that cannot be read still says something', async () => {
      await deliver(JSON.stringify({ ...push.message, title: 'Again' }))
      await eventually('replaced notification', 60, async () =>
        (await shown()).map(({ title }) => title).join() === 'Again' ? true : undefined,
      )
      await deliver('no JSON')
      await eventually('notice', 60, async () => ((await shown()).some(({ title }) => title === 'Something needs you') ? true : undefined))
      await deliver(JSON.stringify({ title: 'Elsewhere', url: 'https://evil.example/' }))
      const foreign = await eventually('foreign push', 60, async () => (await shown()).find(({ title }) => title === 'Elsewhere'))
      expect(foreign.data.url).toBe(base)
    })

    test('its click opens the phone page, where it is acknowledged; a click on Acknowledge does so from the notification', async () => {
      const tag = String(push.message['tag'])
      const [url] = await click(tag, 'open')
      expect(url).toBe(push.message['url'])
      const phone = await page.context().newPage()
      await phone.goto(url!)
      expect(await phone.getByRole('button', { name: /^Acknowledge/ }).isVisible()).toBe(true)
      await phone.close()
      await deliver(JSON.stringify(push.message))
      await eventually('notification again', 60, async () => (await shown()).find((one) => one.tag === tag))
      expect(await click(tag, 'acknowledge')).toEqual([])
      await eventually('thanks', 60, async () => ((await shown()).some(({ title }) => title === 'You have it') ? true : undefined))
      const { items } = await must<{ items: { title: string }[] }>(port, 'GET', '/pages?state=acknowledged')
      expect(items.map(({ title }) => title).join()).toContain('Phones')
    })

    test.each(screens)('how I am reached, at $name: nothing overflows, axe is content', async (screen) => {
      const opened = await openPage(browser, screen)
      await signIn(opened.page, base, administrator)
      await asMara('POST', '/me/contact-methods', { channel: 'email', address: `${screen.name}@example.org` })
      await opened.page.goto(`${base}/settings/me`)
      await opened.page.getByText(`${screen.name}@example.org`).first().waitFor()
      await opened.page.getByText('Sent to me').waitFor()
      await picture(opened.page, `reached-${screen.name}`)
      expect(await opened.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBeLessThanOrEqual(
        0,
      )
      expect(await axe(opened.page)).toEqual([])
      complaints.push(...opened.complaints)
      await opened.close()
      expect(complaints).toEqual([])
    })
  })
})
