// A mail that is put together here is the mail that the mail library makes of the same.
import MailComposer from 'nodemailer/lib/mail-composer'
import { describe, expect, test } from 'vitest'
import { compose, type Letter } from './composing.ts'

const letter: Letter = {
  from: 'Tocsin at night <tocsin@tocsin.test>',
  to: 'ana@example.test',
  messageId: '<ntf_1@tocsin.test>',
  date: new Date('2026-11-29T03:17:00Z'),
  subject: 'Card payments fail',
  text: 'Card payments fail.\n\nOpen: https://tocsin.test/p/abc\n',
  html: '<p>Card payments fail.</p>\n<a href="https://tocsin.test/p/abc">Open</a>',
  headers: { 'Auto-Submitted': 'auto-generated', 'List-Unsubscribe': `<https://tocsin.test/s/${'x'.repeat(90)}>` },
}

/** The library's, as one whose lines are not broken and whose boundary has a name that is known. */
async function byTheLibrary({ from, to, ...rest }: Letter): Promise<{ text: string; envelope: unknown }> {
  const mail = { ...rest, from, to: { name: '', address: to }, encoding: 'quoted-printable' as const }
  const message = new MailComposer({ ...mail, newline: 'windows' } as typeof mail).compile()
  return { text: readable((await message.build()).toString('latin1')), envelope: message.getEnvelope() }
}

const readable = (mail: string): string => {
  const boundary = /boundary="([^"]+)"/.exec(mail)![1]!
  return mail
    .replaceAll('=\r\n', '')
    .replaceAll(boundary, 'boundary')
    .replace(/(\r\n)+(?=--boundary)/g, '\r\n')
}

const texts = {
  plain: 'Card payments fail',
  'of other alphabets': 'Zahlungen schlagen fehl: grüße, 支払い, оплата, 🔥🚒',
  'longer than a line': `${'all words '.repeat(60)}${'x'.repeat(300)}`,
  'with blanks at the ends of lines': 'one \ntwo\t\nthree ',
  'with all kinds of line ends': 'one\ntwo\r\nthree\rfour\n\n\n.\n..\nfive',
  'that looks like an encoding': 'a=b =3D =\n=?utf-8?Q?x?= --boundary',
  'with what no header may have': 'one\r\nBcc: eve@evil.test\r\n\r\nbody\u0000\u007f',
}

describe('a mail', () => {
  test.each(Object.entries(texts))('whose words are %s is the same', async (_, words) => {
    const given = { ...letter, subject: words, text: words, html: `<p>${words}</p>` }
    const { envelope, bytes } = compose(given)
    // The library leaves a carriage return alone as it is, which is no line end to any reader.
    const library = await byTheLibrary({ ...given, text: words.replace(/\r(?!\n)/g, '\n'), html: given.html.replace(/\r(?!\n)/g, '\n') })
    expect(readable(bytes.toString('latin1'))).toBe(library.text)
    expect(envelope).toEqual(library.envelope)
  })

  test.each(Object.entries(texts))(
    'whose words are %s is lines of ASCII, as long and ended as SMTP has them, and none is a header',
    (_, words) => {
      const { bytes } = compose({ ...letter, subject: words, text: words, html: `<p>${words}</p>` })
      const lines = bytes.toString('latin1').split('\r\n')
      expect(lines.at(-1)).toBe('')
      for (const line of lines) expect(line).toMatch(/^[\t -~]{0,998}$/)
      const head = lines.slice(0, lines.indexOf(''))
      for (const line of lines.slice(head.length)) expect(line.length).toBeLessThanOrEqual(76)
      expect(
        head.filter((line) => !/^(Auto-Sub|List-Unsub|From:|To:|Subject:|Message-ID:|Date:|MIME-Version:|Content-Type:|\s)/.test(line)),
      ).toEqual([])
    },
  )
})
