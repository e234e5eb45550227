// The second of the two commands, as a newcomer sees it: `npm start`, the page that asks for the first administrator, and the alert of the line printed.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshFolder } from '../ops/real/programs.ts'
import { axe, chromiumPath, openBrowser, openPage, picture, screens, signIn } from './browser.ts'
import { eventually } from './organisation.ts'

if (!chromiumPath) process.stdout.write('The first visit is skipped: chromium is not installed.\n')
const port = 18210

describe.skipIf(!chromiumPath)('a newcomer', () => {
  const folder = freshFolder()
  let printed = ''
  let node: ChildProcess
  let browser: Browser

  beforeAll(async () => {
    node = spawn('npm', ['start'], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: String(port), TOCSIN_DATA_DIR: folder, TOCSIN_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    node.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
    browser = await openBrowser()
    await eventually('line that fires a first alert', 60, async () => /curl -X POST[^']*'[^']*'[^']*'[^']*'/.exec(printed)?.[0])
  })
  afterAll(async () => {
    await browser?.close()
    const gone = new Promise((resolve) => node.once('exit', resolve))
    process.kill(-node.pid!, 'SIGTERM')
    await gone
    rmSync(folder, { recursive: true, force: true })
  })

  test('reads where the page is, becomes the first administrator there, and sees the alert of the printed line come in and finds it among others', async () => {
    const url = /Tocsin is at (http:\S+)/.exec(printed)![1]!
    expect(url).toBe(`http://127.0.0.1:${port}`)
    const { page, complaints, close } = await openPage(browser, screens[0]!)
    await page.goto(url)
    await page.getByRole('heading', { name: 'Set up Tocsin' }).waitFor()
    expect(await axe(page)).toEqual([])
    await picture(page, 'desk-light-set-up')
    await page.getByLabel('Organisation').fill('Fernhill')
    await page.getByLabel('Your name').fill('Mara Lindqvist')
    await page.getByLabel('E-mail').fill('mara@example.org')
    await page.getByLabel('Password').fill('a long sentence is best')
    await page.getByRole('button', { name: 'Make the first administrator' }).click()
    await page.waitForURL(`${url}/`)
    await page.getByRole('heading').first().waitFor()
    expect(await axe(page)).toEqual([])
    await picture(page, 'desk-light-first-home')
    await page.goto(`${url}/alerts`)
    const command = /curl -X POST[^']*'[^']*'[^']*'[^']*'/.exec(printed)![0]
    expect(spawnSync('sh', ['-c', `${command} --silent --fail`]).status).toBe(0)
    await page.getByText('The first alert works').first().waitFor({ timeout: 10_000 })
    await picture(page, 'desk-light-first-alert')
    await page.reload()
    await page.getByText('The first alert works').first().waitFor()
    const more = Array.from({ length: 120 }, (_, n) => ({ labels: { alertname: `Slow${n}`, severity: 'warning' } }))
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(more) }
    expect((await fetch(/POST (\S+)/.exec(command)![1]!, sent)).status).toBeLessThan(300)
    await page.getByRole('button', { name: 'Show more' }).click()
    const rows = page.getByRole('list', { name: 'Alerts' }).getByRole('listitem')
    await eventually('end of the list', 60, async () => (await rows.count()) === 121 || undefined)
    await page.getByLabel('Severity').selectOption('critical')
    await eventually('critical alert by itself', 60, async () => (await rows.count()) === 1 || undefined)
    await page.getByText('The first alert works').first().waitFor()
    await page.goto(url)
    await page.getByText('121 alerts are open').waitFor()
    await picture(page, 'desk-light-nobody-paged')
    expect(complaints).toEqual([])
    await close()
    expect((await (await fetch(`${url}/api/v1/setup`)).json()) as unknown).toMatchObject({ needed: false })
  })

  test('whose clock is an hour ahead reads how long ago it was by the server’s', async () => {
    const { page, complaints, close } = await openPage(browser, screens[3]!)
    await page.addInitScript(() => {
      const own = Date.now
      Date.now = () => own() + 3_600_000
    })
    await signIn(page, `http://127.0.0.1:${port}`, { email: 'mara@example.org', password: 'a long sentence is best' })
    await page.goto(`http://127.0.0.1:${port}/alerts?severity=critical`)
    await page.getByText('The first alert works').first().waitFor()
    const row = page.getByRole('list', { name: 'Alerts' }).getByRole('listitem').first()
    await eventually('time by the server', 60, async () => /now|\d s|[12] min ago/.test(await row.innerText()) || undefined)
    expect(complaints).toEqual([])
    await close()
  })
})
