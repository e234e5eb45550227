// The UI under hands as they are: they press twice, hold a key, type in the middle of a word, leave a tab with half a sentence in it, press beside a
// dialog, come from another zone, write other scripts; and some may do less than others.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTocsin, type Peer } from '../ops/real/programs.ts'
import { axe, chromiumPath, openBrowser, openPage, picture, screens, signIn } from './browser.ts'
import { administrator, must, token } from './organisation.ts'

if (!chromiumPath) process.stdout.write('The UI under hands is skipped: chromium is not installed.\n')

const port = 18540
const base = `http://127.0.0.1:${port}`
const reader = { email: 'ruth@example.org', password: 'another long sentence' }

describe.skipIf(!chromiumPath)('hands', () => {
  let tocsin: Peer
  let browser: Browser
  let incident: { number: number }

  beforeAll(async () => {
    tocsin = await startTocsin(port, {
      TOCSIN_ADMIN_EMAIL: administrator.email,
      TOCSIN_ADMIN_PASSWORD: administrator.password,
      TOCSIN_ADMIN_TOKEN: token,
    })
    browser = await openBrowser()
    await must(port, 'POST', '/users', { handle: 'ruth', name: 'Ruth Adler', ...reader, role: 'stakeholder', zone: 'Asia/Tokyo' })
    await must(port, 'POST', '/services', { slug: 'search', name: 'Search' })
    incident = await must(port, 'POST', '/incidents', {
      type: 'sre',
      title: 'Search answers slowly',
      services: ['search'],
      occurredAt: '2026-01-05T08:00:41.512Z',
    })
    const levels = ['mara', 'ruth'].map((user) => ({ targets: [{ user }], delaySeconds: 600 }))
    await must(port, 'POST', '/policies', { slug: 'search', name: 'Search', repeat: 0, levels: [...levels, ...levels] })
  })
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
  })

  /** A page of the administrator, and how often something was sent from it to an address that holds `part`. */
  const desk = async (screen = screens[0]!) => {
    const opened = await openPage(browser, screen)
    await signIn(opened.page, base, administrator)
    const sent: string[] = []
    opened.page.on('request', (request) => {
      if (request.method() !== 'GET') sent.push(`${request.url()} ${request.postData() ?? ''}`)
    })
    return { ...opened, sent: (part: string) => sent.filter((one) => one.includes(part)) }
  }
  const box = (page: Page, name: string) => page.getByRole('dialog').getByLabel(name, { exact: true })

  test('press twice, and it is done once: a page goes up by one level, a service is added and said to be', async () => {
    const { page, complaints, sent, close } = await desk()
    const { id } = await must<{ id: string }>(port, 'POST', '/pages', { policy: 'search', title: 'Search answers slowly' })
    await page.goto(`${base}/pages/${id}`)
    const escalate = page.getByRole('button', { name: 'Escalate' }).first()
    await escalate.click()
    await page
      .getByText('Paged Ruth Adler, level 2')
      .or(page.getByText(/Ruth Adler is paged, level 2/))
      .first()
      .waitFor()
    await escalate.click({ clickCount: 2, delay: 5 })
    await page
      .getByText(/Mara.* is paged, level 3/)
      .first()
      .waitFor()
    await page.keyboard.down('a')
    for (let again = 0; again < 5; again++) await page.keyboard.down('a')
    await page.keyboard.up('a')
    await page.getByText('You have it.').waitFor()
    expect(sent('/escalate')).toHaveLength(2)
    expect(sent('/acknowledge')).toHaveLength(1)

    await page.goto(`${base}/services`)
    await page.getByRole('button', { name: 'Add service' }).click()
    await box(page, 'Name').fill('Checkout')
    await page.getByRole('dialog').evaluate((dialog) => {
      const form = dialog.querySelector('form')!
      form.requestSubmit()
      form.requestSubmit()
    })
    await page.getByRole('link', { name: 'Checkout' }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(sent('/services')).toHaveLength(1)
    expect(complaints).toEqual([])
    await close()
  })

  test('type in the middle of what they look for, and the caret stays; the address follows', async () => {
    const { page, close } = await desk()
    for (const path of ['/alerts', '/incidents', '/changes', '/runbooks']) {
      await page.goto(`${base}${path}`)
      const find = page.getByLabel('Find')
      await find.waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('slow search')
      await page.keyboard.press('Home')
      await page.keyboard.type('very ')
      expect(await find.inputValue(), path).toBe('very slow search')
      await page.waitForURL(/text=very\+slow\+search/)
    }
    await page.goto(`${base}/incidents?text=nothing+like+it`)
    await page.getByRole('link', { name: 'Show the open ones' }).click()
    await expect.poll(() => page.getByLabel('Find').inputValue()).toBe('')
    await close()
  })

  test('leave half a sentence on a phone, and find it again; what was sent is gone', async () => {
    const { page, complaints, close } = await desk(screens[2]!)
    await page.goto(`${base}/incidents/${incident.number}`)
    const note = page.getByPlaceholder('Write to everyone here…')
    await note.fill('The index is rebuilt')
    await page.getByRole('tab', { name: 'Runbook' }).click()
    await page.getByLabel('What stakeholders read').fill('Search is slow')
    await page.getByRole('tab', { name: 'Timeline' }).click()
    expect(await note.inputValue()).toBe('The index is rebuilt')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('log').getByText('The index is rebuilt').waitFor()
    await page.getByRole('tab', { name: 'Runbook' }).click()
    expect(await page.getByLabel('What stakeholders read').inputValue()).toBe('Search is slow')
    await page.getByRole('tab', { name: 'Timeline' }).click()
    expect(await note.inputValue()).toBe('')
    expect(complaints).toEqual([])
    await close()
  })

  test('press beside a dialog, or Escape, and lose nothing at once that was typed in it', async () => {
    const { page, close } = await desk()
    await page.goto(`${base}/incidents`)
    await page
      .getByText(/incidents? open/)
      .first()
      .waitFor()
    await page.keyboard.press('d')
    await page.getByLabel('What does not work').fill('Everything')
    await page.mouse.click(10, 890)
    expect(await page.getByLabel('What does not work').inputValue()).toBe('Everything')
    await page.keyboard.press('Escape')
    await page.getByText('once more to leave').waitFor()
    expect(await page.getByLabel('What does not work').inputValue()).toBe('Everything')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('d')
    await page.getByLabel('What does not work').waitFor()
    await page.mouse.click(10, 890)
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await close()
  })

  test('come from another zone: times are read as they are shown, and those that nobody touched stay as they were', async () => {
    await must(port, 'PATCH', '/users/mara', { zone: 'Asia/Tokyo' })
    const { page, sent, close } = await desk()
    await page.goto(`${base}/incidents/${incident.number}`)
    await page.getByRole('button', { name: 'Change… the facts' }).click()
    expect(await box(page, 'Occurred').inputValue()).toBe('2026-01-05T17:00')
    await page.getByRole('dialog').getByText('Asia/Tokyo').waitFor()
    await page.getByRole('dialog').getByLabel('Error code').fill('E-42')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(sent('/incidents/').at(-1)).toMatch(/ \{"errorCode":"E-42"\}$/)
    await page.getByRole('button', { name: 'Change… the facts' }).click()
    await box(page, 'Occurred').fill('2026-01-05T16:30')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(sent('/incidents/').at(-1)).toMatch(/ \{"occurredAt":"2026-01-05T07:30:00.000Z"\}$/)
    await close()
  })

  test('write other scripts: what has no Latin letters is asked for a short name', async () => {
    const { page, complaints, close } = await desk()
    await page.goto(`${base}/services`)
    await page.getByRole('button', { name: 'Add service' }).click()
    await box(page, 'Name').fill('支付网关')
    await box(page, 'Short name').fill('payments-gateway')
    expect(await axe(page)).toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: 'Add service' }).click()
    await page.getByRole('link', { name: '支付网关' }).click()
    await page.waitForURL(`${base}/services/payments-gateway`)
    expect(complaints).toEqual([])
    await close()
  })

  test('are told of one what went wrong with it, and not of the next', async () => {
    const { page, close } = await desk()
    await page.goto(`${base}/settings/people`)
    await page.getByRole('button', { name: /^Disable Mara/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByText('You cannot disable yourself').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Disable Ruth Adler' }).click()
    await page.getByRole('dialog').getByText('Disable Ruth Adler').waitFor()
    expect(await page.getByRole('dialog').getByText('You cannot disable yourself').count()).toBe(0)
    await close()
  })

  test('may see less: nothing is called quiet or without alerts that was not looked at', async () => {
    const { page, complaints, close } = await openPage(browser, screens[2]!)
    await signIn(page, base, reader)
    await page.getByText('Nothing waits for you').waitFor()
    await page.goto(`${base}/services/search`)
    await page.getByRole('heading', { name: 'Search', exact: true }).waitFor()
    expect(await page.getByText('no open alert').count()).toBe(0)
    await page.goto(`${base}/settings/people`)
    await page.getByText('Stakeholder').waitFor()
    expect(await page.getByRole('combobox').count()).toBe(0)
    await picture(page, 'phone-light-people-read')
    expect(complaints).toEqual([])
    await close()
  })

  test('only report: they are told that they get no role, and are shown nothing that is refused', async () => {
    const rita = { email: 'rita@example.org', password: 'another long sentence' }
    await must(port, 'POST', '/users', { handle: 'rita', name: 'Rita Olsen', ...rita, role: 'reporter', zone: 'Europe/Berlin' })
    const { page, complaints, close } = await openPage(browser, screens[2]!)
    const refused: string[] = []
    page.on('response', (response) => {
      if (response.status() === 403) refused.push(response.url())
    })
    await signIn(page, base, rita)
    await page.getByRole('button', { name: 'Declare incident' }).click()
    await page.getByText('ITIL incident').click()
    await page.getByRole('dialog').getByText('Nobody is assignee until somebody takes it.').waitFor()
    await page.getByLabel('What does not work').fill('The label printer prints nothing')
    await page.getByRole('button', { name: 'Declare', exact: true }).click()
    await page.getByRole('heading', { name: 'The label printer prints nothing' }).waitFor()
    await page.getByRole('tab', { name: 'People' }).click()
    await page.getByText('Reported by').waitFor()
    expect(await page.getByRole('tab', { name: 'Runbook' }).count()).toBe(0)
    await page.goto(base)
    await page.getByText('Nothing waits for you').waitFor()
    expect(refused).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('do not find Home quiet when it could not be read', async () => {
    const { page, close } = await desk()
    const away = { status: 503, code: 'unavailable', detail: 'The database is away.', reference: 'r-1' }
    await page.route(/\/api\/v1\/(alert-groups|pages)\?/, (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(away) }),
    )
    await page.goto(base)
    await page.getByText('Not all that needs you could be read.').waitFor()
    expect(await page.getByText('Nothing needs you').count()).toBe(0)
    await close()
  })

  test('switch single keys off, and they rest', async () => {
    const { page, close } = await desk()
    await page.goto(`${base}/incidents`)
    await page
      .getByText(/incidents? open/)
      .first()
      .waitFor()
    await page.keyboard.press('?')
    await page.getByRole('switch', { name: 'Single keys in this browser' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('d')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').waitFor()
    expect(await page.getByLabel('What does not work').count()).toBe(0)
    await close()
  })

  test('hold a phone: fields do not make it zoom, choices come first, what is sent is in sight, nothing runs off the edge', async () => {
    const { page, close } = await desk(screens[2]!)
    await page.goto(`${base}/incidents/${incident.number}`)
    await page.getByRole('button', { name: 'change the severity' }).click()
    await page.locator('[role=dialog] input[type=radio]:checked:focus').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await page.goto(`${base}/incidents/${incident.number}?tab=people`)
    await page.getByRole('button', { name: 'Change… the facts' }).click()
    const field = (await box(page, 'Description optional').boundingBox())!
    expect(field.height).toBeGreaterThan(60)
    expect(await page.evaluate("getComputedStyle(document.querySelector('[role=dialog] textarea')).fontSize")).toBe('16px')
    const save = (await page.getByRole('dialog').getByRole('button', { name: 'Save' }).boundingBox())!
    expect(save.y + save.height).toBeLessThanOrEqual(844)
    await page.goto(`${base}/insights`)
    for (const name of ['Stretch', 'Team']) {
      const { x, width } = (await page.getByLabel(name).boundingBox())!
      expect(x + width, name).toBeLessThanOrEqual(390)
    }
    await close()
  })
})
