// An outside that gives away what it is told: a mail server that quotes the password back once it refuses, and a web server that shows every request.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export type Outside = {
  mailPort: number
  webPort: number
  /** The whole text of each mail, without soft line breaks. */
  mails: string[]
  /** From now on the mail server refuses everybody, with the password in its answer. */
  refuseMail(): void
  close(): Promise<void>
}

export async function startOutside(): Promise<Outside> {
  const mails: string[] = []
  let refuses = false
  const mail = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password }, _, done) {
      if (refuses) done(Object.assign(new Error(`${password} is not the password of ${username}`), { responseCode: 535 }))
      else done(null, { user: username })
    },
    onData(stream, _, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString().replaceAll('=\r\n', '').replaceAll('=3D', '='))
        done()
      })
    },
  })
  mail.on('error', () => undefined)
  const web = createServer((asked, response) => {
    asked.resume()
    response.statusCode = asked.url?.includes('broken') ? 403 : 200
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ asked: `${asked.method} ${asked.url}`, headers: asked.headers }))
  })
  await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  return {
    mailPort: (mail.server.address() as AddressInfo).port,
    webPort: (web.address() as AddressInfo).port,
    mails,
    refuseMail() {
      refuses = true
      // Also those who have signed in already.
      for (const connection of (mail as unknown as { connections: Set<{ close: () => void }> }).connections) connection.close()
    },
    close: async () => {
      await new Promise<void>((resolve) => mail.close(() => resolve()))
      web.closeAllConnections()
      await new Promise<void>((resolve) => web.close(() => resolve()))
    },
  }
}
