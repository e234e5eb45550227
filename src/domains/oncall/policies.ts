// Commands and queries about escalation policies.
import { z } from 'zod'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { namedBy } from '#kernel/naming.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, InstantOut } from '#kernel/time.ts'
import { done, Done, Name, Slug, UserIdSchema } from '#domains/directory/index.ts'
import { howReached } from '#domains/notifications/index.ts'
import { readBook } from './book.ts'
import { policyChanged } from './events.ts'
import { peopleOfLevel, type Book } from './level.ts'
import { policyFields, type Level } from './policy.ts'
import { teamIdOf } from './schedules.ts'
import * as store from './schedule-store.ts'
import { PolicyView, policyView } from './views.ts'

const Key = z.string().max(60)

export const listPolicies = defineQuery({
  name: 'oncall.listPolicies',
  summary: 'List escalation policies',
  http: 'GET /policies',
  needs: 'oncall:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ items: z.array(PolicyView) }),
  examples: [{}],
  run: async ({ scope }) => ({ items: (await store.listPolicies(scope)).map(policyView) }),
})

const Simulated = z.object({
  level: z.number(),
  at: InstantOut,
  afterSeconds: z.number(),
  reason: z.string(),
  people: z.array(z.object({ userId: UserIdSchema, name: z.string(), reason: z.string(), reached: z.string() })),
})

export const getPolicy = defineQuery({
  name: 'oncall.getPolicy',
  summary: 'Show one policy, and whom it would page if it rang now',
  http: 'GET /policies/{policy}',
  needs: 'oncall:read',
  on: ({ policy }) => ({ policy }),
  input: z.strictObject({ policy: Key }),
  output: PolicyView.extend({ ifItRangNow: z.array(Simulated) }),
  examples: [{ policy: 'payments' }],
  async run({ scope, now }, { policy: key }) {
    const policy = await store.findPolicy(scope, key)
    if (!policy) throw missing('policy')
    const book = await readBook(scope, policy.levels)
    const levels = simulated(policy.levels, book, now)
    const reached = await howReached(scope, [...new Set(levels.flatMap((level) => level.people.map((one) => one.userId)))])
    return {
      ...policyView(policy),
      ifItRangNow: levels.map((level) => ({
        ...level,
        people: level.people.map(({ userId, name, reason }) => ({
          userId,
          name,
          reason,
          reached: reached.get(userId)?.words ?? 'cannot be reached',
        })),
      })),
    }
  },
})

/** One round if nobody answered, begun now: a level with nobody takes no time. */
function simulated(levels: readonly Level[], book: Book, now: z.output<typeof InstantOut>) {
  let afterSeconds = 0
  return levels.map((level, i) => {
    const at = addSeconds(now, afterSeconds)
    const { people, reason } = peopleOfLevel(level, book, at)
    const line = {
      level: i + 1,
      at,
      afterSeconds,
      people,
      reason: people.length > 0 ? `paged after ${afterSeconds} s` : `skipped at once: ${reason}`,
    }
    if (people.length > 0) afterSeconds += level.delaySeconds
    return line
  })
}

const fields = { name: Name, team: Slug.nullable(), ...policyFields }

export const addPolicy = defineCommand({
  name: 'oncall.addPolicy',
  summary: 'Add an escalation policy',
  http: 'POST /policies',
  status: 201,
  needs: 'oncall:configure',
  on: ({ team }) => (team ? { team } : ({} as Record<string, string>)),
  input: z.strictObject({
    slug: Slug,
    name: fields.name,
    team: fields.team.default(null),
    levels: fields.levels,
    repeat: fields.repeat.default(1),
    ackTimeoutSeconds: fields.ackTimeoutSeconds.default(null),
  }),
  output: PolicyView,
  examples: [
    {
      slug: 'payments',
      name: 'Payments',
      levels: [{ targets: [{ schedule: 'payments' }], delaySeconds: 300 }, { targets: [{ user: 'mara' }] }],
    },
  ],
  async run({ scope, emit, newId }, { slug, team, ...content }) {
    await checkTargets(scope, content.levels)
    const id = newId('pol')
    const isNew = await store.insertPolicy(scope, id, slug, { ...content, teamId: await teamIdOf(scope, team) })
    if (!isNew) return refuse(`There is already a policy ${slug}.`)
    await emit(policyChanged, { policyId: id, what: 'added', slug })
    return policyView((await store.findPolicy(scope, id))!)
  },
})

export const changePolicy = defineCommand({
  name: 'oncall.changePolicy',
  summary: 'Change an escalation policy; pages that run keep the one they began with',
  http: 'PATCH /policies/{policy}',
  needs: 'oncall:configure',
  on: ({ policy, team }) => ({ policy, ...(team ? { team } : {}) }),
  input: z.strictObject({ policy: Key, ...z.strictObject(fields).partial().shape }),
  output: PolicyView,
  examples: [{ policy: 'payments', repeat: 2 }],
  async run({ scope, emit }, { policy: key, team, ...changes }) {
    await store.lockPolicy(scope, key)
    const policy = await store.findPolicy(scope, key)
    if (!policy) throw missing('policy')
    const { id, slug, name, levels, repeat, ackTimeoutSeconds } = policy
    const content = {
      name,
      levels,
      repeat,
      ackTimeoutSeconds,
      ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
      teamId: team === undefined ? (policy.team?.id ?? null) : await teamIdOf(scope, team),
    }
    await checkTargets(scope, content.levels)
    await store.savePolicy(scope, id, content)
    await emit(policyChanged, { policyId: id, what: 'changed', slug })
    return policyView((await store.findPolicy(scope, id))!)
  },
})

export const removePolicy = defineCommand({
  name: 'oncall.removePolicy',
  summary: 'Remove an escalation policy that nothing names',
  http: 'DELETE /policies/{policy}',
  needs: 'oncall:configure',
  on: ({ policy }) => ({ policy }),
  input: z.strictObject({ policy: Key }),
  output: Done,
  examples: [{ policy: 'payments' }],
  async run(context, { policy: key }) {
    const { scope, emit } = context
    const policy = await store.findPolicy(scope, key)
    if (!policy) throw missing('policy')
    const naming = await namedBy(context, 'policy', policy.slug, 'page by it')
    if (naming !== undefined) return refuse(naming)
    await store.deletePolicy(scope, policy.id)
    await emit(policyChanged, { policyId: policy.id, what: 'removed', slug: policy.slug })
    return done
  },
})

/** Throws AppError 'bad-configuration' with the place of every target that is not there. */
async function checkTargets(scope: Scope, levels: readonly Level[]): Promise<void> {
  const book = await readBook(scope, levels)
  const faults = levels.flatMap((level, l) =>
    level.targets.flatMap((target, t) => {
      const [kind, name] = Object.entries(target)[0]!
      const known = kind === 'user' ? book.people[name] : kind === 'team' ? book.teams[name] : book.schedules[name]
      return known ? [] : [{ path: `/levels/${l}/targets/${t}`, message: `there is no ${kind} ${name}` }]
    }),
  )
  if (faults.length > 0)
    throw new AppError('bad-configuration', `Level ${Number(faults[0]!.path.split('/')[2]) + 1}: ${faults[0]!.message}.`, { faults })
}
