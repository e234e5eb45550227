import { connect, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ChannelContext } from '#kernel/integration.ts'
import { Secret } from '#kernel/secret.ts'
import { instant } from '#kernel/time.ts'
import { startProxy } from '#scenarios/machine/real/proxy.ts'
import { emailChannel } from './channel.ts'
import { mailOf } from './message.ts'
import { judgeSmtpError, readSmtpUrl } from './smtp.ts'

const message = {
  key: 'ntf_1',
  repeated: false,
  urgency: 'page' as const,
  title: 'Critical: Card payments <b>fail</b>, 8 % in eu-west',
  body: 'payments-gateway, for 2 min.\nPriya is paged at 03:17.',
  url: 'https://tocsin.test/p/abc',
}
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function mailServer(options: ConstructorParameters<typeof SMTPServer>[0] = {}) {
  const mails: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    closeTimeout: 50,
    ...options,
    onData(stream, _, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => (mails.push(Buffer.concat(chunks).toString()), done()))
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { mails, port: (server.server.address() as AddressInfo).port, server }
}

const contextTo = (port: number, smtpUrl: string | undefined = `smtp://mail.test:${port}`): ChannelContext => ({
  now: instant('2026-11-23T02:12:00Z'),
  publicUrl: 'https://tocsin.test',
  settings: (name) => (name === 'smtpUrl' && smtpUrl !== '' ? new Secret(smtpUrl) : undefined),
  outbound: {
    fetch: () => Promise.reject(new Error('not by HTTP')),
    async connectMail() {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      return socket
    },
  },
})

