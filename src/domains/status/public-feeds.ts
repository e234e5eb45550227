// The same facts for machines: RSS 2.0 and JSON. Escaped once, for the format that they land in.
import { escapeXml, renderMarkdown } from '#platform/text/markdown.ts'
import { statusWord } from './component-status.ts'
import type { PublicFacts, PublicNotice, PublicWork } from './public-facts.ts'

const feedItems = 50

/** RSS 2.0: one item per update, newest first, its text as HTML inside the description. */
export function rss({ page, open, earlier, planned, done }: PublicFacts, publicUrl: string): string {
  const link = `${publicUrl}/s/${page.slug}`
  const items = [...open, ...earlier, ...planned, ...done]
    .flatMap(({ updates }) => updates)
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, feedItems)
    .map(
      ({ id, at, state, headline, text }) =>
        `<item><title>${escapeXml(`${state}: ${headline}`)}</title><link>${escapeXml(`${link}#${id}`)}</link><guid isPermaLink="false">${id}</guid><pubDate>${new Date(at).toUTCString()}</pubDate><description>${escapeXml(renderMarkdown(text))}</description></item>`,
    )
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>${escapeXml(page.name)}</title><link>${escapeXml(link)}</link><description>${escapeXml(`Updates of ${page.name}`)}</description><language>en</language><ttl>5</ttl><atom:link href="${escapeXml(`${link}/feed.rss`)}" rel="self" type="application/rss+xml"/>
${items.join('\n')}
</channel></rss>
`
}

/** JSON for programs. `text` is Markdown source. */
export function statusJson({ page, headline, worst, components, open, earlier, planned, done }: PublicFacts, publicUrl: string): string {
  const notice = ({ headline: name, since, endedAt, nextUpdateAt, updates }: PublicNotice) => ({
    headline: name,
    since,
    endedAt,
    nextUpdateAt,
    updates: updates.map(({ id, at, state, text }) => ({ id, at, state, text })),
  })
  const work = ({ title, text, startsAt, endsAt, beganAt, endedAt, canceledAt }: PublicWork) => ({
    title,
    text,
    startsAt,
    endsAt,
    beganAt,
    endedAt,
    canceledAt,
  })
  return `${JSON.stringify({
    page: { name: page.name, url: `${publicUrl}/s/${page.slug}`, zone: page.zone },
    status: { status: worst, word: statusWord[worst], headline },
    components: components.map(({ name, group, status, note, availability }) => ({
      name,
      group,
      status,
      word: statusWord[status],
      note,
      availability: availability ?? null,
    })),
    incidents: [...open, ...earlier].map(notice),
    maintenances: [...planned, ...done].map(work),
  })}\n`
}
