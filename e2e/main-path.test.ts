// The main job, end to end, on real input: Debian's Prometheus and Alertmanager send a real alert; it becomes a page on a phone, an incident with a
// commander, an update on the status page, a resolution and a review. Skipped, with its reason, only where those programs are not installed.
import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAlertmanager, startPrometheus, startTocsin, type Peer } from '../ops/real/programs.ts'
import { axe, chromiumPath, openBrowser, openPage, screens, shots, signIn } from './browser.ts'
import { administrator, ask, eventually, files, integrationKey, must, startMailbox, token } from './organisation.ts'

const missing = [
  ...(chromiumPath ? [] : ['chromium']),
  ...(existsSync('/usr/bin/prometheus') ? [] : ['prometheus']),
  ...(existsSync('/usr/bin/prometheus-alertmanager') ? [] : ['prometheus-alertmanager']),
]
if (missing.length > 0) process.stdout.write(`The end-to-end path is skipped: ${missing.join(', ')} not installed.\n`)

const port = 18200
const base = `http://127.0.0.1:${port}`
const rules = `groups:\n  - name: e2e\n    interval: 1s\n    rules:\n      - alert: CardPaymentsFail\n        expr: vector(1)\n        labels: { severity: critical, service: checkout }\n        annotations: { summary: 'Card payments fail, 8 % in eu-west', description: 'normally 0.2 %' }\n`

type Listed<T> = { items: T[] }
type Incident = { id: string; number: number; title: string; state: { id: string } }

