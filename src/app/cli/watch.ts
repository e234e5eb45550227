// `tocsin watch`: on another machine, with another mail server if possible, tells people when an installation no longer works. Nothing pages about Tocsin
// when Tocsin is gone but this.
import { setTimeout as wait } from 'node:timers/promises'
import { readClientConfig, readConfig } from '#platform/config/config.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { emailChannel } from '#integrations/email/channel.ts'
import { clock } from '../node.ts'
import { version } from '../version.ts'
import { calm, decide } from '../watch/decide.ts'
import { look } from '../watch/look.ts'
import { createTeller } from '../watch/tell.ts'
import { Usage } from './exit.ts'
import { paint, write } from './show.ts'

export type WatchOptions = { mail: string[]; every: string; after: string; again: string }

/** Runs until it is ended. Who could not be told is tried again at each look. */
export async function watch(environment: Record<string, string | undefined>, address: string, options: WatchOptions): Promise<void> {
  const url = addressOf(address)
  if (options.mail.length === 0) throw new Usage('Say whom to tell: --mail ana@example.org')
  const [everySeconds, afterSeconds, againSeconds] = [seconds(options.every), seconds(options.after), seconds(options.again)]
  const { smtpUrl, allowHosts } = readConfig(environment)
  if (!smtpUrl) throw new Usage('TOCSIN_SMTP_URL is not set: by which mail server should people be told?')
  const { token } = readClientConfig(environment)
  const hosts = new Set([
    ...allowHosts,
    ...[url, smtpUrl.open()].map((text) => new URL(text).hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1')),
  ])
  const outbound = createOutbound({ allowHosts: () => hosts, userAgent: `Tocsin/${version} (watch)` })

  const teller = createTeller(options.mail, (to, said) =>
    emailChannel.send({ outbound, now: clock.now(), settings: () => smtpUrl, publicUrl: url }, to, {
      ...said,
      repeated: false,
      url,
      urgency: said.kind === 'over' ? 'update' : 'page',
    }),
  )

  write(
    `Watching ${url} every ${everySeconds} s. ${options.mail.join(', ')} ${options.mail.length === 1 ? 'is' : 'are'} told after ${afterSeconds} s without it.`,
  )
  let state = calm
  for (;;) {
    const seen = await look(outbound, url, token, clock.now())
    const { state: next, say } = decide(state, seen, clock.now(), { url, afterSeconds, againSeconds })
    state = next
    if (say) {
      write(`${clock.now()} ${say.title}. ${say.body}`)
      teller.say(say)
    }
    for (const failure of await teller.handOver()) write(paint('red', failure))
    await wait(everySeconds * 1000)
  }
}

function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '')
    throw new Usage(`${text} is not an address like https://tocsin.example.org`)
  return text.replace(/\/+$/, '')
}

function seconds(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 86_400) throw new Usage(`${text} is not a number of seconds from 1 to 86400.`)
  return value
}
