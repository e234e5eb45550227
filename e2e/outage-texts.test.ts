// Texts that want to be markup, in a real Chromium, in what people are told when things break: the mails and pages of a node whose database is away, and the
// mails of a watcher whose installation is somebody else's.
import { spawn, type ChildProcess } from 'node:child_process'
import { statSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, hasPostgres, startPostgres, startTocsin } from '../ops/real/programs.ts'
import { chromiumPath, openBrowser } from './browser.ts'
import { expectFound, pagesForgetToEscape, plantFault } from './faults.ts'
import { expectInert, phone, watchedPage } from './inert.ts'
import { expectInertMails, readMail } from './mails.ts'
import { administrator, ask, eventually, must, startMailbox, token } from './organisation.ts'
import { line, texts, worst, worstSlug } from './planted.ts'
import { every } from './ui-pages.ts'

if (!chromiumPath || !hasPostgres()) process.stdout.write('The texts in an outage are skipped: chromium or PostgreSQL is not installed.\n')

const port = 18470
const base = `http://127.0.0.1:${port}`

describe.skipIf(!chromiumPath || !hasPostgres())('texts that want to be markup, while the database is away', () => {
  let postgres: NonNullable<ReturnType<typeof startPostgres>>
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let node: Awaited<ReturnType<typeof startTocsin>>
  let browser: Browser

  beforeAll(async () => {
    postgres = startPostgres(15438)!
    mailbox = await startMailbox()
    node = await startTocsin(port, {
      DATABASE_URL: postgres.url,
      TOCSIN_ADMIN_EMAIL: administrator.email,
      TOCSIN_ADMIN_PASSWORD: administrator.password,
      TOCSIN_ADMIN_TOKEN: token,
      TOCSIN_SMTP_URL: mailbox.url,
      TOCSIN_ALLOW_HOSTS: '127.0.0.1',
    })
    browser = await openBrowser({ alone: true })
  })
  afterAll(async () => {
    await browser?.close()
    await node?.stop()
    await mailbox?.stop()
    postgres?.stop()
  })

  /** A person, a schedule that says in an attack why they are on call, a policy and a service for each text; answers the key of a sender. */
  async function plant(): Promise<string> {
    await must(port, 'POST', '/configuration/apply', { files: [{ path: 'all.yaml', text: organisation() }] })
    const { key } = await must<{ key: string }>(port, 'POST', '/integrations', { name: worst, kind: 'alertmanager' })
    const [from, to] = [new Date().toISOString(), new Date(Date.now() + 86_400_000).toISOString()]
    // Of every second one the layer says why, and of the others the override.
    for (const [index, text] of texts.entries())
      if (index % 2) await must(port, 'POST', `/schedules/x${index}/overrides`, { add: `x${index}`, from, to, why: line(text, 500) })
    const changed = Date.now()
    await eventually('file of what is last known', 60, async () =>
      statSync(join(node.folder, 'last-known')).mtimeMs > changed ? true : undefined,
    )
    return key
  }

  test('each degraded mail and its page shows them and stays as it is, before and after it is acknowledged', async () => {
    const key = await plant()
    postgres.halt()
    const alert = (text: string, service: string) => ({
      labels: { alertname: text, severity: 'critical', service, [text]: text },
      annotations: { summary: text, description: text, runbook_url: text },
      generatorURL: text,
    })
    const alerts = texts.flatMap((text, index) => [alert(text, `x${index}`), alert(text, worstSlug)])
    expect((await ask(port, 'POST', `/in/${key}/api/v2/alerts`, alerts)).status).toBe(200)
    const mails = await eventually('degraded mail for everybody', 60, async () => {
      const come = mailbox.mails.map(readMail).filter(({ text }) => text.startsWith('Degraded: '))
      return new Set(come.map(({ to }) => to)).size === texts.length ? come : undefined
    })
    // As what is alerted, as the service, and as why it is this person.
    for (const [index, text] of texts.entries()) {
      const own = mails.find(({ to }) => to === `x${index}@example.org`)!.text.replace(/\s+/g, ' ')
      expect([own, own.split(line(text)).length > 3]).toEqual([own, true])
    }
    await expectInertMails(browser, mails)

    const links = mails.map(({ text }) => /\/p\/degraded\/[\w-]+/.exec(text)![0])
    const linkOfTheWorst = links[mails.findIndex(({ to }) => to === `${worstSlug}@example.org`)]!
    const stranger = await watchedPage(browser, base, undefined, phone)
    const seen: string[] = []
    for (const link of links) {
      await stranger.page.goto(`${base}${link}`)
      await expectInert(stranger, ['Paging you'])
      seen.push((await stranger.page.textContent('body'))!.replace(/\s+/g, ' '))
    }
    expect(every.filter((text) => !seen.some((page) => page.includes(text)))).toEqual([])
    const broken = await watchedPage(browser, base)
    const leave = await plantFault(broken.page, base, pagesForgetToEscape)
    await broken.page.goto(`${base}${linkOfTheWorst}`)
    await expectFound(broken)
    await leave()
    await broken.close()
    for (const link of links) {
      await stranger.page.goto(`${base}${link}`)
      await stranger.page.getByRole('button', { name: 'Acknowledge' }).click()
      await stranger.page.getByText('You have it').waitFor()
      await expectInert(stranger, ['You have it'])
    }
    await stranger.page.goto(`${base}/p/degraded/${encodeURIComponent(worst)}`)
    await expectInert(stranger, ['There is nothing here'])
    await stranger.close()
  }, 480_000)
})

