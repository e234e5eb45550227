// What the record says of requests that were refused. Names people by id only; holds no input, no token, no password.
import { z } from 'zod'
import type { UserId } from '#kernel/actor.ts'
import { defineEvent } from '#kernel/define.ts'
import type { NameOf } from '#kernel/event.ts'
import { idOf } from '#kernel/ids.ts'

/** Whom it is about: the person who asked or whose account was tried; null when nobody known. */
const Person = (idOf('usr') as z.ZodType<UserId, UserId>).nullable()

/** One refused request. `target`: what it asked for, by kind. `address`: where it came from. */
export const accessRefused = defineEvent({
  type: 'auth.refused',
  version: 1,
  data: z.object({
    userId: Person,
    operation: z.string(),
    target: z.record(z.string(), z.string()),
    address: z.string(),
    reason: z.string(),
  }),
  about: ({ userId }) => aboutWhom(userId),
  sentence: ({ data, actor }, name) => {
    const things = Object.entries(data.target).map(([kind, key]) => `${kind} ${name(key)}`)
    const whom = actor === 'anonymous' && data.userId ? ` as ${name(data.userId)}` : ''
    return `${who(actor, name)} at ${data.address} was refused ${data.operation}${things.length > 0 ? ` of ${things.join(', ')}` : ''}${whom}: ${data.reason}`
  },
})

/** Refused requests that were only counted, since `since`. Address and person are empty when they came from many. */
export const moreAccessRefused = defineEvent({
  type: 'auth.refused-more',
  version: 1,
  data: z.object({ userId: Person, address: z.string(), times: z.number(), since: z.string() }),
  about: ({ userId }) => aboutWhom(userId),
  sentence: ({ data, actor }, name) => {
    const from = data.address === '' ? ' at many addresses' : ` at ${data.address}`
    return `${who(actor, name)}${from} was refused ${data.times} more ${data.times === 1 ? 'request' : 'requests'}`
  },
})

const aboutWhom = (userId: UserId | null): Record<string, string> => (userId ? { user: userId } : { strangers: 'strangers' })

const who = (actor: string, name: NameOf): string => (actor === 'anonymous' ? 'Somebody' : name(actor))
