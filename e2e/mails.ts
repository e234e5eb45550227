// What a mail program makes of a mail: its parts as its reader gets them; and one that opens the HTML as it came, with no sanitiser and no policy.
import type { Browser } from 'playwright-core'
import { expect } from 'vitest'
import type { Mail } from './organisation.ts'
import { expectInert, mailAddress, readable, watchedPage, type Watched } from './inert.ts'

/** `kinds` are what its parts are, in their order; `text` and `html` the two that a mail of ours has. */
export type ReadMail = { to: string; kinds: string[]; text: string; html: string }

/** Throws when it is not in parts. */
export function readMail({ to, text: raw }: Mail): ReadMail {
  const { headers, body } = entity(raw)
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1]
  if (boundary === undefined) throw new Error(`a mail to ${to} has one part only: ${headers['content-type']}`)
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => entity(part.replace(/^\r\n/, '')))
  const kindOf = (part: Entity) => (part.headers['content-type'] ?? '').split(';')[0]!.trim()
  const first = (kind: string) => parts.filter((part) => kindOf(part) === kind).map(decoded)[0] ?? ''
  return { to, kinds: [kindOf({ headers, body }), ...parts.map(kindOf)], text: first('text/plain'), html: first('text/html') }
}

type Entity = { headers: Record<string, string>; body: string }

/** Headers with their folded lines joined, and what follows the first empty line. */
function entity(raw: string): Entity {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
  return { headers: Object.fromEntries(headers) as Record<string, string>, body: raw.slice(end + 4) }
}

function decoded({ headers, body }: Entity): string {
  const coding = headers['content-transfer-encoding'] ?? '7bit'
  if (coding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (coding === '7bit') return body
  if (coding !== 'quoted-printable') throw new Error(`a part of a mail comes as ${coding}`)
  const octets = body.replace(/=[ \t]*\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, octet: string) => String.fromCharCode(parseInt(octet, 16)))
  return Buffer.from(octets, 'latin1').toString('utf8')
}

export type MailProgram = Watched & { open(html: string): Promise<void> }

/** One that opens HTML as it is: a document of its own address, which may run, load and be anything. */
export async function mailProgram(browser: Browser): Promise<MailProgram> {
  const watched = await watchedPage(browser, '')
  let opened = ''
  // Held up as long as it is open: in between a browser asks for the picture of a site, late on a slow machine, and says that there is none.
  await watched.page.route(mailAddress, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: opened }))
  return {
    ...watched,
    async open(html) {
      opened = html
      await watched.page.goto(mailAddress)
    },
  }
}

/** Opens a mail: it shows what its plain-text twin says, and nothing of that does anything. */
async function expectInertMail(program: MailProgram, { kinds, text, html }: ReadMail): Promise<void> {
  expect(kinds).toEqual(['multipart/alternative', 'text/plain', 'text/html'])
  await program.open(html)
  await expectInert(program, linesOf(text))
}

/** Opens every one of them so, two at a time. Answers what is readable in each. */
export async function expectInertMails(browser: Browser, mails: readonly ReadMail[]): Promise<string[]> {
  const left = [...mails]
  const read: string[] = []
  const inTurn = async () => {
    const program = await mailProgram(browser)
    for (let next = left.pop(); next; next = left.pop()) {
      await expectInertMail(program, next)
      read.push(await readable(program.page))
    }
    await program.close()
  }
  await Promise.all([inTurn(), inTurn()])
  return read
}

/** Each line of a text mail as a page shows it. Of the button the address is not read. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .map((line) => line.replace(/^(Open|Open and acknowledge): http\S+$/, '$1'))
    .filter((line) => line !== '')

type Kind = { is: string; begins: RegExp }

/** Of which of these kinds none is among the mails. */
export const missingOf = (kinds: readonly Kind[], mails: readonly ReadMail[]): string[] =>
  kinds.filter(({ begins }) => !mails.some(({ text }) => begins.test(text))).map(({ is }) => is)

/** The mails in which something stands that somebody wrote, by how they begin: those that go out at once. */
export const kindsOfMail: readonly Kind[] = [
  { is: 'a page', begins: /^Critical: / },
  { is: 'a summary of several', begins: /^\d+ more pages?: / },
  { is: 'who is brought in', begins: /^SEV\d You are wanted in INC-/ },
  { is: 'who is given a task', begins: /^SEV\d Task for you in INC-/ },
  { is: 'who is given a role', begins: /^SEV\d You are .* of INC-/ },
  { is: 'whom a run waits for', begins: /^INC-\d+ waits for you: / },
  { is: 'who said that it did not work', begins: /^SEV\d Does it work again\? INC-/ },
  { is: 'who is offered a shift', begins: /^.* offers you a shift of / },
  { is: 'whose address is verified', begins: /^\d{6} is your code/ },
  { is: 'who tries how they are reached', begins: /^Test: / },
  { is: 'who is invited', begins: /^You are invited to / },
  { is: 'who is sent a link to set a password', begins: /^Set a new password/ },
  { is: 'whose password was set', begins: /^Your password was set/ },
  { is: 'who asked for updates', begins: /^Confirm that you want updates of / },
  { is: 'a follower of a status page', begins: /^[^]*You get this because this address follows / },
]

/** Those that go out because time has passed, or because something ended or failed meanwhile. */
export const laterKindsOfMail: readonly Kind[] = [
  { is: 'who is paged next', begins: /^Critical: .*\s+.*, for 1 min\. Nobody is paged after you\./ },
  { is: 'whose page nobody answered', begins: /^Nobody answered: Critical: / },
  { is: 'whose page is over', begins: /^Over: Critical: / },
  { is: 'who misses a target', begins: /^SEV\d .* missed: INC-/ },
  { is: 'who is paged for a missed target', begins: /^(?!SEV|Nobody).* missed: INC-/ },
  { is: 'who leads when nobody can be paged for it', begins: /^SEV\d Nobody could be paged for the missed target: INC-/ },
  { is: 'who is close to a target', begins: /^SEV\d .* is close: INC-/ },
  { is: 'who owes an update soon', begins: /^SEV\d The next update is due soon: INC-/ },
  { is: 'who owes an update', begins: /^SEV\d The update is overdue: INC-/ },
  { is: 'whose task is due', begins: /^SEV\d Task is due in INC-/ },
  { is: 'who owes a review', begins: /^The review of INC-\d+ is due / },
  { is: 'who owes an action item', begins: /^.* (is|was) due (today|tomorrow|on .*)\s+An action item of yours: INC-/ },
  { is: 'whose shift is taken', begins: /^.* takes your shift of / },
  { is: 'whose shift is not taken', begins: /^.* does not take your shift of / },
  { is: 'who is no longer offered a shift', begins: /^.* no longer offers a shift of / },
  { is: 'who administers while a channel fails', begins: /^Tocsin itself: nothing that is sent by .* arrives\s/ },
  { is: 'who administers while nothing arrives', begins: /^Tocsin itself does not work as it should\s/ },
  { is: 'whose contact method has ended', begins: /^.* no longer reaches you\s/ },
]
