// The main job, end to end, on real input: Debian's Prometheus and Alertmanager send a real alert; it becomes a page on a phone, an incident with a
// commander, an update on the status page, a resolution and a review. Skipped, with its reason, only where those programs are not installed.
import { existsSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAlertmanager, startPrometheus, startTocsin, type Peer } from '../ops/real/programs.ts'
import { axe, chromiumPath, openBrowser, openPage, picture, screens, signIn, type Screen } from './browser.ts'
import { startDeploys } from './outside.ts'
import { administrator, ask, eventually, files, integrationKey, must, startMailbox, token } from './organisation.ts'

const missing = [
  ...(chromiumPath ? [] : ['chromium']),
  ...(existsSync('/usr/bin/prometheus') ? [] : ['prometheus']),
  ...(existsSync('/usr/bin/prometheus-alertmanager') ? [] : ['prometheus-alertmanager']),
]
if (missing.length > 0) process.stdout.write(`The end-to-end path is skipped: ${missing.join(', ')} not installed.\n`)

const port = 18200
const base = `http://127.0.0.1:${port}`
const rules = (expression: string) =>
  `groups:\n  - name: e2e\n    interval: 1s\n    rules:\n      - alert: CardPaymentsFail\n        expr: ${expression}\n        labels: { severity: critical, service: checkout }\n        annotations: { summary: 'Card payments fail, 8 % in eu-west', description: 'normally 0.2 %' }\n`

type Listed<T> = { items: T[] }
type Incident = { id: string; number: number; title: string; state: { id: string } }

