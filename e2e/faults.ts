// Faults that the product does not have, made of its own answers on their way to the browser: what it wrote as text arrives as markup, and no policy
// holds it back. For the proof that whoever looks for what runs would see it.
import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { expectInert, type Watched } from './inert.ts'

export type Fault = {
  /** What the server answers is changed so. */
  answers?: (body: string, kind: string) => string
  /** Runs in a page before anything of the product's does. */
  begins?: string
}

/** What was escaped, as it would stand there had nobody escaped it. */
export const unescaped = (markup: string): string =>
  markup.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

/** The server forgets to escape what it writes into its own pages. */
export const pagesForgetToEscape: Fault = { answers: (body, kind) => (kind.startsWith('text/html') ? unescaped(body) : body) }

/** The server forgets to sanitise what it renders of Markdown, and the UI takes it at its word. */
export const renderingForgetsToSanitise: Fault = {
  answers: (body, kind) =>
    kind.startsWith('application/json')
      ? JSON.stringify(JSON.parse(body, (name, value: unknown) => (name === 'html' ? unescaped(String(value)) : value)))
      : body,
}

/** The UI puts texts into its pages as markup: what it says an element's text is becomes what is in it. */
export const textsBecomeMarkup: Fault = {
  begins: `
    const { get, set } = Object.getOwnPropertyDescriptor(Node.prototype, 'textContent')
    Object.defineProperty(Node.prototype, 'textContent', {
      get,
      set(text) { if (String(text).includes('<')) this.innerHTML = text; else set.call(this, text) },
    })`,
}

/**
 * From now on this page gets every answer of the product at `base` without its policy, and with the fault. Answers what leaves the product and waits for
 * what is still on its way: a page may be closed only after that.
 */
export async function plantFault(page: Page, base: string, { answers = (body) => body, begins }: Fault): Promise<() => Promise<void>> {
  if (begins !== undefined) await page.addInitScript(begins)
  await page.route(
    ({ origin, pathname }) => origin === base && !/^\/(assets\/|api\/v1\/live$)/.test(pathname),
    async (route) => {
      const response = await route.fetch()
      const { 'content-security-policy': _, ...headers } = response.headers()
      await route.fulfill({ response, headers, body: answers(await response.text(), headers['content-type'] ?? '') })
    },
  )
  return async () => {
    await page.goto('about:blank')
    await page.unrouteAll({ behavior: 'wait' })
  }
}

/** Waits until something ran, and demands that the look at the page that every test takes says so. */
export async function expectFound(watched: Watched): Promise<void> {
  const { page } = watched
  await expect.poll(() => page.evaluate('window.__xss'), { message: `whether it runs at ${page.url()}` }).toBe(1)
  await expect(expectInert(watched, [])).rejects.toMatchObject({ actual: expect.arrayContaining(['it ran', 'img has onerror']) as unknown })
}