describe.skipIf(missing.length > 0)('the main path', () => {
  const peers: Peer[] = []
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let browser: Browser
  let phoneLink = ''
  let incident: Incident

  beforeAll(async () => {
    mailbox = await startMailbox()
    peers.push(
      await startTocsin(port, {
        TOCSIN_ADMIN_EMAIL: administrator.email,
        TOCSIN_ADMIN_PASSWORD: administrator.password,
        TOCSIN_ADMIN_TOKEN: token,
        TOCSIN_SMTP_URL: mailbox.url,
        TOCSIN_ALLOW_HOSTS: '127.0.0.1',
      }),
    )
    browser = await openBrowser()
    await must(port, 'POST', '/configuration/apply', { files })
    await must(port, 'POST', '/integrations', { name: 'Prometheus, production', kind: 'alertmanager', key: integrationKey })
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    for (const peer of peers.reverse()) await peer.stop()
    await mailbox?.stop()
  })

  test('a real Prometheus and a real Alertmanager send it, and it is one group that pages', async () => {
    peers.push((await startAlertmanager(18202, `${base}/in/${integrationKey}`))!)
    const alertmanagers = `    - api_version: v2\n      authorization: { credentials: ${integrationKey} }\n      static_configs: [{ targets: ['127.0.0.1:${port}'] }]\n    - api_version: v2\n      static_configs: [{ targets: ['127.0.0.1:18202'] }]`
    peers.push((await startPrometheus(18201, alertmanagers, rules))!)
    const alerts = await eventually('alert of both senders', 60, async () => {
      const { items } = await must<Listed<{ title: string; state: string; service: string; reason: string }>>(
        port,
        'GET',
        '/alerts?state=open',
      )
      return items.length === 2 ? items : undefined
    })
    expect(alerts.map((alert) => alert.title)).toEqual(['Card payments fail, 8 % in eu-west', 'Card payments fail, 8 % in eu-west'])
    expect(alerts.every((alert) => alert.service === 'checkout')).toBe(true)
    const groups = await must<Listed<{ state: string; alertCount: number }>>(port, 'GET', '/alert-groups?state=open')
    expect(groups.items).toMatchObject([{ state: 'triggered', alertCount: 2 }])
  }, 90_000)

  test('whoever is on call gets one mail, with the link to their page', async () => {
    const mail = await eventually('mail', 20, async () => mailbox.mails[0])
    expect(mail.to).toBe('mara@example.org')
    expect(mail.text).toMatch(/subject:.*card payments fail/i)
    phoneLink = /http:\/\/127\.0\.0\.1:18200(\/p\/[\w-]+)/.exec(mail.text.replaceAll('=\r\n', ''))?.[1] ?? ''
    expect(phoneLink).not.toBe('')
  }, 30_000)

  test('an incident was opened under its process', async () => {
    incident = (await must<Listed<Incident>>(port, 'GET', '/incidents')).items[0]!
    expect(incident).toMatchObject({ title: 'Card payments fail, 8 % in eu-west', state: { id: 'triage' } })
  })

  test('the phone page: opening it changes nothing, its one button acknowledges', async () => {
    const { page, complaints, close } = await openPage(browser, screens[3]!)
    await page.goto(`${base}${phoneLink}`)
    expect(await axe(page)).toEqual([])
    await page.screenshot({ path: `${shots}/phone-page.png` })
    expect((await must<Listed<{ state: string }>>(port, 'GET', '/alert-groups?state=open')).items[0]!.state).toBe('triggered')
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('You have it').waitFor()
    await page.screenshot({ path: `${shots}/phone-page-acknowledged.png` })
    expect(await axe(page)).toEqual([])
    expect((await must<Listed<{ state: string }>>(port, 'GET', '/alert-groups?state=open')).items[0]!.state).toBe('acknowledged')
    expect(complaints).toEqual([])
    await close()
  }, 60_000)

  test('two browsers see each other’s changes without reloading', async () => {
    const one = await openPage(browser, screens[0]!)
    const two = await openPage(browser, screens[1]!)
    for (const { page } of [one, two]) {
      await signIn(page, base, administrator)
      await page.goto(`${base}/incidents/${incident.number}`)
      await page.getByRole('heading', { name: incident.title }).first().waitFor()
    }
    await must(port, 'POST', `/incidents/${incident.number}/notes`, { text: 'The acquirer sees nothing wrong on its side' })
    for (const { page } of [one, two])
      await page.getByText('The acquirer sees nothing wrong on its side').first().waitFor({ timeout: 10_000 })
    for (const { page, complaints, close } of [one, two]) {
      await page.screenshot({ path: `${shots}/incident-live-${complaints.length}.png` })
      expect(complaints).toEqual([])
      await close()
    }
  }, 90_000)

  test('every page passes axe on a desk and a phone, in light and dark, without a script error', async () => {
    const paths = [
      '/',
      '/incidents',
      `/incidents/${incident.number}`,
      '/alerts',
      '/oncall',
      '/runbooks',
      '/services',
      '/services/checkout',
      '/updates',
      '/reviews',
      '/insights',
      '/settings/people',
      '/settings/integrations',
      '/settings/silences',
      '/settings/api',
      '/settings/record',
      '/settings/me',
    ]
    const found: string[] = []
    for (const screen of [screens[0]!, screens[3]!]) {
      const { page, complaints, close } = await openPage(browser, screen)
      await signIn(page, base, administrator)
      for (const path of paths) {
        await page.goto(`${base}${path}`)
        await page
          .locator('h1, h2')
          .first()
          .waitFor({ timeout: 10_000 })
          .catch(() => found.push(`${screen.name} ${path}: shows no heading`))
        await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => undefined)
        if (await page.getByText('Nothing is here').count()) found.push(`${screen.name} ${path}: no such page`)
        for (const theme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
          await page.screenshot({ path: `${shots}/${screen.name.split('-')[0]}-${theme}${path.replaceAll('/', '_')}.png` })
          found.push(...(await axe(page)).map((line) => `${screen.name.split('-')[0]} ${theme} ${path}: ${line}`))
        }
      }
      found.push(...complaints.map((line) => `${screen.name}: ${line}`))
      await close()
    }
    expect(found).toEqual([])
  }, 300_000)

  test('nobody else was paged, and its record is intact', async () => {
    expect(mailbox.mails.filter((mail) => mail.to === 'ben@example.org')).toEqual([])
    const record = await ask(port, 'GET', `/audit/verify/${incident.id}`)
    expect(record.body).toMatchObject({ intact: true })
  })
})
