// The public page as HTML: no script, no style attribute, small, and the same whether or not colours are seen.
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { spokenDuration, secondsBetween, spokenTime, type Instant } from '#kernel/time.ts'
import { plainText, renderMarkdown } from '#platform/text/markdown.ts'
import { barsOf, sharedBars } from './bars.ts'
import { componentStatuses, statusWord, type ComponentStatus } from './component-status.ts'
import { spokenShare } from './days.ts'
import { shownDays, type PublicComponent, type PublicFacts, type PublicNotice, type PublicWork } from './public-facts.ts'

type Html = ReturnType<typeof html>

/** A whole document. `title` and `body` are escaped where they land. */
export const document = ({ title, body, feed }: { title: string; body: Html; feed?: { href: string; title: string } }): string =>
  `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="stylesheet" href="/status.css"><link rel="icon" href="/favicon.svg">${
      feed ? html`<link rel="alternate" type="application/rss+xml" title="${feed.title}" href="${feed.href}">` : ''
    }</head><body>${body}</body></html>` as HtmlEscapedString
  }`

/** The page of one status page. */
export function statusPageHtml(facts: PublicFacts): string {
  const { page, headline, open } = facts
  const base = `/s/${page.slug}`
  const body = html`<header><span class="mark" aria-hidden="true">${[...page.name][0]?.toUpperCase() ?? ''}</span><h1>${page.name}</h1><nav aria-label="Follow"><a class="button" href="${base}/feed.rss">Feed</a> <a class="button solid" href="${base}/subscribe">Get updates</a></nav></header>
<main>${open.length === 0 ? calm(facts) : open.map((notice) => box(notice, facts))}
${facts.planned.length > 0 ? html`<section><h2>Planned work</h2>${facts.planned.map((work) => plannedWork(work, facts))}</section>` : ''}
<section><div class="head"><h2>Services</h2><span class="meta">${windowWords(facts)}</span></div>${sharedBars(shownDays)}
${facts.components.map((component, index) => row(component, facts.components[index - 1]?.group))}
<div class="legend">${componentStatuses.map((status) => html`<span>${shape(status, true)}${statusWord[status]}</span>`)}<span class="right">The taller the colour, the more of the day.</span></div>
${table(facts)}</section>
${earlier(facts)}</main>
<footer>Times in ${page.zone}. Down and partly down count against the figure of a service; slow and planned work do not.</footer>`
  return document({ title: `${headline} – ${page.name}`, body, feed: { href: `${base}/feed.rss`, title: page.name } })
}

/** "14:29 CET" on the same day, else "Fri 13 Nov, 14:29 CET". */
export function shortTime(at: Instant, now: Instant, zone: string): string {
  const [day, clock] = spokenTime(at, zone).split(', ') as [string, string]
  return day === spokenTime(now, zone).split(', ')[0] && Math.abs(secondsBetween(at, now)) < 172_800 ? clock : `${day}, ${clock}`
}

const calm = ({ headline, worst }: PublicFacts): Html =>
  html`<section class="box ${worst}"><div class="top">${shape(worst)}<h2>${headline}</h2></div></section>`

function box(notice: PublicNotice, { now, page }: PublicFacts): Html {
  const time = (at: Instant) => shortTime(at, now, page.zone)
  const lasted = spokenDuration(secondsBetween(notice.since, now))
  return html`<section class="box ${notice.worst}"><div class="top">${shape(notice.worst)}<div><h2>${notice.headline}</h2><p>Since ${time(notice.since)}, ${lasted}.${
    notice.nextUpdateAt ? ` Next update ${notice.nextUpdateAt < now ? 'was due at' : 'by'} ${time(notice.nextUpdateAt)}.` : ''
  }</p></div></div><ol>${notice.updates.map(
    (update) =>
      html`<li id="${update.id}"><div><b>${update.state}</b> <time datetime="${update.at}">${time(update.at)}</time></div><div class="text">${raw(renderMarkdown(update.text))}</div></li>`,
  )}</ol></section>`
}

const plannedWork = (work: PublicWork, { now, page }: PublicFacts): Html =>
  html`<div class="work">${shape('maintenance')}<div><b>${work.title}</b> <span class="meta">${
    work.beganAt ? 'Running, until' : `${shortTime(work.startsAt, now, page.zone)} to`
  } ${shortTime(work.endsAt, now, page.zone)}</span><div class="text">${raw(renderMarkdown(work.text))}</div></div></div>`

function row(component: PublicComponent, groupBefore: string | undefined): Html {
  const { name, description, group, status, note, days, availability } = component
  const share = availability === undefined ? '' : spokenShare(availability)
  const troubled = days.filter(({ affected }) => affected > 0).length
  const label = `${name}, ${days.length} days: ${share === '' ? 'nothing known yet' : `${share} available`}, ${troubled === 0 ? 'no day' : troubled === 1 ? '1 day' : `${troubled} days`} with trouble`
  return html`${group !== '' && group !== groupBefore ? html`<h3>${group}</h3>` : ''}<div class="row"><p>${shape(status)}<b>${name}</b> <span>${note === '' ? description : note}</span><span class="right">${share}</span></p>${barsOf(days, label)}</div>
