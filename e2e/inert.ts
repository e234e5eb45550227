// What a text may not do in a browser that shows it: run, put in markup that could run, load from elsewhere, open anything. Asked of a page as it
// stands, and again after everything on it was pointed at, focused and, where it leads somewhere, clicked.
import { expect } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { openPage, type Screen } from './browser.ts'

/** Tall enough for lists that draw only the rows in view. */
const desk: Screen = { name: 'tall', width: 1440, height: 3000, theme: 'light' }
export const phone: Screen = { name: 'phone-light', width: 390, height: 844, theme: 'light' }

export type Watched = { page: Page; complaints: string[]; close(): Promise<void> }

/** Where a mail program of ours opens a mail. */
export const mailAddress = 'http://mail.test/'

/**
 * A page, signed in as whoever `like` is, whose complaints also name dialogs, windows that it opens, and requests to anywhere but `base`. They are heard of
 * and not held up, for a browser keeps nothing that it has loaded while its requests are held up: so it has to be one that is alone.
 */
export async function watchedPage(browser: Browser, base: string, like?: Watched, screen = desk): Promise<Watched> {
  const { page, complaints, close } = await openPage(browser, screen)
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('popup', (popup) => complaints.push(`a window: ${popup.url()}`))
  page.on('download', (download) => complaints.push(`a download: ${download.url()}`))
  page.context().on('request', (request) => {
    const isMail = request.isNavigationRequest() && request.url() === mailAddress
    if (new URL(request.url()).origin !== base && !isMail) complaints.push(`a request: ${request.url()}`)
  })
  if (like) await page.context().addCookies(await like.page.context().cookies())
  return { page, complaints, close }
}

/** What is readable on the page: its text, the texts in its fields and its title, with single spaces. */
export const readable = (page: Page): Promise<string> => page.evaluate<string>(readableScript)

/** Waits until the page shows every one of `shown`, looks, wakes everything up, looks again. */
export async function expectInert({ page, complaints }: Watched, shown: readonly string[]): Promise<void> {
  const unseen = async () => {
    const text = await readable(page)
    return shown.filter((words) => !text.includes(words))
  }
  await expect.poll(unseen, { message: `what ${page.url()} does not show` }).toEqual([])
  const where = page.url()
  const found = await findings(page)
  // A text that is no id is refused with 400, a link that is none with 410, and a browser tells its console.
  expect([where, ...found, ...complaints.filter((complaint) => !/status of 4[01]0/.test(complaint))]).toEqual([where])
  expect(page.url()).toBe(where)
}

/** What of all this the page has or does. */
export const findings = async (page: Page): Promise<string[]> => [
  ...(await page.evaluate<string[]>(lookScript)),
  ...(await page.evaluate<string[]>(wakeScript)),
]

const readableScript = `[
  document.title,
  document.body.textContent,
  ...[...document.querySelectorAll('input, textarea')].map((field) => field.value),
].join(' ').replace(/\\s+/g, ' ')`

// Elements that nothing of ours uses, attributes that hold code, addresses that are none of the web, and things that load from elsewhere.
const look = `
  const found = []
  for (const element of document.querySelectorAll('*')) {
    const name = element.localName
    if (/^(iframe|frame|object|embed|applet|base|math|foreignobject|img|video|audio|marquee|portal)$/i.test(name)) found.push('an element ' + name)
    if (name === 'script' && !String(element.src).startsWith(location.origin + '/')) found.push('a script: ' + element.textContent)
    if (name === 'meta' && element.httpEquiv) found.push('an order to the browser: ' + element.content)
    for (const { name: attribute, value } of element.attributes) {
      if (/^on|^srcdoc$/i.test(attribute)) found.push(name + ' has ' + attribute)
      if (!/^(href|xlink:href|src|srcset|action|formaction|data|poster|ping)$/i.test(attribute)) continue
      const url = URL.parse(value, location.href)
      if (!/^(https?|mailto|tel):$/.test(url?.protocol ?? 'https:')) found.push(name + ' has the address ' + value)
      if (!/^(a|area|form)$/.test(name) && url && url.origin !== location.origin) found.push(name + ' loads ' + value)
    }
  }
  if (window.__xss !== undefined) found.push('it ran')`
const lookScript = `(() => { ${look}; return found })()`

// Links of the web are not followed; any other is clicked. Two frames later whatever was woken has run.
const wakeScript = `(async () => {
  const stay = (event) => {
    const link = event.target.closest?.('a[href]')
    if (link && /^(https?|mailto|tel):$/.test(link.protocol)) { event.preventDefault(); event.stopImmediatePropagation() }
  }
  window.addEventListener('click', stay, true)
  for (const element of document.body.querySelectorAll('*')) {
    // Those that bubble reach what is around them from what has nothing inside.
    element.dispatchEvent(new MouseEvent('mouseenter'))
    if (element.children.length === 0)
      for (const type of ['mouseover', 'mousemove']) element.dispatchEvent(new MouseEvent(type, { bubbles: true }))
    if (element.tabIndex >= 0 && element.focus) element.focus({ preventScroll: true })
    if (element.localName === 'a' || element.closest('.prose, .text')) element.click?.()
  }
  document.activeElement?.blur()
  window.removeEventListener('click', stay, true)
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  ${look}
  return found
})()`
