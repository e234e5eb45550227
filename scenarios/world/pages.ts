// Opens the pages that the server writes itself, as somebody does who has only a link.
import { anonymous } from '#kernel/actor.ts'
import type { PageAnswer, PageDefinition } from '#kernel/page.ts'
import type { World } from './world.ts'

/** GET, or POST with a form. `url` is absolute, as a message carries it. */
export async function openPage(
  world: World,
  url: string,
  form?: Record<string, string>,
): Promise<{ status: number; text: string; redirect: string | undefined }> {
  const { pathname, searchParams } = new URL(url)
  const method = form ? 'POST' : 'GET'
  for (const page of world.engine.catalogue.pages) {
    const params = matching(page, method, pathname)
    if (!params) continue
    const request = { params, query: Object.fromEntries(searchParams), form: form ?? {}, headers: {} }
    const answer: PageAnswer = await world.engine.transact(anonymous, (context) => page.run(context, request))
    await world.settle()
    return { status: answer.status, text: answer.body, redirect: answer.redirect }
  }
  throw new Error(`no page answers ${method} ${pathname}`)
}

function matching(page: PageDefinition, method: string, path: string): Record<string, string> | undefined {
  const [pageMethod, pattern] = page.http.split(' ') as [string, string]
  if (pageMethod !== method) return undefined
  return new RegExp(`^${pattern.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(path)?.groups as Record<string, string> | undefined
}
