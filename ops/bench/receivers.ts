// Receivers of the bench, to which notifications are handed over: each says at which moment a text with a name came in.
import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'

/** Whoever waits for a name (`Page17x`) hears the moment, by `performance.now`, at which the first text with it came in. */
export type Receiver = { url: string; arrival(name: string): Promise<number>; taken(): number; stop(): Promise<void> }

// As much of a mail server as it takes to hand a mail over. A library's waits 100 ms before its greeting, to catch spammers: that would be measured.
export async function mailReceiver(): Promise<Receiver> {
  const { arrival, came, taken } = arrivals()
  const server = createTcpServer((socket) => {
    let waiting = ''
    let mail: string[] | undefined
    const say = (line: string) => void socket.write(`${line}\r\n`)
    const onLine = (line: string) => {
      if (mail && line !== '.') return void mail.push(line)
      if (mail) {
        came(mail.join('\n'))
        mail = undefined
        return say('250 taken')
      }
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'DATA') mail = []
      say(verb === 'DATA' ? '354 go on' : verb === 'QUIT' ? '221 bye' : '250 ok')
      if (verb === 'QUIT') socket.end()
    }
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (waiting + chunk).split('\r\n')
      waiting = lines.pop() ?? ''
      lines.forEach(onLine)
    })
    socket.on('error', () => undefined)
    say('220 bench')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?from=tocsin@example.org`,
    arrival,
    taken,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

export async function webhookReceiver(): Promise<Receiver> {
  const { arrival, came, taken } = arrivals()
  const server = createServer((asked, response) => {
    let text = ''
    asked.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
    asked.on('end', () => {
      came(text)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrival,
    taken,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function arrivals() {
  const waiting = new Map<string, (at: number) => void>()
  let texts = 0
  return {
    /** How many texts came in. */
    taken: () => texts,
    arrival: (name: string) => new Promise<number>((resolve) => waiting.set(name, resolve)),
    came(text: string) {
      const at = performance.now()
      texts++
      for (const [name] of text.matchAll(/Page\d+x/g)) {
        waiting.get(name)?.(at)
        waiting.delete(name)
      }
    },
  }
}
