// Sessions with a mail server. One is kept for a moment after its mail: in a storm the greeting, the encryption and the password would cost more than the
// mails do.
import type { Duplex } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { AppError } from '#kernel/errors.ts'
import { compose, type Letter } from './composing.ts'
import { transportOptions, watchText, type MailServer } from './smtp.ts'

/** Postfix lets a client have 50 at once. */
const mostAtOnce = 32
/** Of these, what pages nobody may use so many: a thousand followers of a status page keep no page waiting. */
const mostOfOthers = 24
const idleMs = 2000
/** Some servers end a session after a hundred mails. */
const mostMails = 100

export type Session = {
  /** Mails that it has handed over. */
  readonly sent: number
  /** Whether the server has asked for the text of the mail that was sent last. */
  textIsGoing(): boolean
  /** Answers what the server said. Throws an error of the mail library; then the session is over. */
  send(letter: Letter): Promise<string>
  close(): void
  readonly isOver: boolean
  /** Called when the server ends it. */
  ended?: () => void
}

/** Greets, and signs in where there is a user. Throws an error of the mail library. */
export async function openSession(server: MailServer, socket: Duplex, name: string, timeoutSeconds: number): Promise<Session> {
  const text = watchText()
  const options = transportOptions(server, socket, name, timeoutSeconds)
  const connection = new SMTPConnection({ ...options, ...text.options } as SMTPConnection.Options)
  let isOver = false
  let sent = 0
  const over = () => void (isOver = true)
  // What is under way hears of it by its own callback.
  connection.on('error', over)
  const close = () => {
    over()
    connection.close()
    socket.destroy()
  }
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject)
      connection.connect((error) => (error ? reject(error) : resolve()))
    })
    const { auth } = options
    if (auth && connection.allowsAuth)
      await new Promise<void>((resolve, reject) => {
        connection.login({ credentials: auth } as never, (error) => (error ? reject(error) : resolve()))
      })
  } catch (error) {
    close()
    throw error
  }
  const session: Session = {
    get sent() {
      return sent
    },
    get isOver() {
      return isOver
    },
    textIsGoing: text.isGoing,
    async send(letter) {
      text.begin()
      const { envelope, bytes } = compose(letter)
      const { response } = await new Promise<SMTPConnection.SentMessageInfo>((resolve, reject) => {
        connection.send(envelope as SMTPConnection.Envelope, bytes, (error, info) => (error ? reject(error) : resolve(info)))
      })
      sent++
      return response
    },
    close,
  }
  connection.once('end', () => {
    over()
    session.ended?.()
  })
  return session
}

type Idle = { server: string; session: Session; timer: NodeJS.Timeout }

/** For whom a session is: with which server, and whether people are paged by it. */
type Use = { server: string; pages: boolean; timeoutSeconds: number }

export type Sessions = {
  /**
   * One with this server: one that is there, or a new one; as many at once as there may be, and pages first. Throws what `open` throws, and AppError
   * 'unavailable' when none is free in time.
   */
  take(use: Use, open: () => Promise<Session>): Promise<Session>
  /** Has to be called with each that was taken. */
  giveBack(server: string, session: Session): void
}

export function createSessions(): Sessions {
  const idle: Idle[] = []
  const waiting: { pages: boolean; goOn: () => void }[] = []
  let open = 0

  /** One that is there for this server, or room for a new one, which another server's may have to make. Undefined: there is none. */
  function free({ server, pages }: Use): Session | 'new' | undefined {
    if (!pages && open - idle.length >= mostOfOthers) return undefined
    const own = idle.findLast((one) => one.server === server)
    if (own) return unused(own)
    if (open >= mostAtOnce && idle.length > 0) end(unused(idle[0]!))
    if (open >= mostAtOnce) return undefined
    open++
    return 'new'
  }

  function unused(one: Idle): Session {
    idle.splice(idle.indexOf(one), 1)
    clearTimeout(one.timer)
    delete one.session.ended
    return one.session
  }

  function end(session: Session): void {
    session.close()
    open--
    next()
  }

  function next(): void {
    const first = waiting.findIndex(({ pages }) => pages)
    waiting.splice(Math.max(0, first), 1)[0]?.goOn()
  }

  async function roomFor(use: Use): Promise<Session | 'new'> {
    const until = performance.now() + use.timeoutSeconds * 1000
    for (;;) {
      const found = free(use)
      if (found) return found
      await new Promise<void>((resolve, reject) => {
        const waits = {
          pages: use.pages,
          goOn() {
            clearTimeout(limit)
            resolve()
          },
        }
        const limit = setTimeout(() => {
          waiting.splice(waiting.indexOf(waits), 1)
          const most = use.pages ? mostAtOnce : mostOfOthers
          const reason = `It takes no more at this moment: ${most} mails are being handed to it, and none ended within ${use.timeoutSeconds} s.`
          reject(new AppError('unavailable', reason))
        }, until - performance.now())
        waiting.push(waits)
      })
    }
  }

  return {
    async take(use, opens) {
      const found = await roomFor(use)
      if (found !== 'new') return found
      try {
        return await opens()
      } catch (error) {
        open--
        next()
        throw error
      }
    },
    giveBack(server, session) {
      if (session.isOver || session.sent >= mostMails) return end(session)
      const drop = () => end(unused(one))
      const one = { server, session, timer: setTimeout(drop, idleMs) }
      session.ended = drop
      idle.push(one)
      next()
    },
  }
}
