// On call as two people use it: a shift is taken and given back, offered and accepted; periods by keys; a calendar link made, read and revoked.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTocsin, type Peer } from '../ops/real/programs.ts'
import { axe, chromiumPath, openBrowser, openPage, picture, screens, signIn } from './browser.ts'
import { administrator, must, token } from './organisation.ts'

if (!chromiumPath) process.stdout.write('On call in a browser is skipped: chromium is not installed.\n')

const port = 18510
const base = `http://127.0.0.1:${port}`
const ben = { email: 'ben@example.org', password: 'another long sentence' }
const schedule = `${base}/oncall/schedules/payments`

describe.skipIf(!chromiumPath)('on call', () => {
  let tocsin: Peer
  let browser: Browser

  beforeAll(async () => {
    tocsin = await startTocsin(port, {
      TOCSIN_ADMIN_EMAIL: administrator.email,
      TOCSIN_ADMIN_PASSWORD: administrator.password,
      TOCSIN_ADMIN_TOKEN: token,
    })
    browser = await openBrowser()
    await must(port, 'POST', '/users', { handle: 'ben', name: 'Ben Okafor', ...ben, zone: 'America/New_York' })
    const layers = [{ name: 'Daily', rotation: { unit: 'day', length: 1, anchor: '2026-01-05T09:00', participants: ['mara', 'ben'] } }]
    await must(port, 'POST', '/schedules', { slug: 'payments', name: 'Payments', zone: 'Europe/Berlin', layers })
  })
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
  })

  /** The shifts of the final schedule of next week, by who has them. */
  const shifts = (page: Page, who: RegExp) => page.getByRole('row').filter({ hasText: 'Final schedule' }).getByRole('button', { name: who })
  const nextWeek = async (page: Page) => {
    await page.goto(`${schedule}?view=week`)
    await page.getByRole('heading', { name: /is on call for Payments/ }).waitFor()
    await page.keyboard.press('n')
    await page.waitForURL(/date=/)
    await shifts(page, /^Ben Okafor/)
      .first()
      .waitFor()
  }

  test('a shift is taken and given back, offered and accepted, and both see it', async () => {
    const { page, complaints, close } = await openPage(browser, screens[0]!)
    await signIn(page, base, administrator)
    await nextWeek(page)
    const before = await shifts(page, /^Ben Okafor/).count()
    await shifts(page, /^Ben Okafor/)
      .first()
      .click()
    await page.getByRole('button', { name: 'Take this shift' }).click()
    await expect.poll(() => shifts(page, /^Ben Okafor/).count()).toBe(before - 1)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => shifts(page, /^Ben Okafor/).count()).toBe(before)

    await shifts(page, /^Mara/).nth(2).click()
    await page.getByRole('button', { name: 'Offer it to…' }).click()
    await page.getByLabel('To whom').selectOption('ben')
    await page.getByLabel('Why').fill('a wedding')
    await page.getByRole('button', { name: 'Offer shift' }).click()
    await page.getByText(/No answer yet/).waitFor()
    expect(await axe(page)).toEqual([])

    const phone = await openPage(browser, screens[2]!)
    await signIn(phone.page, base, ben)
    await phone.page.goto(`${schedule}?view=week`)
    await phone.page.getByText('“a wedding”').waitFor()
    await phone.page.getByRole('button', { name: 'Take it' }).scrollIntoViewIfNeeded()
    await picture(phone.page, 'oncall-offered-phone')
    expect(await axe(phone.page)).toEqual([])
    await phone.page.getByRole('button', { name: 'Take it' }).click()
    await phone.page.getByText('“a wedding”').waitFor({ state: 'detached' })
    await phone.close()
    await expect.poll(() => shifts(page, /^Ben Okafor/).count()).toBe(before + 1)
    expect([...complaints, ...phone.complaints]).toEqual([])
    await close()
  }, 180_000)

  test('day, week, two weeks and month are reached by keys, stand in the URL, and week and month pass axe in both themes on desk and phone', async () => {
    for (const screen of screens) {
      const { page, complaints, close } = await openPage(browser, screen)
      await signIn(page, base, ben)
      await page.goto(schedule)
      for (const [key, view] of [
        ['1', 'day'],
        ['2', 'week'],
        ['3', 'two-weeks'],
        ['4', null],
      ] as const) {
        await page.getByRole('heading', { name: /is on call for Payments/ }).waitFor()
        await page.keyboard.press(key)
        await expect.poll(() => new URL(page.url()).searchParams.get('view')).toBe(view)
        await page.getByText('Hand-overs').waitFor()
        if (view === 'week' || view === null) expect(await axe(page), `${screen.name} ${view}`).toEqual([])
      }
      await page.keyboard.press('z')
      await expect.poll(() => new URL(page.url()).searchParams.get('zone')).toBe('America/New_York')
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
      expect(complaints).toEqual([])
      await close()
    }
  }, 180_000)

  test('arrows move between shifts, of which one is a tab stop', async () => {
    const { page, close } = await openPage(browser, screens[0]!)
    await signIn(page, base, administrator)
    await nextWeek(page)
    const stop = page.locator('[data-bar][tabindex="0"]')
    expect(await stop.count()).toBe(1)
    await stop.focus()
    const first = await stop.textContent()
    await page.keyboard.press('ArrowRight')
    expect(await page.evaluate('document.activeElement.textContent')).not.toBe(first)
    expect(await stop.count()).toBe(1)
    await page.keyboard.press('Enter')
    await page.getByRole('group', { name: 'The shift that was picked' }).waitFor()
    await close()
  })

  test('a calendar link is made, read by anybody who has it, and revoked', async () => {
    const { page, close } = await openPage(browser, screens[0]!)
    await signIn(page, base, ben)
    await page.goto(schedule)
    await page.getByRole('button', { name: 'Calendar links…' }).click()
    await page.getByRole('button', { name: 'Make a link' }).first().click()
    const line = page.getByRole('textbox', { name: 'the address of your shifts, in every schedule' })
    const path = new URL((await line.textContent())!).pathname
    const read = () => page.request.get(`${base}${path}`)
    expect(await (await read()).text()).toContain('SUMMARY:On call: Payments\r\n')
    expect(await axe(page)).toEqual([])
    await page.getByRole('button', { name: 'Revoke' }).click()
    await line.waitFor({ state: 'detached' })
    expect((await read()).status()).toBe(404)
    await close()
  })
})
