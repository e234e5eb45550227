// A signal: what a source says about one stream of events, in the product's own words. Integrations make them, the alerts slice decides on them.
import { z } from 'zod'
import { InstantSchema } from './time.ts'

/** In falling order of urgency. */
export const severities = ['critical', 'error', 'warning', 'info'] as const
export type AlertSeverity = (typeof severities)[number]
export const AlertSeveritySchema = z.enum(severities)

/** Names to texts. A label that is missing counts as empty everywhere. */
export type Labels = Readonly<Record<string, string>>
/** At most 200 labels; names up to 512 characters of any script, values up to 4,096. */
const LabelsSchema = z
  .record(z.string().min(1).max(512), z.string().max(4096))
  .refine((labels) => Object.keys(labels).length <= 200, 'has more than 200 labels')

/** An address that a message may show: http or https, nothing else. */
const HttpUrl = z.url({ protocol: /^https?$/ }).max(2048)

export const LinkSchema = z.strictObject({ href: HttpUrl, text: z.string().max(512) })
export type Link = z.output<typeof LinkSchema>

/** Times are canonical instants after parsing. A trigger without `dedupKey` always opens an alert of its own. */
export const SignalSchema = z.strictObject({
  action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedupKey: z.string().min(1).max(255).optional(),
  title: z.string().min(1).max(1024),
  body: z.string().max(65_536).optional(),
  severity: AlertSeveritySchema,
  labels: LabelsSchema,
  /** Whatever else the source said, kept and shown. */
  details: z.json().optional(),
  links: z.array(LinkSchema).max(50).optional(),
  images: z
    .array(z.strictObject({ src: HttpUrl, href: HttpUrl.optional(), alt: z.string().max(512).optional() }))
    .max(20)
    .optional(),
  /** The machine or thing that is affected, as the source calls it. */
  source: z.string().max(1024).optional(),
  /** When it began; absent: when it was received. */
  startedAt: InstantSchema.optional(),
  /** When it ended, or when the source wants it to be taken as ended if nothing more comes. */
  endsAt: InstantSchema.optional(),
  /** The service it is about, by key or name. */
  service: z.string().max(255).optional(),
})

export type Signal = z.output<typeof SignalSchema>

/** Whether a text is an address that may be shown as a link: http or https, nothing else. */
export const isWebAddress = (text: string | undefined): text is string =>
  text !== undefined && text.length <= 2048 && /^https?:\/\//i.test(text) && URL.canParse(text)

/**
 * The signal within the bounds of its schema: texts cut, addresses that are none dropped. The way in does this to whatever a source made,
 * for a refused alert is a lost one, and the first attacker is whoever can post one.
 */
export function fitted(signal: Signal): Signal {
  const { title, body, labels, links, images, source, service } = signal
  return {
    ...signal,
    title: cut(title, 1024) || 'Alert without a title',
    ...(body === undefined ? {} : { body: cut(body, 65_536) }),
    labels: Object.fromEntries(
      Object.entries(labels)
        .filter(([name]) => name !== '' && name.length <= 512)
        .slice(0, 200)
        .map(([name, value]) => [name, cut(value, 4096)]),
    ),
    ...(links === undefined ? {} : { links: fittedLinks(links) }),
    ...(images === undefined
      ? {}
      : {
          images: images
            .filter(({ src }) => isWebAddress(src))
            .slice(0, 20)
            .map(({ src, href, alt }) => ({
              src,
              ...(isWebAddress(href) ? { href } : {}),
              ...(alt === undefined ? {} : { alt: cut(alt, 512) }),
            })),
        }),
    ...(source === undefined ? {} : { source: cut(source, 1024) }),
    ...(service === undefined ? {} : { service: cut(service, 255) }),
  }
}

export const fittedLinks = (links: readonly Link[]): Link[] =>
  links
    .filter(({ href }) => isWebAddress(href))
    .slice(0, 50)
    .map(({ href, text }) => ({ href, text: cut(text, 512) }))

// Half of a character beyond the basic plane, which no database stores, is cut off with it; also when the source cut already.
export const cut = (text: string, most: number): string => text.slice(0, most).replace(/[\ud800-\udbff]$/, '')

const bytesOfAThing = 32

/** About how many bytes they take in memory, whatever a source has put into their details. */
export function weightOf(signals: readonly Signal[]): number {
  let bytes = 0
  // No recursion: how deep they go the source has said.
  const left: unknown[] = [...signals]
  while (left.length > 0) {
    const one = left.pop()
    if (typeof one === 'string') bytes += one.length
    else if (typeof one !== 'object' || one === null) bytes += 8
    else {
      bytes += bytesOfAThing
      for (const [name, value] of Object.entries(one)) {
        bytes += name.length
        left.push(value)
      }
    }
  }
  return bytes
}

/**
 * What one request says, the ends behind all else but in the order of each key: where it is taken in by parts, a group of which it says that one has ended
 * and another begun goes on.
 */
export function endsLast<One extends Pick<Signal, 'action' | 'dedupKey'>>(signals: readonly One[]): One[] {
  const lastOfKey = new Map(signals.map(({ dedupKey }, index) => [dedupKey, index]))
  const isEnd = ({ action, dedupKey }: One, index: number) => action === 'resolve' && lastOfKey.get(dedupKey) === index
  const ends = signals.filter(isEnd)
  return ends.length === 0 ? [...signals] : [...signals.filter((one, index) => !isEnd(one, index)), ...ends]
}
