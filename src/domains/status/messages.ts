// What subscribers read: the first words carry what and how bad, never the product's name. Text mails; pure.
import { spokenDuration, spokenTime, type Instant } from '#kernel/time.ts'
import { plainText } from '#platform/text/markdown.ts'

export type MailText = { title: string; body: string; url: string; stopUrl: string | null }

/** One update for one subscriber of one page. `stopUrl` opens a page with one button; a mail program may press it itself (RFC 8058). */
export function updateMail({
  page,
  update,
  pageUrl,
  stopUrl,
}: {
  page: { name: string; zone: string }
  update: { state: string; headline: string; text: string; nextUpdateAt: Instant | null; lastedSeconds: number | null }
  pageUrl: string
  stopUrl: string
}): MailText {
  const over = update.lastedSeconds !== null
  return {
    title: over ? `Over: ${update.headline}, ${spokenDuration(update.lastedSeconds!)}` : `${update.state}: ${update.headline}`,
    body: [
      plainText(update.text),
      ...(update.nextUpdateAt ? [`Next update by ${spokenTime(update.nextUpdateAt, page.zone)}.`] : []),
      `You get this because this address follows ${page.name}.`,
    ].join('\n\n'),
    url: pageUrl,
    stopUrl,
  }
}

/** The mail that asks whether the address is really wanted. `confirmUrl` opens a page with one button. */
export const invitationMail = (page: { name: string }, confirmUrl: string): MailText => ({
  title: `Confirm that you want updates of ${page.name}`,
  body: [
    `Somebody, probably you, asked to get the updates of ${page.name} at this address.`,
    `Open this page and confirm: ${confirmUrl}`,
    'The link works for 3 days. If it was not you, do nothing: no more mail comes.',
  ].join('\n\n'),
  url: confirmUrl,
  stopUrl: null,
})
