// Texts that want to be markup, in a real Chromium: planted by every way in, then every page and mail that shows one is opened, and nothing of it runs.
// scenarios/attacks/xss.test.ts proves the same against HTML as a parser reads it; here also what the UI makes of it, and what comes while it is open.
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { startTocsin, type Peer } from '../ops/real/programs.ts'
import { chromiumPath, openBrowser, signIn } from './browser.ts'
import {
  expectFound,
  pagesForgetToEscape,
  plantFault,
  renderingForgetsToSanitise,
  textsBecomeMarkup,
  unescaped,
  type Fault,
} from './faults.ts'
import { expectInert, findings, phone, readable, watchedPage, type Watched } from './inert.ts'
import { expectInertMails, kindsOfMail, missingOf, mailProgram, readMail } from './mails.ts'
import { administrator, eventually, must, startMailbox, token } from './organisation.ts'
import { adminName, kept, plant, tellFollowers, texts, worst, worstSlug, type Planted } from './planted.ts'
import { every, uiPages } from './ui-pages.ts'

if (!chromiumPath) process.stdout.write('The attacks by texts in a browser are skipped: chromium is not installed.\n')

const port = 18460
const base = `http://127.0.0.1:${port}`
const reflected = encodeURIComponent(worst)

describe.skipIf(!chromiumPath)('texts that want to be markup', () => {
  let tocsin: Peer
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let browser: Browser
  let desk: Watched
  let planted: Planted

  beforeAll(async () => {
    mailbox = await startMailbox()
    tocsin = await startTocsin(port, {
      TOCSIN_ADMIN_EMAIL: administrator.email,
      TOCSIN_ADMIN_PASSWORD: administrator.password,
      TOCSIN_ADMIN_TOKEN: token,
      TOCSIN_SMTP_URL: mailbox.url,
      TOCSIN_ALLOW_HOSTS: '127.0.0.1',
    })
    browser = await openBrowser({ alone: true })
    planted = await plant(port)
    desk = await watchedPage(browser, base)
    await signIn(desk.page, base, administrator)
    await plantOwn()
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await mailbox?.stop()
  })

  /** What only a person does, in their own browser. */
  async function own<T>(path: string, data: object): Promise<T> {
    const answer = await desk.page.request.post(`${base}/api/v1${path}`, { data, headers: { origin: base } })
    expect([path, answer.ok() ? '' : await answer.text()]).toEqual([path, ''])
    return (await answer.json()) as T
  }
  async function plantOwn(): Promise<void> {
    for (const name of every) await own('/tokens', { name, scopes: ['directory:read'] })
    for (const label of every.slice(-8))
      await own('/me/contact-methods', { channel: 'email', address: `m${every.indexOf(label)}@example.org`, label })
    const week = `from=${new Date().toISOString()}&to=${new Date(Date.now() + 7 * 86_400_000).toISOString()}`
    type Shifts = { final: { from: string; to: string; override: string | null }[] }
    const { final } = await must<Shifts>(port, 'GET', `/schedules/${worstSlug}/shifts?${week}`)
    const { from, to } = final.find(({ override }) => override !== null)!
    await own(`/schedules/${worstSlug}/offers`, { person: worstSlug, from, to, why: worst })
  }

  const opened = new Set<string>()
  async function open(watched: Watched, path: string, shown: readonly string[]): Promise<void> {
    await watched.page.goto(`${base}${path}`)
    await expectInert(watched, shown)
    opened.add(path.split(/[?#]/)[0]!)
  }

  const linkIn = (to: string, form: RegExp) =>
    eventually(`mail to ${to} with ${form.source}`, 60, async () =>
      mailbox.mails
        .filter((mail) => mail.to === to)
        .map((mail) => form.exec(readMail(mail).text)?.[0])
        .find((link) => link !== undefined),
    )
  const first = async (list: string) => (await must<{ items: { id: string }[] }>(port, 'GET', list)).items[0]!.id

  test('written raw they do run in this browser, and the harness says what it found', async () => {
    const raw = await watchedPage(browser, base)
    await raw.page.setContent(`${texts.join('\n')}<a href="javascript:window.__xss=1">run</a><script>alert('run')</script>`)
    await expect.poll(() => raw.page.evaluate('window.__xss')).toBe(1)
    await expect.poll(() => raw.complaints).toEqual(expect.arrayContaining(['a request: https://evil.test/pixel.png', 'a dialog: run']))
    expect(await findings(raw.page)).toEqual(
      expect.arrayContaining([
        'it ran',
        'an element iframe',
        'iframe has srcdoc',
        'img has onerror',
        'svg has onload',
        'a has the address javascript:window.__xss=1',
        'form has the address javascript:window.__xss=1',
        'img loads https://evil.test/pixel.png',
        'a script: window.__xss=1',
      ]),
    )
    await raw.close()
  })

  test('one that got into a page of ours all the same would be stopped by its policy, and be heard of', async () => {
    for (const path of ['/settings/silences', '/s/shop']) {
      const { page, complaints, close } = await watchedPage(browser, base)
      await page.goto(`${base}${path}`)
      const refused = await page.evaluate(`(() => {
        const script = document.createElement('script')
        script.append('window.__xss = 1')
        document.body.append(script)
        const link = document.createElement('a')
        link.href = 'javascript:window.__xss=1'
        document.body.append(link)
        link.click()
        try { document.body.innerHTML = '<img src=x onerror=window.__xss=1>' } catch (error) { return error.message }
      })()`)
      expect(refused).toContain('TrustedHTML')
      await expect.poll(() => complaints.filter((complaint) => /violates|TrustedScript/.test(complaint)).length).toBeGreaterThanOrEqual(2)
      expect(await page.evaluate('window.__xss')).toBeUndefined()
      await close()
    }
  })

  test('a fault would be found: the same pages and mails stay as they are with no policy, and where one text is not escaped it runs and is seen', async () => {
    const pages = [
      await linkIn('mara@example.org', /\/p\/[\w-]{50,}/),
      await linkIn('mara@example.org', /\/p\/all\/[\w-]{50,}/),
      await linkIn('mara@example.org', /\/confirm\/[\w.-]+/),
      '/s/shop',
    ]
    const [alert, review] = [`/alerts/${await first('/alerts?state=open')}`, `/incidents/${planted.ended}/review`]
    const bare = await watchedPage(browser, base, desk)
    const leave = await plantFault(bare.page, base, {})
    for (const path of [...pages, alert, review]) await open(bare, path, [worst])
    await leave()
    await bare.close()

    const found = async (fault: Fault, ...paths: string[]) => {
      const watched = await watchedPage(browser, base, desk)
      const leave = await plantFault(watched.page, base, fault)
      for (const path of paths) {
        await watched.page.goto(`${base}${path}`)
        await expectFound(watched)
      }
      await leave()
      await watched.close()
    }
    await found(pagesForgetToEscape, ...pages)
    await found(textsBecomeMarkup, alert)
    await found(renderingForgetsToSanitise, review)
    const program = await mailProgram(browser)
    const page = mailbox.mails.map(readMail).find(({ text }) => text.startsWith('Critical: '))!
    await program.open(unescaped(page.html))
    await expectFound(program)
    await program.close()
  })

  test('notes that come in while the incident is open are shown and do nothing', async () => {
    await desk.page.goto(`${base}/incidents/${planted.incident}`)
    await expect.poll(() => readable(desk.page)).toContain(worst)
    const note = (index: number) => `It came while this was open: ${index}.`
    const path = `/incidents/${planted.incident}/notes`
    await Promise.all(texts.map((text, index) => must(port, 'POST', path, { text: `${text}\n\n${note(index)}` })))
    await expectInert(desk, [...texts.map((_, index) => note(index)), ...kept])
  })

  test('every page of the UI shows them and stays as it is, at a desk and on a phone', async () => {
    const { page } = desk
    const asItWas = page.viewportSize()!
    for (const { path, shown, shownOnPhone } of await uiPages(planted, kept, first)) {
      await open(desk, path, shown)
      // What is on it does not depend on the finger, and to load it anew shows nothing else.
      await page.setViewportSize(phone)
      await expectInert(desk, shownOnPhone)
      await page.setViewportSize(asItWas)
    }
  }, 480_000)

  test('what there is only on a phone is opened by a finger, shows them and stays as it is', async () => {
    const held = await watchedPage(browser, base, desk, phone)
    const { page } = held
    const tap = (role: 'button' | 'tab', name: string | RegExp) => page.getByRole(role, { name }).first().tap()
    const sheet = async (shown: readonly string[]) => {
      await page.getByRole('dialog').waitFor()
      await expectInert(held, shown)
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).tap()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await open(held, '/', every)
    await tap('button', 'More')
    await sheet([adminName, 'Sign out'])

    await open(held, `/incidents/${planted.incident}`, [worst])
    await tap('button', /, change the state$/)
    await sheet([worst])
    await tap('button', /: change the severity$/)
    await sheet([worst])
    for (const [tab, shown] of [
      ['Tasks', every],
      ['Runbook', [worst]],
      ['People', [worst, adminName, 'Here']],
      ['Timeline', [worst]],
    ] as const) {
      await tap('tab', new RegExp(`^${tab}`))
      await expectInert(held, shown)
    }
    await tap('tab', 'People')
    await tap('button', 'Bring in')
    await sheet([worst])

    await open(held, `/oncall/schedules/${worstSlug}`, [worst])
    await page.getByRole('list', { name: 'By day' }).getByRole('button').first().tap()
    await expectInert(held, [worst, 'Calendar links'])
    await open(held, '/alerts', every)
    await page.getByRole('list', { name: 'Alerts' }).getByRole('button').first().tap()
    await page.waitForURL(/[?&]alert=/)
    await expectInert(held, every)
    await held.close()
  })

  test('what stands in an address is shown or not, and does nothing', async () => {
    for (const place of ['/incidents/', '/runbooks/', '/processes/', '/oncall/schedules/', '/alerts/'])
      await open(desk, `${place}${reflected}`, [worst])
    await open(desk, `/nowhere/${reflected}`, ['Nothing is here'])
    await open(desk, `/alerts?text=${reflected}`, [worst])
    await open(desk, `/p/${reflected}`, ['There is nothing here'])
    await open(desk, `/p/all/${reflected}`, ['There is nothing here'])
    await open(desk, `/confirm/${reflected}`, ['This link does not lead anywhere'])
    await open(desk, `/s/${reflected}`, ['There is no such status page'])
    await open(desk, `/s/confirm/${reflected}`, ['This link is no longer valid'])
    await open(desk, `/s/unsubscribe/${reflected}`, ['Stop the updates'])
    await open(desk, `/api/${reflected}`, ['There is no such part of the API'])
    const stranger = await watchedPage(browser, base)
    await open(stranger, `/set-password#${reflected}`, ['Set your password'])
    await open(stranger, '/sign-in?returnTo=javascript:window.__xss=1', ['Sign in'])
    await stranger.page.getByLabel('E-mail').fill(administrator.email)
    await stranger.page.getByLabel('Password').fill(administrator.password)
    await stranger.page.getByRole('button', { name: 'Sign in' }).click()
    await stranger.page.waitForURL(`${base}/`)
    await expectInert(stranger, every)
    await stranger.close()
  }, 180_000)

  test('what is typed is shown as it was typed: search, palette, previews, what a form refuses', async () => {
    const { page } = desk
    await page.goto(`${base}/processes`)
    await page.getByRole('button', { name: 'Search or do' }).click()
    const search = page.getByRole('combobox', { name: 'Search or do' })
    await search.fill('__xss')
    await expect.poll(() => page.getByRole('option').allTextContents()).toContainEqual(expect.stringContaining(worst))
    await expectInert(desk, [worst])

    await page.goto(`${base}/incidents/${planted.incident}`)
    await page.getByLabel('What stakeholders read').fill(texts.join('\n\n'))
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByRole('dialog').getByText('Sign in again').waitFor()
    await expectInert(desk, kept)

    await page.goto(`${base}/settings/silences`)
    await page.getByRole('button', { name: 'Add silence' }).click()
    await page.getByLabel('What for').fill(worst)
    await page.getByLabel('Alerts with').fill(worst)
    await page.getByRole('dialog').locator('button[type=submit]').click()
    await expectInert(desk, [worst, 'is not a matcher'])

    await page.goto(`${base}/incidents?declare=yes`)
    await page.getByLabel('What does not work').fill(worst)
    await page.getByText('This may be open already:').waitFor()
    await expectInert(desk, [worst])
  }, 180_000)

  test('a page without a session shows them and stays as it is: of phones, of the status page, of whoever confirms', async () => {
    const stranger = await watchedPage(browser, base)
    const { page } = stranger
    const phones = new Map<string, { heading: string; text: string }>()
    const read = async (path: string): Promise<void> => {
      if (phones.has(path)) return
      await open(stranger, path, [])
      phones.set(path, { heading: (await page.locator('h1').textContent()) ?? '', text: await readable(page) })
      const links = await page.locator('dd a').evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''))
      for (const link of links) if (link.startsWith('/p/')) await read(link)
    }
    await eventually('phone page of every alert', 60, async () => {
      for (const mail of mailbox.mails) for (const path of readMail(mail).text.match(/\/p\/(all\/)?[\w-]{50,}/g) ?? []) await read(path)
      const shown = [...phones.values()].map(({ text }) => text).join(' ')
      return every.every((text) => shown.includes(text)) ? true : undefined
    })
    // The page about it, and not one that names it as what was changed or as who is next: such a page may be over by now, or name nobody.
    const [ofTheWorst] = [...phones].find(([path, { heading }]) => !path.startsWith('/p/all/') && heading.includes(worst))!
    await open(stranger, ofTheWorst, [worst])
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('You have it').waitFor()
    await expectInert(stranger, [worst])
    await open(stranger, await linkIn('mara@example.org', /\/confirm\/[\w.-]+/), every)
    await page.getByLabel('If not: what does not work?').fill(worst)
    await page.getByRole('button', { name: 'No, it does not work' }).click()
    await expectInert(stranger, ['We go on'])

    await open(stranger, '/s/shop', every)
    await open(stranger, `/s/${worstSlug}`, [worst])
    await open(stranger, '/s/shop/feed.rss', ['hello'])
    await open(stranger, '/s/shop/status.json', [JSON.stringify(worst)])
    await open(stranger, '/s/shop/subscribe', [worst])
    await page.getByLabel('E-mail address').fill('una@example.net')
    await page.getByRole('button', { name: 'Get updates' }).click()
    await expectInert(stranger, ['Look into your mail', worst])
    await open(stranger, await linkIn('una@example.net', /\/s\/confirm\/[\w.-]+/), [worst])
    await page.getByRole('button', { name: 'Confirm' }).click()
    await expectInert(stranger, ['You get the updates', worst])
    await stranger.close()
  }, 180_000)

  test('every mail shows them and stays as it is in a mail program that holds nothing back', async () => {
    const follower = 'ola@example.net'
    await must(port, 'POST', '/status-pages/shop/subscribers', { email: follower })
    const confirmed = await desk.page.request.post(`${base}${await linkIn(follower, /\/s\/confirm\/[\w.-]+/)}`, {
      headers: { origin: base },
    })
    expect(await confirmed.text()).toContain('You get the updates')
    await tellFollowers(port, planted)
    const methods = await desk.page.request.get(`${base}/api/v1/me/contact-methods`)
    const { items } = (await methods.json()) as { items: { id: string; label: string }[] }
    const method = items.find(({ label }) => label === worst)!.id
    const code = await linkIn(`m${texts.length - 1}@example.org`, /^\d{6}/)
    await own(`/me/contact-methods/${method}/verify`, { code })
    await own(`/me/contact-methods/${method}/test`, {})
    const invited = 'ivo@example.net'
    await own('/users', { handle: 'ivo', name: worst, email: invited, invite: true })
    const invitation = await linkIn(invited, /set-password#[\w-]{32}/)
    await must(port, 'POST', '/session/password', { token: invitation.split('#')[1], password: 'a long sentence is best' })
    await own('/users/ivo/password-link', {})
    const mails = () => mailbox.mails.map(readMail)
    await expect.poll(() => missingOf(kindsOfMail, mails()), { message: 'mails that did not come' }).toEqual([])
    await expect.poll(() => mails().filter(({ to }) => to === follower).length).toBeGreaterThan(texts.length)

    const read = await expectInertMails(browser, mails())
    expect(every.filter((text) => !read.some((mail) => mail.includes(text)))).toEqual([])
  }, 180_000)

  // The first two are the same page as another of them; the others show nothing that somebody wrote, or are files that a browser keeps.
  const left = [
    '/settings',
    '/settings/contact-methods',
    '/_sheet',
    '/schemas/{file}',
    '/api',
    '/api/',
    '/docs/problems',
    '/oncall/ical/{file}',
  ]

  test('no page was left out', () => {
    const routes = readFileSync(new URL('../web/routes.tsx', import.meta.url), 'utf8')
    const ofTheUi = [...routes.matchAll(/path: '([^']+)'/g)].map(([, path]) => path!)
    const served = catalogue.pages.filter(({ http }) => http.startsWith('GET ')).map(({ http }) => http.slice(4))
    expect(ofTheUi.length).toBeGreaterThan(30)
    expect(served.length).toBeGreaterThan(10)
    const wasOpened = (pattern: string) => {
      const form = new RegExp(`^${pattern.replace(/\$\w+|\{\w+\}/g, '[^/]+')}$`)
      return [...opened].some((path) => form.test(path))
    }
    expect([...ofTheUi, ...served].filter((pattern) => !left.includes(pattern) && !wasOpened(pattern))).toEqual([])
  })
})
