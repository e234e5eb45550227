// E-mail by SMTP, over the one way out. Its message id is the delivery's key, so that a mail program shows a repeat as the same message.
import { z } from 'zod'
import { AppError } from '#kernel/errors.ts'
import type { ChannelContext, ChannelDefinition, ChannelMessage, ChannelResult } from '#kernel/integration.ts'
import { defineIntegration } from '#kernel/define.ts'
import type { Letter } from './composing.ts'
import { mailOf } from './message.ts'
import { createSessions, openSession, type Session } from './sessions.ts'
import { isEndOfSession, judgeSmtpError, readSmtpUrl, type MailServer, type SmtpError } from './smtp.ts'

const timeoutSeconds = 15

export const emailChannel: ChannelDefinition = {
  summary: 'E-mail with one button and a plain-text twin',
  address: z.email().max(254),
  recognisesKey: true,
  async send(context, address, message) {
    const setting = context.settings('smtpUrl')
    if (!setting) return { status: 'failed', canRetry: false, reason: 'no mail server is set; set TOCSIN_SMTP_URL' }
    let server: MailServer
    try {
      server = readSmtpUrl(setting.open(), context.publicUrl)
    } catch (error) {
      return { status: 'failed', canRetry: false, reason: (error as Error).message }
    }
    return deliver(context, server, address as string, message)
  },
}

const sessions = createSessions()

async function deliver(context: ChannelContext, server: MailServer, address: string, message: ChannelMessage): Promise<ChannelResult> {
  const host = new URL(context.publicUrl).hostname
  const name = JSON.stringify([server, host])
  const open = async () => {
    const socket = await context.outbound.connectMail(server.host, server.port, { secure: server.secure, timeoutSeconds })
    return openSession(server, socket, host, timeoutSeconds)
  }
  const letter: Letter = {
    from: server.from,
    to: address,
    messageId: `<${message.key}@${host}>`,
    date: new Date(context.now),
    headers: headersOf(message),
    ...mailOf(message, `Sent by Tocsin at ${context.publicUrl}.${stopWords(message, context.publicUrl)}`),
  }
  for (;;) {
    let session: Session
    try {
      session = await sessions.take({ server: name, pages: message.urgency === 'page', timeoutSeconds }, open)
    } catch (error) {
      return { status: 'failed', ...whyNotOpen(error) }
    }
    const isOld = session.sent > 0
    try {
      return { status: 'delivered', detail: 'taken by the mail server', receipt: (await session.send(letter)).slice(0, 200) }
    } catch (error) {
      session.close()
      // The server had ended the session before it heard of this mail: a new one.
      if (isOld && !session.textIsGoing() && isEndOfSession(error as SmtpError)) continue
      return { status: 'failed', ...judgeSmtpError(error as SmtpError, session.textIsGoing()) }
    } finally {
      sessions.giveBack(name, session)
    }
  }
}

function whyNotOpen(error: unknown): { canRetry: boolean; reason: string; inDoubt?: boolean } {
  if (error instanceof AppError) return { canRetry: error.code !== 'refused', reason: `the mail server: ${error.message}` }
  const { code, responseCode } = error as SmtpError
  if (code === undefined && responseCode === undefined) return { canRetry: true, reason: 'the mail server could not be reached' }
  return judgeSmtpError(error as SmtpError, false)
}

// One click in the mail program ends it (RFC 8058).
const headersOf = ({ urgency, stopUrl }: ChannelMessage): Record<string, string> => ({
  'Auto-Submitted': 'auto-generated',
  ...(urgency === 'page' ? { Importance: 'high', 'X-Priority': '1' } : {}),
  ...(stopUrl ? { 'List-Unsubscribe': `<${stopUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
})

const stopWords = ({ stopUrl }: ChannelMessage, publicUrl: string): string => {
  if (stopUrl === null) return ''
  return stopUrl === undefined ? ` How you are reached: ${publicUrl}/settings/contact-methods` : ` To get no more of these: ${stopUrl}`
}

export const email = defineIntegration({
  id: 'email',
  name: 'E-mail',
  docs: 'Sends by the mail server of TOCSIN_SMTP_URL.',
  channels: { email: emailChannel },
})
