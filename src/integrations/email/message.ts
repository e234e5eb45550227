// How a message reads as an e-mail: a plain text and the same as HTML with one button. Every text is escaped here, once, for where it lands.
import { html } from 'hono/html'
import type { ChannelMessage } from '#kernel/integration.ts'

export type Mail = { subject: string; text: string; html: string }

/** The subject carries the title, so that its first 40 characters say it; a repeat says so at its end. */
export function mailOf(message: ChannelMessage, footer: string): Mail {
  const title = oneLine(message.title)
  const repeat = message.repeated
    ? 'You may have had this message before: it is sent again because it was not certain to have arrived.'
    : ''
  const button = message.urgency === 'page' ? 'Open and acknowledge' : 'Open'
  const paragraphs = message.body.split('\n').filter((line) => line.trim() !== '')
  return {
    subject: `${title}${message.repeated ? ' (repeat)' : ''}`,
    text: [title, '', ...paragraphs, '', `${button}: ${message.url}`, ...(repeat ? ['', repeat] : []), '', footer, ''].join('\n'),
    html: String(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width" />
            <meta name="color-scheme" content="light dark" />
            <title>${title}</title>
          </head>
          <body style="margin:0;padding:20px;font:15px/22px Inter,system-ui,sans-serif;color:#16181d;background:#ffffff">
            <h1 style="margin:0 0 12px;font-size:20px;line-height:26px;font-weight:600">${title}</h1>
            ${paragraphs.map((line) => html`<p style="margin:0 0 8px">${line}</p> `)}
            <p style="margin:20px 0">
              <a
                href="${message.url}"
                style="display:inline-block;padding:14px 24px;border-radius:12px;background:#16181d;color:#ffffff;text-decoration:none;font-weight:600"
                >${button}</a
              >
            </p>
            ${repeat ? html`<p style="margin:0 0 8px;color:#474b54">${repeat}</p> ` : ''}
            <p style="margin:20px 0 0;font-size:12px;line-height:16px;color:#666b75">${footer}</p>
          </body>
        </html> `,
    ).replace(/\s*\n\s*/g, '\n'),
  }
}

/** A header is one line: line breaks and control characters become blanks. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim()
