// The phones and mailboxes of a fake world: channels that write down what each person gets, and that can be made to fail.
import { expect } from 'vitest'
import { z } from 'zod'
import type { ChannelDefinition, ChannelMessage, ChannelResult } from '#kernel/integration.ts'
import type { Actor } from '#kernel/actor.ts'
import { addContactMethod } from '#domains/notifications/methods.ts'
import type { World } from './world.ts'

type Got = ChannelMessage & { channel: 'web-push' | 'email'; address: string }

export type People = {
  channels: ReadonlyMap<string, ChannelDefinition>
  /** Everything that anybody got, in order. */
  got: Got[]
  /** What a channel answers from now on; undefined: it delivers. */
  breaks(channel: 'web-push' | 'email', how: Extract<ChannelResult, { status: 'failed' }> | undefined): void
  phoneOf(handle: string): Box
  mailboxOf(handle: string): Box
}

/** One person's phone or mailbox. */
type Box = {
  all(): Got[]
  /** Something that reads like this has come since the last look; returns it. */
  gets(pattern: RegExp): Got
  gotNothingMore(): void
}

const endpointOf = (handle: string): string => `https://push.example.test/${handle}`

/** Fake channels to hand to `createWorld`. */
export function people(): People {
  const got: Got[] = []
  const broken = new Map<string, Extract<ChannelResult, { status: 'failed' }>>()
  const seen = new Map<string, number>()
  const channel = (name: 'web-push' | 'email', addressOf: (address: unknown) => string, address: z.ZodType): ChannelDefinition => ({
    summary: name,
    address,
    recognisesKey: true,
    send(_, to, message) {
      const failure = broken.get(name)
      if (failure) return Promise.resolve(failure)
      got.push({ ...message, channel: name, address: addressOf(to) })
      return Promise.resolve({ status: 'delivered' })
    },
  })
  const box = (name: 'web-push' | 'email', address: string): Box => {
    const all = () => got.filter((one) => one.channel === name && one.address === address)
    const fresh = () => all().slice(seen.get(`${name} ${address}`) ?? 0)
    return {
      all,
      gets(pattern) {
        const index = fresh().findIndex((one) => pattern.test(`${one.title}\n${one.body}`))
        expect(
          fresh().map((one) => one.title),
          `${name} of ${address} should have got ${pattern}`,
        ).toEqual(expect.arrayContaining([expect.anything()]))
        expect(
          index,
          `${name} of ${address} got ${JSON.stringify(fresh().map((one) => `${one.title}: ${one.body}`))}, not ${pattern}`,
        ).toBeGreaterThanOrEqual(0)
        const found = fresh()[index]!
        seen.set(`${name} ${address}`, (seen.get(`${name} ${address}`) ?? 0) + index + 1)
        return found
      },
      gotNothingMore: () => expect(fresh().map((one) => `${one.title}: ${one.body}`)).toEqual([]),
    }
  }
  return {
    got,
    channels: new Map([
      ['web-push', channel('web-push', (address) => (address as { endpoint: string }).endpoint, z.object({ endpoint: z.string() }))],
      ['email', channel('email', String, z.string())],
    ]),
    breaks: (name, how) => void (how ? broken.set(name, how) : broken.delete(name)),
    phoneOf: (handle) => box('web-push', endpointOf(handle)),
    mailboxOf: (handle) => box('email', `${handle}@example.test`),
  }
}

/** Gives a person a phone that web push reaches. Answers the method's id. */
export async function givePhone(world: World, actor: Extract<Actor, { kind: 'user' }>, handle: string): Promise<string> {
  const keys = { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) }
  return (
    await world.do(actor, addContactMethod, {
      channel: 'web-push',
      address: { endpoint: endpointOf(handle), keys },
      label: `${handle}'s phone`,
    })
  ).id
}