/** One person for each text, who is on call for a service of theirs: all of it named by it. */
const organisation = (): string =>
  texts
    .flatMap((text, index) => {
      const [slug, name] = [`x${index}`, line(text)]
      const rotation = { unit: 'week', length: 1, anchor: '2026-01-05T09:00', participants: [slug] }
      return [
        { kind: 'user', handle: slug, name, email: `${slug}@example.org`, zone: 'UTC' },
        { kind: 'schedule', slug, name, zone: 'UTC', layers: [{ name, rotation }] },
        { kind: 'policy', slug, name, levels: [{ targets: [{ schedule: slug }] }] },
        { kind: 'service', slug, name, description: text, policy: slug },
      ]
    })
    .map((object) => JSON.stringify(object))
    .join('\n---\n')

describe.skipIf(!chromiumPath)('texts that want to be markup, said by what a watcher watches', () => {
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let stranger: Server
  let watcher: ChildProcess
  let browser: Browser
  /** What it answers, a look at a time; then it hangs up. */
  const answers: ((response: ServerResponse, isReadyz: boolean) => void)[] = [
    // Of what is seen first nobody is told yet.
    (response) => response.writeHead(503).end(),
    (response) => response.writeHead(503, line(worst), { 'content-type': 'text/html', 'x-why': line(worst) }).end(texts.join('\n')),
    (response) => response.writeHead(302, { location: `http://evil.test/${encodeURI(worst)}` }).end(texts.join('\n')),
    (response, isReadyz) => response.writeHead(isReadyz ? 200 : 401, line(worst)).end(texts.join('\n')),
    (response) => response.writeHead(200).end(texts.join('\n')),
    (response) => response.writeHead(200).end(JSON.stringify({ quietSince: worst, jobs: { overdue: 1, oldest: '2020-01-01T00:00:00Z' } })),
    (response) =>
      response.writeHead(200).end(JSON.stringify({ quietSince: null, jobs: { overdue: worst, oldest: '2020-01-01T00:00:00Z' } })),
    (response) => response.writeHead(200, { 'content-encoding': line(worst) }).end(texts.join('\n')),
  ]
  let looks = 0
  let address: string
  /** Of its address, which whoever watches may have copied from somewhere. */
  const path = `/"'><svg/onload=window.__xss=1>`

  beforeAll(async () => {
    mailbox = await startMailbox()
    stranger = createServer((request, response) => {
      const isReadyz = request.url!.endsWith('/readyz')
      if (isReadyz) looks++
      const answer = answers[looks - 1]
      if (answer) answer(response, isReadyz)
      else response.destroy()
    })
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}${path}`
    const often = ['--every', '1', '--after', '1', '--again', '1']
    watcher = spawn('node_modules/.bin/node', ['src/app/main.ts', 'watch', address, '--mail', 'ops@example.org', ...often], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], TOCSIN_SMTP_URL: mailbox.url, TOCSIN_TOKEN: token, TOCSIN_DATA_DIR: freshFolder() },
    })
    browser = await openBrowser({ alone: true })
  })
  afterAll(async () => {
    watcher?.kill('SIGKILL')
    await browser?.close()
    stranger?.close()
    await mailbox?.stop()
  })

  test('none of them gets into a mail, and the address that it was given does nothing there', async () => {
    const come = await eventually('mail of every look', 60, async () => {
      const mails = mailbox.mails.map(readMail)
      return mails.length >= answers.length ? mails : undefined
    })
    const { host } = new URL(address)
    const sentences = come.map(({ text }) => /It (?:answers|does not answer).* So for/.exec(text)?.[0].replaceAll(host, 'HOST'))
    expect([...new Set(sentences)]).toEqual([
      'It answers 503 when asked whether it is ready: its database is away, perhaps. So for',
      'It answers 302 when asked whether it is ready: its database is away, perhaps. So for',
      'It answers 401 to the token of the watcher. So for',
      'It answers something else than Tocsin does: another program may stand at its address. So for',
      'It does not answer: The answer of 127.0.0.1 cannot be unpacked. So for',
      'It does not answer: 127.0.0.1 gave no answer: the connection was closed. So for',
    ])
    for (const { text } of come) expect(text.replaceAll(address, '')).not.toMatch(/xss|[<>]/)
    await expectInertMails(browser, come)
  })
})
