// A signal: what one message of a source says about one alert, whatever the source's own words were.
import { z } from 'zod'
import { InstantSchema } from './time.ts'

export const severities = ['critical', 'error', 'warning', 'info'] as const
export type AlertSeverity = (typeof severities)[number]

export const SignalSchema = z.object({
  action: z.enum(['trigger', 'acknowledge', 'resolve']),
  /** Absent on a trigger: a new alert each time. */
  dedupKey: z.string().min(1).max(255).optional(),
  title: z.string().min(1).max(1024),
  body: z.string().max(65_536).optional(),
  severity: z.enum(severities),
  labels: z.record(z.string(), z.string()),
  details: z.json().optional(),
  links: z.array(z.object({ href: z.string(), text: z.string() })).optional(),
  images: z.array(z.object({ src: z.string(), href: z.string().optional(), alt: z.string().optional() })).optional(),
  source: z.string().optional(),
  startedAt: InstantSchema.optional(),
  /** A trigger that is not repeated until then counts as resolved. */
  endsAt: InstantSchema.optional(),
  /** Slug of a service that the sender names. */
  service: z.string().optional(),
})
export type Signal = z.output<typeof SignalSchema>
