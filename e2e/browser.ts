// A headless Chromium: contexts for a desk and a phone, in light and dark, that fail on any content-security report or script error.
import { existsSync, mkdirSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { chromium, type Browser, type Page } from 'playwright-core'

/** Chromium with its windows, which a page in it that tells of something needs. */
export const wholeChromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync)
/** The shell paints no windows around its pages: it is the same browser at a third of the price. */
export const chromiumPath = ['/usr/bin/chromium-headless-shell'].find(existsSync) ?? wholeChromiumPath
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const shots = 'test-results/shots'

export type Screen = { name: string; width: number; height: number; theme: 'light' | 'dark' }
export const screens: Screen[] = [
  { name: 'desk-light', width: 1440, height: 900, theme: 'light' },
  { name: 'desk-dark', width: 1440, height: 900, theme: 'dark' },
  { name: 'phone-light', width: 390, height: 844, theme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, theme: 'dark' },
]

/** `alone`: it reaches this machine and nothing else. `whole`: with its windows. */
export async function openBrowser({ alone = false, whole = false } = {}): Promise<Browser> {
  mkdirSync(shots, { recursive: true })
  return chromium.launch({
    executablePath: (whole ? wholeChromiumPath : chromiumPath)!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(alone ? ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] : []),
    ],
  })
}

/** A page of that size and theme; what its console says of errors is gathered in `complaints`. */
export async function openPage(browser: Browser, screen: Screen): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const context = await browser.newContext({
    viewport: { width: screen.width, height: screen.height },
    colorScheme: screen.theme,
    hasTouch: screen.width < 600,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[134]/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints, close: () => context.close() }
}

export async function signIn(page: Page, base: string, who: { email: string; password: string }): Promise<void> {
  await page.goto(`${base}/sign-in`)
  await page.getByLabel('E-mail').fill(who.email)
  await page.getByLabel('Password').fill(who.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${base}/`)
}

/** A picture to be looked at, in `test-results/shots`; only when SHOTS is set, for making one costs more than what it shows. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['SHOTS']) await page.screenshot({ path: `${shots}/${name}.png` })
}

/** What axe finds on the page as it is, one line each; `colours` asks only what another theme of the same page can change. */
export async function axe(page: Page, only?: 'colours'): Promise<string[]> {
  // Run in the page itself: its other way gathers results from frames, which we have none of, in a blank page of their own.
  const rules = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  const asked = only ? rules.withRules(['color-contrast', 'link-in-text-block']) : rules.withTags(wcag)
  const { violations } = await asked.analyze()
  return violations.map(
    (violation) =>
      `${violation.id}: ${violation.nodes
        .map((node) => node.target.join(' '))
        .slice(0, 3)
        .join(' | ')}`,
  )
}
