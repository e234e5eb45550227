// What an escalation policy is: whom to page, in which order, after how long, and how often from the start.
import { z } from 'zod'
import { Name, Slug } from '#domains/directory/index.ts'

const TargetSchema = z.union([
  z.strictObject({ user: Slug }).meta({ description: 'A person, by handle' }),
  z.strictObject({ schedule: Slug }).meta({ description: 'Whoever is on call there at that moment' }),
  z.strictObject({ team: Slug }).meta({ description: 'Everybody of a team' }),
])

export const LevelSchema = z.strictObject({
  targets: z.array(TargetSchema).min(1).max(20),
  delaySeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(300)
    .meta({ description: 'How long this level has to answer before the next one is paged' }),
})

/** What a policy says beside its name. A page takes a copy of it when it starts. */
export const policyFields = {
  levels: z.array(LevelSchema).min(1).max(20),
  repeat: z.int().min(0).max(9).meta({ description: 'How often the levels are gone through once more when nobody answered' }),
  ackTimeoutSeconds: z
    .int()
    .min(60)
    .max(604_800)
    .nullable()
    .meta({ description: 'After this long an acknowledged page that is still open pages again; null: never' }),
}

export const PolicySpecSchema = z.strictObject({
  slug: Slug,
  name: Name,
  team: Slug.nullable().default(null),
  levels: policyFields.levels,
  repeat: policyFields.repeat.default(1),
  ackTimeoutSeconds: policyFields.ackTimeoutSeconds.default(null),
})

export type Target = z.output<typeof TargetSchema>
export type Level = z.output<typeof LevelSchema>
export type PolicySpec = z.output<typeof PolicySpecSchema>

/** The slugs and handles that levels name, by kind. */
export function namesIn(levels: readonly Level[]): { users: string[]; schedules: string[]; teams: string[] } {
  const targets = levels.flatMap((level) => level.targets)
  return {
    users: [...new Set(targets.flatMap((target) => ('user' in target ? [target.user] : [])))],
    schedules: [...new Set(targets.flatMap((target) => ('schedule' in target ? [target.schedule] : [])))],
    teams: [...new Set(targets.flatMap((target) => ('team' in target ? [target.team] : [])))],
  }
}
