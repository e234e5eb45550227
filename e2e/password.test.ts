// A password that was forgotten, or never set, the whole way in a browser: asked for, read in the mail, set, signed in; and without a mail server, handed over.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTocsin, type Peer } from '../ops/real/programs.ts'
import { axe, chromiumPath, openBrowser, openPage, picture, screens, signIn, type Screen } from './browser.ts'
import { readMail } from './mails.ts'
import { administrator, eventually, must, startMailbox, token as apiToken } from './organisation.ts'

if (!chromiumPath) process.stdout.write('The way back in is skipped: chromium is not installed.\n')

const port = 18580
const base = `http://127.0.0.1:${port}`
const ruth = { email: 'ruth@example.org', password: 'another long sentence' }
const admin = {
  TOCSIN_ADMIN_EMAIL: administrator.email,
  TOCSIN_ADMIN_PASSWORD: administrator.password,
  TOCSIN_ADMIN_TOKEN: apiToken,
}

describe.skipIf(!chromiumPath)('who is locked out', () => {
  let tocsin: Peer
  let silent: Peer
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let browser: Browser

  beforeAll(async () => {
    mailbox = await startMailbox()
    tocsin = await startTocsin(port, { ...admin, TOCSIN_SMTP_URL: mailbox.url, TOCSIN_ALLOW_HOSTS: '127.0.0.1' })
    silent = await startTocsin(port + 1, admin)
    browser = await openBrowser()
    await must(port, 'POST', '/users', { handle: 'ruth', name: 'Ruth Adler', ...ruth })
  })
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await silent?.stop()
    await mailbox?.stop()
  })

  const mailTo = (to: string, begins: RegExp) =>
    eventually(`mail to ${to} that begins ${begins.source}`, 60, async () =>
      mailbox.mails
        .filter((mail) => mail.to === to)
        .map((mail) => readMail(mail).text)
        .find((text) => begins.test(text)),
    )
  const linkIn = (text: string) => /http\S+\/set-password#[\w-]{32}/.exec(text)![0]

  /** Looked at for whom it is read by, and kept as a picture. */
  async function seen(page: Page, screen: Screen, name: string): Promise<void> {
    expect([name, await axe(page)]).toEqual([name, []])
    const wider = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect([name, wider]).toEqual([name, 0])
    await picture(page, `${screen.name}-${name}`)
  }
  const setPassword = async (page: Page, password: string) => {
    await page.getByLabel('New password').fill(password)
    await page.getByRole('button', { name: 'Set password and sign in' }).click()
  }
  /** What a browser says of a link that was used: nothing else is complained of. */
  const but410 = (complaints: string[]) => complaints.filter((text) => !text.includes('status of 410'))

  test('asks for a link, reads it in a mail, sets a password, and is signed in; the link opens nothing more, and goes to no server', async () => {
    const screen = screens[0]!
    const { page, complaints, close } = await openPage(browser, screen)
    const requests: string[] = []
    page.on('request', (request) => void requests.push(`${request.method()} ${request.url()} ${JSON.stringify(request.headers())}`))
    await page.goto(`${base}/incidents`)
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
    await page.getByLabel('E-mail').fill('nobody@example.org')
    await page.getByRole('button', { name: 'Send a link' }).click()
    const said = page.getByText('If somebody here has this address, a link to set a new password is on its way to it.')
    await said.waitFor()
    const whole = await page.getByRole('main').innerText()
    await page.getByRole('link', { name: 'Back to sign in' }).click()
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByLabel('E-mail').fill('Ruth@example.org')
    await page.keyboard.press('Enter')
    await said.waitFor()
    expect(await page.getByRole('main').innerText()).toBe(whole)

    const link = linkIn(await mailTo(ruth.email, /^Set a new password/))
    expect(link.startsWith(`${base}/set-password#`)).toBe(true)
    await page.goto(link)
    await page.getByRole('heading', { name: 'Set your password' }).waitFor()
    await expect.poll(() => page.url()).toBe(`${base}/set-password`)
    await setPassword(page, 'a third long sentence')
    await page.waitForURL(`${base}/`)
    await page
      .getByRole('heading', { name: /Nothing/ })
      .first()
      .waitFor()
    const token = link.split('#')[1]!
    expect(requests.filter((request) => request.includes(token))).toEqual([])
    expect(await mailTo(ruth.email, /^Your password was set/)).toContain('from the network 127.0.0.1, with the link that was asked for')
    expect(mailbox.mails.filter(({ to }) => to === 'nobody@example.org')).toEqual([])

    await page.goto(link)
    await setPassword(page, 'a fourth long sentence')
    await page.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    await seen(page, screen, 'password-link-used')
    await page.getByRole('link', { name: 'Ask for a new link' }).click()
    await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
    expect(but410(complaints)).toEqual([])
    await close()

    const other = await openPage(browser, screens[2]!)
    await signIn(other.page, base, { ...ruth, password: 'a third long sentence' })
    await other.close()
  })

  test('gets an invitation from who adds them, and a link from who helps them, by mail', async () => {
    const desk = await openPage(browser, screens[0]!)
    await signIn(desk.page, base, administrator)
    await desk.page.goto(`${base}/settings/people`)
    await desk.page.getByRole('button', { name: 'Add person' }).click()
    const dialog = desk.page.getByRole('dialog')
    expect(await dialog.getByLabel('Send an invitation').isChecked()).toBe(true)
    expect(await dialog.getByLabel('Password', { exact: true }).count()).toBe(0)
    await dialog.getByLabel('Name', { exact: true }).fill('Nia Okafor')
    await dialog.getByLabel('E-mail').fill('nia@example.org')
    await dialog.getByRole('button', { name: 'Add and invite' }).click()
    await desk.page.getByText('Nia Okafor is added. A link to set their password is mailed to them.').waitFor()
    const phone = await openPage(browser, screens[3]!)
    await phone.page.goto(linkIn(await mailTo('nia@example.org', /^You are invited to /)))
    await setPassword(phone.page, 'a long sentence of Nia')
    await phone.page.waitForURL(`${base}/`)
    await phone.close()

    await desk.page.getByRole('button', { name: 'Send link to Nia Okafor' }).click()
    await dialog.getByText('A mail goes to nia@example.org.').waitFor()
    await seen(desk.page, screens[0]!, 'send-link')
    await dialog.getByRole('button', { name: 'Send link' }).click()
    await desk.page.getByText('A link is on its way to Nia Okafor.').waitFor()
    expect(await mailTo('nia@example.org', /^Set a new password/)).toContain('sends you a link to set a new password')
    expect([...desk.complaints, ...phone.complaints]).toEqual([])
    await desk.close()
  })

  test('is handed a link where no mail server is set, and told whom to ask', async () => {
    const alone = `http://127.0.0.1:${port + 1}`
    const { page, complaints, close } = await openPage(browser, screens[0]!)
    await signIn(page, alone, administrator)
    await page.goto(`${alone}/settings/people`)
    await page.getByRole('button', { name: 'Add person' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name', { exact: true }).fill('Olu Ade')
    await dialog.getByLabel('E-mail').fill('olu@example.org')
    await dialog.getByLabel('Make an invitation').check()
    await dialog.getByRole('button', { name: 'Add person' }).click()
    const first = await dialog.getByRole('textbox', { name: 'the link for Olu Ade' }).innerText()
    await seen(page, screens[0]!, 'invitation-to-hand-over')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Send link to Olu Ade' }).click()
    await dialog.getByRole('button', { name: 'Make link' }).click()
    const second = await dialog.getByRole('textbox', { name: 'the link for Olu Ade' }).innerText()
    expect(complaints).toEqual([])
    await close()

    const stranger = await openPage(browser, screens[2]!)
    await stranger.page.goto(first)
    await setPassword(stranger.page, 'a long sentence of Olu')
    await stranger.page.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    await stranger.page.getByRole('link', { name: 'Ask for a new link' }).click()
    await stranger.page.getByText('This installation sends no mail').waitFor()
    await seen(stranger.page, screens[2]!, 'forgot-without-mail')
    await stranger.page.goto(second)
    await setPassword(stranger.page, 'a long sentence of Olu')
    await stranger.page.waitForURL(`${alone}/`)
    expect(but410(stranger.complaints)).toEqual([])
    await stranger.close()
  })

  // Each size and each theme once.
  test.each([screens[0]!, screens[3]!])('reads every page of the way on $name', async (screen) => {
    const { page, complaints, close } = await openPage(browser, screen)
    await page.goto(`${base}/sign-in`)
    await page.getByRole('link', { name: 'Forgot your password?' }).waitFor()
    await seen(page, screen, 'sign-in')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByRole('button', { name: 'Send a link' }).waitFor()
    await seen(page, screen, 'forgot')
    await page.getByLabel('E-mail').fill('nobody@example.org')
    await page.getByRole('button', { name: 'Send a link' }).click()
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
    await seen(page, screen, 'forgot-asked')
    await page.goto(`${base}/set-password#${'A'.repeat(32)}`)
    await page.getByLabel('New password').fill('a long sentence')
    await seen(page, screen, 'set-password')
    await page.getByLabel('Show it').check()
    expect(await page.getByLabel('New password').getAttribute('type')).toBe('text')
    await page.goto(`${base}/set-password`)
    await page.reload()
    await page.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    await seen(page, screen, 'set-password-nothing')
    await signIn(page, base, administrator)
    await page.goto(`${base}/settings/people`)
    await page.getByRole('button', { name: 'Send link to Ruth Adler' }).waitFor()
    await seen(page, screen, 'people')
    await page.getByRole('button', { name: 'Add person' }).click()
    await page.getByRole('dialog').getByText('How they get in').waitFor()
    await seen(page, screen, 'add-person')
    expect(complaints).toEqual([])
    await close()
  })
})
