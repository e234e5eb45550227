// Strangers who follow the status pages: they ask, and confirm by the link in their mail, before anything goes wrong.
import type { Random } from '../random.ts'
import { ask, pressed } from './client.ts'
import type { Installation } from './installation.ts'
import { statusPages } from './organisation.ts'

/** One address on one page; `page` is the page's id. */
export type Follower = { id: string; email: string; page: string }

/** No more than may ask within an hour from one place. */
const strangers = 5
const mailsWithinSeconds = 30

export async function followPages(random: Random, { database, members, outside, publicUrl }: Installation): Promise<Follower[]> {
  const { port } = members[0]!
  let asked = 0
  for (let n = 1; n <= strangers; n++)
    for (const page of random.some(statusPages, random.between(1, statusPages.length))) {
      const body = { email: `reader-${n}@example.com` }
      const answer = await ask(port, { method: 'POST', path: `/status-pages/${page}/subscribers`, body })
      if (answer?.status !== 202) throw new Error(`nobody can follow ${page}: ${answer?.status} ${answer?.text}`)
      asked++
    }
  const links = () => [...new Set(outside.mails.flatMap(({ path }) => (path?.startsWith('/s/confirm/') ? [path] : [])))]
  for (const end = Date.now() + mailsWithinSeconds * 1000; links().length < asked; await new Promise((resolve) => setTimeout(resolve, 100)))
    if (Date.now() > end) throw new Error(`of ${asked} who want to follow a page ${links().length} were asked for their yes`)
  for (const path of links()) {
    const answer = await ask(port, { ...pressed(publicUrl), path })
    if (!answer?.text.includes('You get the updates')) throw new Error(`a yes did not count: ${answer?.status} ${answer?.text}`)
  }
  return database.query<Follower>('select id, email, page_id as page from subscribers where confirmed_at is not null')
}