describe.skipIf(missing.length > 0)('the main path', () => {
  const peers: Peer[] = []
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let browser: Browser
  let deploys: Awaited<ReturnType<typeof startDeploys>>
  let prometheus: NonNullable<Awaited<ReturnType<typeof startPrometheus>>>
  let phoneLink = ''
  let incident: Incident

  beforeAll(async () => {
    mailbox = await startMailbox()
    deploys = await startDeploys()
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
    await must(port, 'POST', '/connections', {
      slug: 'deploys',
      name: 'Deploys',
      address: deploys.address,
      secret: 'a secret of the far side',
    })
    await must(port, 'POST', '/integrations', { name: 'Prometheus, production', kind: 'alertmanager', key: integrationKey })
  })

  afterAll(async () => {
    await browser?.close()
    for (const peer of peers.reverse()) await peer.stop()
    await mailbox?.stop()
    await deploys?.stop()
  })

  test('a real Prometheus and a real Alertmanager send it, and it is one group that pages', async () => {
    peers.push((await startAlertmanager(18202, `${base}/in/${integrationKey}`))!)
    const alertmanagers = `    - api_version: v2\n      authorization: { credentials: ${integrationKey} }\n      static_configs: [{ targets: ['127.0.0.1:${port}'] }]\n    - api_version: v2\n      static_configs: [{ targets: ['127.0.0.1:18202'] }]`
    prometheus = (await startPrometheus(18201, alertmanagers, rules('vector(1)')))!
    peers.push(prometheus)
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
  })

  test('whoever is on call gets one mail, with the link to their page', async () => {
    const mail = await eventually('mail', 60, async () => mailbox.mails[0])
    expect(mail.to).toBe('mara@example.org')
    expect(mail.text).toMatch(/subject:.*card payments fail/i)
    phoneLink = /http:\/\/127\.0\.0\.1:18200(\/p\/[\w-]+)/.exec(mail.text.replaceAll('=\r\n', ''))?.[1] ?? ''
    expect(phoneLink).not.toBe('')
  })

  test('an incident was opened under its process', async () => {
    incident = (await must<Listed<Incident>>(port, 'GET', '/incidents')).items[0]!
    expect(incident).toMatchObject({ title: 'Card payments fail, 8 % in eu-west', state: { id: 'triage' } })
  })

  test('the phone page: opening it changes nothing, its one button acknowledges', async () => {
    const { page, complaints, close } = await openPage(browser, screens[3]!)
    await page.goto(`${base}${phoneLink}`)
    expect(await axe(page)).toEqual([])
    await picture(page, 'phone-page')
    expect((await must<Listed<{ state: string }>>(port, 'GET', '/alert-groups?state=open')).items[0]!.state).toBe('triggered')
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('You have it').waitFor()
    await picture(page, 'phone-page-acknowledged')
    expect(await axe(page)).toEqual([])
    expect((await must<Listed<{ state: string }>>(port, 'GET', '/alert-groups?state=open')).items[0]!.state).toBe('acknowledged')
    expect(complaints).toEqual([])
    await close()
  })

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
      await picture(page, `incident-live-${complaints.length}`)
      expect(complaints).toEqual([])
      await close()
    }
  })

  test('what somebody says that they changed stands in the list, beside the incident and in its timeline', async () => {
    const { page, complaints, close } = await openPage(browser, screens[0]!)
    await signIn(page, base, administrator)
    await page.goto(`${base}/changes`)
    await page.getByRole('button', { name: 'Record a change' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What was changed').fill('Flag new-checkout is off')
    await dialog.getByLabel('Service').selectOption('checkout')
    await dialog.getByRole('button', { name: 'Record it' }).click()
    await page.getByRole('list', { name: 'Changes' }).getByText('Flag new-checkout is off').click()
    await page.getByRole('complementary', { name: 'Change' }).getByRole('link', { name: 'Checkout' }).waitFor()
    await page.goto(`${base}/incidents/${incident.number}`)
    await page.getByRole('region', { name: 'Changed' }).getByText('Flag new-checkout is off').waitFor()
    await page.getByRole('log').getByRole('link', { name: 'Flag new-checkout is off' }).click()
    await page.getByRole('complementary', { name: 'Change' }).getByRole('heading', { name: 'Flag new-checkout is off' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('a stranger asks for the updates of the status page, and counts only after confirming', async () => {
    const { page, complaints, close } = await openPage(browser, screens[2]!)
    await page.goto(`${base}/s/shop`)
    await page.getByRole('link', { name: 'Get updates' }).click()
    await page.getByLabel('E-mail address').fill('stranger@example.net')
    await page.getByRole('button', { name: 'Get updates' }).click()
    await page.getByText('Look into your mail').waitFor()
    const mail = await eventually('mail that asks for a confirmation', 60, async () =>
      mailbox.mails.find(({ to }) => to === 'stranger@example.net'),
    )
    await page.goto(`${base}${linkIn(mail.text, '/s/confirm/')}`)
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('You get the updates').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('Mara takes command on her desk and begins to fix; the process starts its runbook, which asks her', async () => {
    const { page, complaints, close } = await openPage(browser, screens[0]!)
    await signIn(page, base, administrator)
    await page.goto(`${base}/incidents/${incident.number}`)
    await page.getByRole('button', { name: 'Nobody is commander: take it, or assign it' }).click()
    await page.getByRole('button', { name: 'Change Commander' }).waitFor()
    await page.getByRole('button', { name: 'Change… the state' }).click()
    await page.getByRole('radio', { name: /^Fix/ }).check()
    await page.getByRole('dialog').getByRole('button', { name: 'Fix' }).click()
    await page.getByRole('radiogroup', { name: 'Roll checkout back from 4.18.2, or fix forward?' }).waitFor({ timeout: 20_000 })
    await look(page, 'desk-light-incident-asked')
    expect(deploys.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /deploys'])
    expect(deploys.calls[0]!.authorization).toBe('Bearer a secret of the far side')
    expect(complaints).toEqual([])
    await close()
  })

  test('she answers on her phone and approves exactly what is sent; the runbook goes on and tells everybody', async () => {
    const { page, complaints, close } = await openPage(browser, screens[3]!)
    await signIn(page, base, administrator)
    await page.getByText('Roll checkout back from 4.18.2, or fix forward?').first().waitFor()
    await look(page, 'phone-dark-home-asked')
    await page.goto(`${base}/incidents/${incident.number}?tab=runbook`)
    await page.getByRole('radio', { name: /^Roll back/ }).check()
    await look(page, 'phone-dark-incident-runbook')
    await page.getByRole('button', { name: 'Answer', exact: true }).click()
    await page.getByText('Replaces every running copy of checkout with 4.18.1.').waitFor()
    await look(page, 'phone-dark-incident-approval')
    await page.getByRole('button', { name: 'Approve and run' }).click()
    await eventually('rollback', 60, async () => deploys.calls.find(({ method }) => method === 'POST'))
    expect(deploys.calls.at(-1)).toMatchObject({ path: '/rollbacks', body: '{"to":"4.18.1"}' })
    await eventually('update of the runbook', 60, async () => {
      const { items } = await must<Listed<{ text: string }>>(port, 'GET', `/updates?incident=${incident.number}`)
      return items.find(({ text }) => text.startsWith('We have undone the change'))
    })
    expect(complaints).toEqual([])
    await close()
  })

  test('an update written once is on the dashboard, the status page, the feed, the JSON, and in the stranger’s mail', async () => {
    const { page, complaints, close } = await openPage(browser, screens[1]!)
    await signIn(page, base, administrator)
    await page.goto(`${base}/incidents/${incident.number}`)
    await page.getByLabel('What stakeholders read').fill('Some cards are still refused. Paying by bank transfer works.')
    await page.getByLabel('Component').selectOption({ label: 'Card payments: partly down' })
    await look(page, 'desk-dark-incident-update')
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByRole('dialog').getByText('Paying by bank transfer works.').waitFor()
    await look(page, 'desk-dark-incident-preview')
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
    await page.getByText(/Update 2 is out/).waitFor()
    await page.goto(`${base}/updates`)
    await page.getByText('Some cards are still refused.').first().waitFor()
    await look(page, 'desk-dark-dashboard')
    for (const path of ['/s/shop', '/s/shop/feed.rss', '/s/shop/status.json'])
      expect(await (await fetch(`${base}${path}`)).text()).toContain('Some cards are still refused.')
    await page.goto(`${base}/s/shop`)
    await page.getByText('Some cards are still refused.').first().waitFor()
    await look(page, 'desk-dark-status')
    const mail = await eventually('mail with the update', 60, async () =>
      mailbox.mails.find(({ to, text }) => to === 'stranger@example.net' && text.includes('Some cards are still refused.')),
    )
    expect(linkIn(mail.text, '/s/unsubscribe/')).not.toBe('')
    expect(complaints).toEqual([])
    await close()
  })

  test('Prometheus sees that it is over; Mara resolves it, and everybody reads that it is', async () => {
    prometheus.reload(rules('vector(1) > 2'))
    await eventually('end of both alerts', 60, async () => {
      const { open } = await must<{ open: number }>(port, 'GET', '/alert-counts')
      return open === 0 ? true : undefined
    })
    const { page, complaints, close } = await openPage(browser, screens[2]!)
    await signIn(page, base, administrator)
    await page.goto(`${base}/incidents/${incident.number}`)
    await page.getByRole('button', { name: /, change the state/ }).click()
    await page.getByRole('radio', { name: /^Resolve/ }).check()
    await look(page, 'phone-light-resolve')
    await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click()
    await page.getByText('It is in Resolved.').waitFor()
    await look(page, 'phone-light-resolved')
    await eventually('status page that is calm', 60, async () => {
      return (await (await fetch(`${base}/s/shop`)).text()).includes('class="box works"') ? true : undefined
    })
    expect(complaints).toEqual([])
    await close()
  })

  test('a review opens with the record in it, ends in action items, is published and exported; the incident is closed', async () => {
    const { page, complaints, close } = await openPage(browser, screens[0]!)
    await signIn(page, base, administrator)
    await page.goto(`${base}/incidents/${incident.number}/review`)
    await page.getByRole('heading', { name: incident.title }).waitFor()
    await page.getByText('Some cards are still refused').first().waitFor()
    await look(page, 'desk-light-review-draft')
    const sections = ['Summary', 'Impact', 'Detection', 'Response', 'Causes', 'Lessons']
    for (const section of sections) {
      const part = page.getByRole('region', { name: section, exact: true })
      await part.getByRole('button', { name: 'Write' }).click()
      await part.getByRole('textbox').fill(`${section}: a release made the acquirer refuse every card that was kept.`)
      await part.getByRole('button', { name: 'Save' }).click()
      // What is read is there when it is saved; until then the same words stand where they are written.
      await part.getByRole('textbox').waitFor({ state: 'detached' })
      await part.getByText(`${section}: a release made`).waitFor()
    }
    await page.getByLabel('New action item').fill('Roll out to one region first')
    await page.getByLabel('Owner', { exact: true }).selectOption('ben')
    await page.getByLabel('Due', { exact: true }).last().fill('2027-01-15')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('checkbox', { name: 'Roll out to one region first' }).waitFor()
    const downloaded = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Markdown' }).click()
    const markdown = readFileSync(await (await downloaded).path(), 'utf8')
    expect(markdown).toContain('Roll out to one region first')
    expect(markdown).toContain('Causes: a release made the acquirer refuse')
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('Published. Everybody who sees the incident can read it.').waitFor()
    await look(page, 'desk-light-review-published')
    await page.goto(`${base}/incidents/${incident.number}`)
    for (const act of ['Start the review', 'Close']) {
      await page.getByRole('button', { name: 'Change… the state' }).click()
      await page.getByRole('radio', { name: new RegExp(`^${act}`) }).check()
      await page.getByRole('dialog').locator('button[type=submit]').click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await look(page, 'desk-light-incident-closed')
    expect((await must<Listed<Incident>>(port, 'GET', '/incidents')).items[0]).toMatchObject({ state: { id: 'closed' } })
    await page.goto(`${base}/insights`)
    await page.getByText('Checkout').first().waitFor()
    await look(page, 'desk-light-insights')
    expect(complaints).toEqual([])
    await close()
  })

  test('a mail program ends the stranger’s mails by one click, without a browser', async () => {
    const { text } = mailbox.mails.find(({ to, text: body }) => to === 'stranger@example.net' && /^list-unsubscribe:/im.test(body))!
    const answer = await fetch(`${base}${linkIn(text, '/s/unsubscribe/')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    })
    expect(answer.status).toBe(200)
    const { items } = await must<Listed<{ slug: string; subscribers: number }>>(port, 'GET', '/status-pages')
    expect(items).toMatchObject([{ slug: 'shop', subscribers: 0 }])
  })

  test('every page passes axe on a desk in light and dark and on a phone in dark, without a script error', async () => {
    const first = async (list: string) => (await must<Listed<{ id: string }>>(port, 'GET', list)).items[0]!.id
    const paths = [
      '/',
      `/pages/${await first('/pages')}`,
      `/settings/integrations/${await first('/integrations')}`,
      `/alerts?state=resolved&alert=${await first('/alerts?state=resolved')}`,
      '/incidents',
      `/incidents/${incident.number}`,
      `/incidents/${incident.number}/review`,
      '/processes',
      '/processes/sre',
      '/alerts',
      '/oncall',
      '/oncall/schedules/payments-weekly',
      '/oncall/policies/payments',
      '/runbooks',
      '/runbooks/undo-the-deploy',
      '/runs/1',
      '/services',
      '/services/checkout',
      '/changes',
      `/changes?change=${await first('/changes')}`,
      '/updates',
      '/updates/history',
      '/status-pages',
      '/reviews',
      '/insights',
      '/insights/load',
      '/insights/noise',
      '/settings/people',
      '/settings/integrations',
      '/settings/connections',
      '/settings/silences',
      '/settings/api',
      '/settings/record',
      '/settings/me',
      '/s/shop',
      '/s/shop/subscribe',
    ]
    const found: string[] = []
    const lookEverywhere = async (screen: Screen) => {
      const { page, complaints, close } = await openPage(browser, screen)
      await signIn(page, base, administrator)
      for (const path of paths) {
        await page.goto(`${base}${path}`)
        await page
          .locator('h1, h2')
          .first()
          .waitFor({ timeout: 10_000 })
          .catch(() => found.push(`${screen.name} ${path}: shows no heading`))
        // What loads shows a skeleton after 300 ms; what is there then is the page.
        await page.waitForTimeout(350)
        await page.locator('[role=status][aria-label]:has(.bg-sunken)').first().waitFor({ state: 'detached', timeout: 10_000 })
        if (await page.getByText('Nothing is here').count()) found.push(`${screen.name} ${path}: no such page`)
        // A phone's page has the colours of the desk's: the other theme is asked for on one of them.
        const themes = screen.theme === 'light' ? (['light', 'dark'] as const) : (['dark'] as const)
        for (const theme of themes) {
          if (theme !== screen.theme) await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
          await picture(page, `${screen.name.split('-')[0]}-${theme}${path.split('?')[0]!.replaceAll('/', '_')}`)
          const faults = await axe(page, theme === screen.theme ? undefined : 'colours')
          found.push(...faults.map((line) => `${screen.name.split('-')[0]} ${theme} ${path}: ${line}`))
        }
        await page.emulateMedia({ colorScheme: screen.theme, reducedMotion: 'reduce' })
      }
      found.push(...complaints.map((line) => `${screen.name}: ${line}`))
      await close()
    }
    await Promise.all([lookEverywhere(screens[0]!), lookEverywhere(screens[3]!)])
    expect(found).toEqual([])
  }, 600_000)

  test('nobody else was paged, and its record is intact', async () => {
    expect(mailbox.mails.filter((mail) => mail.to === 'ben@example.org')).toEqual([])
    const record = await ask(port, 'GET', `/audit/verify/${incident.id}`)
    expect(record.body).toMatchObject({ intact: true })
  })
})

/** The first link below that path in a mail, as a path. */
const linkIn = (text: string, path: string): string => new RegExp(`${path}[\\w-]+`).exec(text.replaceAll('=\r\n', ''))?.[0] ?? ''

/** A picture to be looked at, and what axe finds on the page as it is. */
async function look(page: Page, name: string): Promise<void> {
  await picture(page, name)
  expect(await axe(page), name).toEqual([])
}
