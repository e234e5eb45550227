// What TOCSIN_SMTP_URL says, and what a mail server's refusal means for the next try.
import type { Duplex } from 'node:stream'

export type MailServer = {
  host: string
  port: number
  secure: boolean
  /** Nothing is said to one that does not encrypt after its greeting. */
  mustEncrypt: boolean
  user: string | undefined
  password: string | undefined
  from: string
}

/**
 * Reads `smtp://user:password@host:587?from=…&tls=…` or `smtps://…`. Throws an Error that says what is wrong, without the password. A password leaves this
 * machine encrypted only, whatever a server says of itself: whoever stands between can take that out of what it says.
 */
export function readSmtpUrl(text: string, publicUrl: string): MailServer {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new Error('TOCSIN_SMTP_URL is not an address like smtp://user:password@mail.example.org:587')
  }
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') throw new Error('TOCSIN_SMTP_URL has to begin with smtp:// or smtps://')
  const secure = url.protocol === 'smtps:'
  const tls = url.searchParams.get('tls') ?? (url.password === '' || isHere(url.hostname) ? 'optional' : 'required')
  if (tls !== 'required' && tls !== 'optional') throw new Error('tls= in TOCSIN_SMTP_URL is required or optional')
  return {
    host: url.hostname,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    mustEncrypt: !secure && tls === 'required',
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    from: url.searchParams.get('from') ?? `tocsin@${new URL(publicUrl).hostname}`,
  }
}

const isHere = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/i.test(host)

/** The mail library's options. The socket is ours and judged; for the library it is an already opened connection. `name` is what we greet as. */
export const transportOptions = (server: MailServer, connection: Duplex, name: string, timeoutSeconds: number) => ({
  host: server.host,
  port: server.port,
  secure: server.secure,
  secured: server.secure,
  requireTLS: server.mustEncrypt,
  connection,
  name,
  greetingTimeout: timeoutSeconds * 1000,
  socketTimeout: timeoutSeconds * 1000,
  ...(server.user === undefined ? {} : { auth: { user: server.user, pass: server.password ?? '' } }),
})

/**
 * Hears from the mail library's log when the server asks for the text (354). The library's errors do not tell: whenever a connection was lost, it
 * says that it was lost while connecting. To be spread into its options.
 */
export function watchText() {
  let isGoing = false
  const quiet = () => undefined
  const debug = (entry: { tnx?: string } | undefined, line?: unknown) => {
    if (entry?.tnx === 'server' && /^354/m.test(String(line))) isGoing = true
  }
  return {
    options: { transactionLog: true, logger: { trace: quiet, debug, info: quiet, warn: quiet, error: quiet, fatal: quiet } },
    isGoing: () => isGoing,
    /** The next mail begins. */
    begin: () => void (isGoing = false),
  }
}

/** An error of the mail library, as far as it tells. `originalCode`: what the system called it. */
export type SmtpError = { code?: string; originalCode?: string; responseCode?: number; command?: string; message: string }

/** Heard of here where a session is encrypted after its greeting (STARTTLS). */
const untrusted: Record<string, string> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name than TOCSIN_SMTP_URL has',
  CERT_HAS_EXPIRED: 'has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed; name its file in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by nobody known; name the file of its authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by nobody known; name the file of its authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by nobody known; name the file of its authority in NODE_EXTRA_CA_CERTS',
}

/** That the server has ended the session, by saying so (421) or by going. */
export const isEndOfSession = ({ responseCode }: SmtpError): boolean => responseCode === undefined || responseCode === 421

/**
 * Whether trying again can help, and whether the mail may have been taken all the same (RFC 5321, 4.2.1: 4yz is for now, 5yz for good).
 * A connection lost once the text was on its way leaves a doubt.
 */
export function judgeSmtpError(error: SmtpError, textIsGoing: boolean): { canRetry: boolean; inDoubt: boolean; reason: string } {
  const said = error.responseCode === undefined ? undefined : `the mail server answered ${error.responseCode}`
  if (error.code === 'EAUTH')
    return { canRetry: true, inDoubt: false, reason: 'the mail server refused the user and password of TOCSIN_SMTP_URL' }
  if (said && error.code === 'ETLS')
    return {
      canRetry: true,
      inDoubt: false,
      reason:
        'the mail server does not encrypt, and the password of TOCSIN_SMTP_URL could be read on the way; add tls=optional to it if it may be',
    }
  if (said && error.responseCode! >= 500)
    return { canRetry: false, inDoubt: false, reason: `${said} to ${error.command ?? 'the message'}: it does not take this message` }
  if (said) return { canRetry: true, inDoubt: false, reason: `${said}: not now` }
  const certificate = error.originalCode && untrusted[error.originalCode]
  if (certificate) return { canRetry: true, inDoubt: false, reason: `the mail server's certificate ${certificate}` }
  return {
    canRetry: true,
    inDoubt: textIsGoing,
    reason: error.code === 'ETIMEDOUT' ? 'the mail server did not answer in time' : 'the mail server broke off the connection',
  }
}
