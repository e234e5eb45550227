// A mail as its bytes. The mail library encodes; it is put together here and not by its streams, which take six times as long for two short texts.
import MimeNode from 'nodemailer/lib/mime-node'
import { encode, wrap } from 'nodemailer/lib/qp'
import type { Mail } from './message.ts'

/** `from` may have a name; `headers` are sent besides what every mail has. */
export type Letter = Mail & { from: string; to: string; messageId: string; date: Date; headers: Record<string, string> }

/** Its bytes, and from whom and to whom they go. */
export function compose({ from, to, messageId, date, subject, headers, text, html }: Letter): {
  envelope: MimeNode.Envelope
  bytes: Buffer
} {
  const root = new MimeNode('multipart/alternative')
  root.setHeader({ ...headers, From: from, To: { name: '', address: to } as never, Subject: subject, 'Message-ID': messageId })
  root.date = date
  // Chooses the boundary as well.
  const head = root.buildHeaders()
  const parts = [partOf('plain', text), partOf('html', html)].map((part) => `--${root.boundary}\r\n${part}\r\n`)
  return { envelope: root.getEnvelope(), bytes: Buffer.from(`${head}\r\n\r\n${parts.join('')}--${root.boundary}--\r\n`) }
}

const partOf = (type: 'plain' | 'html', text: string): string =>
  `Content-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${wrap(encode(withLineEnds(text)))}`

const withLineEnds = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n')
