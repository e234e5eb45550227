// The one trusted-types policy of the UI. It lets through two things only: HTML that the server has sanitised, and our own service worker.

type Policy = { createHTML(html: string): unknown; createScriptURL(url: string): unknown }
type Factory = { createPolicy(name: string, rules: { createHTML(html: string): string; createScriptURL(url: string): string }): Policy }

const ownWorker = (url: string): string => {
  if (url !== '/sw.js') throw new TypeError('only our own service worker')
  return url
}
const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
const policy: Policy = factory?.createPolicy('tocsin', { createHTML: (html) => html, createScriptURL: ownWorker }) ?? {
  createHTML: (html) => html,
  createScriptURL: ownWorker,
}

/** HTML that the server made from Markdown and sanitised. */
export const trustedHtml = (html: string): string => policy.createHTML(html) as string
/** The address of the service worker. */
export const workerUrl = (): string => policy.createScriptURL('/sw.js') as string