`
}

/** What the bars show, in words: per service and worst status its days, newest first, each with the affected share. */
function table({ components }: PublicFacts): Html {
  const rows = components.flatMap(({ name, days }) => {
    const troubled = days.filter(({ affected }) => affected > 0).reverse()
    const statuses = componentStatuses.filter((status) => troubled.some(({ worst }) => worst === status)).reverse()
    return statuses.map((status) => ({
      name,
      status,
      days: troubled
        .filter(({ worst }) => worst === status)
        .map(({ date, affected }) => `${date} ${spokenShare(affected)}`)
        .join(', '),
    }))
  })
  return html`<details><summary>Days with trouble, as a table</summary>${
    rows.length === 0
      ? html`<p>No day with trouble.</p>`
      : html`<table><thead><tr><th scope="col">Service</th><th scope="col">At worst</th><th scope="col">Days, and how much of each</th></tr></thead><tbody>${rows.map(
          ({ name, status, days }) => html`<tr><td>${name}</td><td>${statusWord[status]}</td><td>${days}</td></tr>`,
        )}</tbody></table>`
  }</details>`
}

function earlier({ earlier: notices, done, page, now }: PublicFacts): Html {
  const entries = [
    ...notices.map((notice) => ({
      at: notice.since,
      title: `${notice.headline}, ${spokenDuration(secondsBetween(notice.since, notice.endedAt!))}`,
      text: [
        ...(notice.updates[0] ? [notice.updates[0].state] : []),
        ...(notice.updates[0] ? [plainText(notice.updates[0].text)] : []),
      ].join('. '),
    })),
    ...done.map((work) =>
      work.endedAt === null
        ? { at: work.canceledAt!, title: work.title, text: `Called off. ${plainText(work.text)}` }
        : {
            at: work.startsAt,
            title: work.title,
            text: `Done in ${spokenDuration(secondsBetween(work.beganAt ?? work.startsAt, work.endedAt))}.`,
          },
    ),
  ]
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, 20)
  const dayOf = (at: Instant) => spokenTime(at, page.zone).split(', ')[0]!
  const isToday = (at: Instant) => dayOf(at) === dayOf(now) && secondsBetween(at, now) < 172_800
  const heading = entries.some(({ at }) => isToday(at)) ? 'Earlier' : 'Before today'
  const list = html`<ol class="before">${entries.map(({ at, title, text }) => html`<li><time datetime="${at}">${isToday(at) ? 'Today' : dayOf(at)}</time><div><b>${title}</b> ${text}</div></li>`)}</ol>`
  return html`<section><h2>${heading}</h2>${entries.length === 0 ? html`<p class="meta">Nothing in ${shownDays} days.</p>` : list}</section>`
}

/** "26 Aug to 23 Nov 2026". */
function windowWords({ components }: PublicFacts): string {
  const [first, last] = [components[0]?.days[0], components[0]?.days.at(-1)]
  if (!first || !last) return ''
  const words = (date: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC', ...options }).format(Date.parse(date))
  return `${words(first.date, first.date.slice(0, 4) === last.date.slice(0, 4) ? {} : { year: 'numeric' })} to ${words(last.date, { year: 'numeric' })}`
}

/** Circle with a check, square with a bar, triangle, diamond, octagon: told apart without colour. */
const shape = (status: ComponentStatus, isNamed = false): Html =>
  html`<svg class="shape ${status}" viewBox="0 0 16 16" ${isNamed ? html`aria-hidden="true"` : html`role="img" aria-label="${statusWord[status]}"`}>${raw(shapes[status])}</svg>`
const shapes: Record<ComponentStatus, string> = {
  works: '<circle cx="8" cy="8" r="7"/><path class="m" d="m5.2 8.2 2 2 3.6-4"/>',
  maintenance: '<rect x="1" y="1" width="14" height="14" rx="3"/><path class="m" d="M5 8h6"/>',
  slow: '<path d="M8 1.5 15.5 14.5H.5z"/><path class="m" d="M8 6.5v3.2M8 12v.01"/>',
  'partly-down': '<path d="M8 .5 15.5 8 8 15.5.5 8z"/><path class="m" d="M8 5v3.6M8 11v.01"/>',
  down: '<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path class="m" d="M8 4.6v4M8 11.2v.01"/>',
}
