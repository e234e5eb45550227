// A change: what a source says was done to something, a deployment, a flag, a migration. It pages nobody; it is shown beside what breaks after it.
import { z } from 'zod'
import { cut, fittedLinks, LinkSchema } from './signal.ts'
import { InstantSchema } from './time.ts'

/** `at`: when it was done; absent: when it was received. `service`: the one that it is about, by key. `source`: what did it, as it calls itself. */
export const ReportedChangeSchema = z.strictObject({
  summary: z.string().min(1).max(1024),
  at: InstantSchema.optional(),
  service: z.string().max(255).optional(),
  source: z.string().max(1024).optional(),
  links: z.array(LinkSchema).max(50),
  /** Whatever else was said, kept. */
  details: z.json().optional(),
})
export type ReportedChange = z.output<typeof ReportedChangeSchema>

/** Within the bounds of what is stored, as `fitted` does it for signals. */
export const fittedChange = (change: ReportedChange): ReportedChange => ({
  ...change,
  summary: cut(change.summary, 1024) || 'Change without a summary',
  links: fittedLinks(change.links),
  ...(change.service === undefined ? {} : { service: cut(change.service, 255) }),
  ...(change.source === undefined ? {} : { source: cut(change.source, 1024) }),
})
