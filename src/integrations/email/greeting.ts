// Whether a mail server would take a mail of ours: it answers, greets, and accepts user and password. Nothing is sent.
import { createTransport } from 'nodemailer'
import { AppError } from '#kernel/errors.ts'
import type { Outbound } from '#kernel/outbound.ts'
import type { Secret } from '#kernel/secret.ts'
import { judgeSmtpError, readSmtpUrl, transportOptions, type SmtpError } from './smtp.ts'

const timeoutSeconds = 10

/** Undefined when it would, else why not, as the end of a sentence. */
export async function whyNoGreeting(smtpUrl: Secret, publicUrl: string, outbound: Outbound): Promise<string | undefined> {
  let connection
  try {
    const server = readSmtpUrl(smtpUrl.open(), publicUrl)
    connection = await outbound.connectMail(server.host, server.port, { secure: server.secure, timeoutSeconds })
    await createTransport(transportOptions(server, connection, new URL(publicUrl).hostname, timeoutSeconds) as never).verify()
    return undefined
  } catch (error) {
    if (connection) return judgeSmtpError(error as SmtpError, false).reason
    return (error instanceof AppError || error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
  } finally {
    connection?.destroy()
  }
}