describe('the e-mail channel', () => {
  test('sends one mail whose id is the key, with the button and its plain-text twin', async () => {
    const { mails, port } = await mailServer()
    expect(await emailChannel.send(contextTo(port), 'ana@example.test', message)).toMatchObject({
      status: 'delivered',
      detail: 'taken by the mail server',
    })
    expect(mails).toHaveLength(1)
    const mail = mails[0]!.replaceAll('=\r\n', '')
    expect(mail).toContain('Message-ID: <ntf_1@tocsin.test>')
    expect(mail).toContain('Subject: Critical: Card payments <b>fail</b>, 8 % in eu-west')
    expect(mail).toContain('Open and acknowledge: https://tocsin.test/p/abc')
    expect(mail).toContain('Card payments &lt;b&gt;fail&lt;/b&gt;')
    expect(mail).toContain('Auto-Submitted: auto-generated')
  })

  test('lets a subscriber end it by one click of the mail program, and tells nobody else of settings they do not have', async () => {
    const { mails, port } = await mailServer()
    const stopUrl = 'https://tocsin.test/s/unsubscribe/abc'
    for (const given of [{ stopUrl }, { stopUrl: null }, {}])
      await emailChannel.send(contextTo(port), 'ana@example.test', { ...message, urgency: 'update', ...given })
    const [subscriber, stranger, person] = mails.map((mail) => mail.replaceAll('=\r\n', ''))
    expect(subscriber).toContain(`List-Unsubscribe: <${stopUrl}>`)
    expect(subscriber).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    expect(subscriber).toContain(`To get no more of these: ${stopUrl}`)
    for (const mail of [stranger, person]) expect(mail).not.toMatch(/unsubscribe/i)
    for (const mail of [subscriber, stranger]) expect(mail).not.toContain('/settings/')
    expect(person).toContain('How you are reached: https://tocsin.test/settings/contact-methods')
  })

  test('without a mail server says so, and that trying again does not help', async () => {
    expect(await emailChannel.send(contextTo(1, ''), 'ana@example.test', message)).toEqual({
      status: 'failed',
      canRetry: false,
      reason: 'no mail server is set; set TOCSIN_SMTP_URL',
    })
  })

  test('a mail server that does not know the receiver has answered for good', async () => {
    const { port } = await mailServer({ onRcptTo: (_, __, done) => done(Object.assign(new Error('no such user'), { responseCode: 550 })) })
    expect(await emailChannel.send(contextTo(port), 'ana@example.test', message)).toMatchObject({
      status: 'failed',
      canRetry: false,
      inDoubt: false,
      reason: expect.stringContaining('550'),
    })
  })

  test('a mail server whose certificate nobody trusts is named as such, also where it encrypts later', async () => {
    const warn = vi.spyOn(console, 'error').mockReturnValue()
    const { port, mails } = await mailServer({ disabledCommands: [] })
    expect(await emailChannel.send(contextTo(port), 'ana@example.test', message)).toEqual({
      status: 'failed',
      canRetry: true,
      inDoubt: false,
      reason: expect.stringMatching(/^the mail server's certificate (has expired|is self-signed; name its file in NODE_EXTRA_CA_CERTS)$/),
    })
    expect(mails).toEqual([])
    warn.mockRestore()
  })

  test('a mail server that is busy is tried again', async () => {
    const { port } = await mailServer({ onMailFrom: (_, __, done) => done(Object.assign(new Error('busy'), { responseCode: 451 })) })
    expect(await emailChannel.send(contextTo(port), 'ana@example.test', message)).toMatchObject({ status: 'failed', canRetry: true })
  })

  test.each([
    ['before the text is on its way leaves no doubt', 'RCPT TO', false],
    ['when the text is on its way leaves a doubt', '\r\n.\r\n', true],
  ])('a connection that is lost %s', async (_, text, inDoubt) => {
    const proxy = await startProxy((await mailServer()).port)
    closing.push(() => proxy.stop())
    proxy.set({ kind: 'reset at', text, when: 'after' })
    expect(await emailChannel.send(contextTo(proxy.port), 'ana@example.test', message)).toMatchObject({
      status: 'failed',
      canRetry: true,
      inDoubt,
    })
  })

  describe('a session with the mail server', () => {
    const counted = async (options: ConstructorParameters<typeof SMTPServer>[0] = {}) => {
      let sessions = 0
      const found = await mailServer({ ...options, onConnect: (_, done) => (sessions++, done()) })
      return { ...found, sessions: () => sessions }
    }
    const send = (port: number, to = 'ana@example.test') => emailChannel.send(contextTo(port), to, message)

    test('hands over one mail after the other', async () => {
      const { mails, port, sessions } = await counted()
      for (let n = 0; n < 5; n++) expect(await send(port)).toMatchObject({ status: 'delivered' })
      expect([mails.length, sessions()]).toEqual([5, 1])
    })

    test('is there once for each that is handed over at the same moment, at most thirty-two times, and nobody is forgotten', async () => {
      const { mails, port, sessions } = await counted()
      const results = await Promise.all(Array.from({ length: 100 }, () => send(port)))
      expect(results.filter(({ status }) => status === 'delivered')).toHaveLength(100)
      expect([mails.length, sessions()]).toEqual([100, 32])
    })

    test('is left over for a page, and for the next one first, however many followers are told by a server that takes its time', async () => {
      const taken: string[] = []
      const held: (() => void)[] = []
      const { port, sessions } = await counted({
        onRcptTo({ address }, _, done) {
          taken.push(address)
          if (address.startsWith('page')) done()
          else held.push(done)
        },
      })
      const update = (n: number) => emailChannel.send(contextTo(port), `follower-${n}@example.test`, { ...message, urgency: 'update' })
      const updates = Array.from({ length: 40 }, (_, n) => update(n))
      await expect.poll(() => held.length).toBe(24)
      const pages = await Promise.all(Array.from({ length: 20 }, (_, n) => send(port, `page-${n}@example.test`)))
      expect(new Set(pages.map(({ status }) => status))).toEqual(new Set(['delivered']))
      expect([held.length, sessions()]).toEqual([24, 32])
      const free = setInterval(() => held.splice(0).forEach((goOn) => goOn()), 5)
      expect(new Set((await Promise.all(updates)).map(({ status }) => status))).toEqual(new Set(['delivered']))
      clearInterval(free)
      expect(taken).toHaveLength(60)
    })

    test('that the server has ended meanwhile is replaced, and the mail goes out once', async () => {
      const { mails, port, sessions, server } = await counted()
      await send(port)
      // Ended and not yet heard of.
      for (const connection of (server as unknown as { connections: Set<{ _socket: { destroy: () => void } }> }).connections)
        connection._socket.destroy()
      expect(await send(port)).toMatchObject({ status: 'delivered' })
      expect([mails.length, sessions()]).toEqual([2, 2])
    })

    test('that the server ends when it is asked for the next mail is replaced too', async () => {
      let begun = 0
      const busy = () => Object.assign(new Error('too many mails in this session'), { responseCode: 421 })
      const { mails, port, sessions } = await counted({ onMailFrom: (_, __, done) => done(++begun === 2 ? busy() : undefined) })
      expect(await send(port)).toMatchObject({ status: 'delivered' })
      expect(await send(port)).toMatchObject({ status: 'delivered' })
      expect([mails.length, sessions()]).toEqual([2, 2])
    })

    test('in which one mail is refused hands over the next', async () => {
      const { mails, port } = await counted({
        onRcptTo: ({ address }, _, done) =>
          done(address.startsWith('no') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : undefined),
      })
      await send(port)
      expect(await send(port, 'nobody@example.test')).toMatchObject({ status: 'failed', canRetry: false, inDoubt: false })
      expect(await send(port)).toMatchObject({ status: 'delivered' })
      expect(mails).toHaveLength(2)
    })

    test('that is lost when the text of a later mail is on its way leaves a doubt, and nothing is sent again by itself', async () => {
      const { mails, port } = await counted()
      const proxy = await startProxy(port)
      closing.push(() => proxy.stop())
      await emailChannel.send(contextTo(proxy.port), 'ana@example.test', message)
      proxy.set({ kind: 'reset at', text: '\r\n.\r\n', when: 'after' })
      expect(await emailChannel.send(contextTo(proxy.port), 'ana@example.test', message)).toMatchObject({ status: 'failed', inDoubt: true })
      expect(mails.length).toBeLessThanOrEqual(2)
    })

    test('ends by itself when there is nothing more to hand over', async () => {
      const { port, server } = await counted()
      await send(port)
      await expect.poll(() => (server as unknown as { connections: Set<unknown> }).connections.size).toBe(0)
    })
  })

  test('a password is given as the URL says, and in the clear only where it says that it may be', async () => {
    const seen: unknown[] = []
    const { port } = await mailServer({
      authOptional: false,
      onAuth: (auth, _, done) => (seen.push([auth.username, auth.password]), done(null, { user: 'x' })),
    })
    const given = `smtp://us%40er:p%3Aw@mail.test:${port}`
    expect(await emailChannel.send(contextTo(port, given), 'ana@example.test', message)).toMatchObject({
      status: 'failed',
      canRetry: true,
      reason: expect.stringContaining('does not encrypt'),
    })
    expect(seen, 'it went over the network for everybody to read').toEqual([])
    expect(await emailChannel.send(contextTo(port, `${given}?tls=optional`), 'ana@example.test', message)).toMatchObject({
      status: 'delivered',
    })
    expect(seen).toEqual([['us@er', 'p:w']])
  })
})

describe('an e-mail', () => {
  test('says in its subject and its text when it is a repeat', () => {
    const mail = mailOf({ ...message, repeated: true }, 'foot')
    expect(mail.subject).toMatch(/ \(repeat\)$/)
    expect(mail.text).toContain('You may have had this message before')
  })
  test('has a subject of one line, whatever the title is', () => {
    expect(mailOf({ ...message, title: 'a\r\nBcc: all@example.test' }, '').subject).toBe('a Bcc: all@example.test')
  })
  test('has exactly one link', () => {
    expect(mailOf(message, 'foot').html.match(/<a\s/g)).toHaveLength(1)
  })
})

describe('an answer of a mail server', () => {
  test.each([
    ['a temporary refusal', { responseCode: 451, command: 'RCPT TO', message: '' }, { canRetry: true, inDoubt: false }],
    ['a refusal for good', { responseCode: 554, command: 'DATA', message: '' }, { canRetry: false, inDoubt: false }],
    [
      'a certificate of somebody else',
      { code: 'ESOCKET', originalCode: 'ERR_TLS_CERT_ALTNAME_INVALID', message: '' },
      { canRetry: true, inDoubt: false, reason: expect.stringContaining('is for another name') as string },
    ],
    ['a wrong password may be put right', { code: 'EAUTH', responseCode: 535, message: '' }, { canRetry: true, inDoubt: false }],
  ])('%s', (_, error, expected) => expect(judgeSmtpError(error, true)).toMatchObject(expected))

  test.each([true, false])('none at all, with the text on its way: %s', (textIsGoing) =>
    expect(judgeSmtpError({ code: 'ETIMEDOUT', command: 'CONN', message: '' }, textIsGoing)).toMatchObject({
      canRetry: true,
      inDoubt: textIsGoing,
    }),
  )

  test.each([
    ['smtp://mail.test', { port: 587, secure: false, mustEncrypt: false, from: 'tocsin@tocsin.test' }],
    ['smtps://a:b@mail.test?from=ops@example.test', { port: 465, secure: true, mustEncrypt: false, user: 'a', from: 'ops@example.test' }],
    ['smtp://a:b@mail.test', { mustEncrypt: true }],
    ['smtp://mail.test?tls=required', { mustEncrypt: true }],
    ['smtp://a:b@127.0.0.1:25', { mustEncrypt: false }],
    ['smtp://a:b@[::1]:25', { mustEncrypt: false }],
    ['smtp://a:b@127.0.0.1.example.test', { mustEncrypt: true }],
  ])('the setting %s is read', (url, expected) => expect(readSmtpUrl(url, 'https://tocsin.test')).toMatchObject(expected))
  test.each(['mail.test:25', 'http://mail.test', 'nonsense', 'smtp://mail.test?tls=no'])('the setting %s is refused', (url) =>
    expect(() => readSmtpUrl(url, 'https://tocsin.test')).toThrow('TOCSIN_SMTP_URL'),
  )
})
