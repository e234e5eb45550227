// Commands and queries about how a person is reached. Everybody keeps their own; addresses are sealed and shown only as labels.
import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { personOf, type UserId } from '#kernel/actor.ts'
import type { CommandContext, QueryContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { InstantOut } from '#kernel/time.ts'
import { done, Done, Name } from '#domains/directory/index.ts'
import { askForCode } from './codes.ts'
import { contactMethodAdded, contactMethodRemoved, contactMethodVerified, MethodIdSchema } from './events.ts'
import { planOf } from './plan.ts'
import { reach } from './reach.ts'
import { accountMethod, reachableOf } from './reachable.ts'
import * as store from './store.ts'

const mostMethods = 20
const mostTries = 5

const MethodView = z
  .object({
    id: z.string(),
    channel: z.string(),
    label: z.string(),
    state: z.enum(['works', 'unverified', 'dead']),
    reason: z.string(),
    builtIn: z.boolean(),
    createdAt: InstantOut.nullable(),
  })
  .meta({ id: 'ContactMethod' })

/** A browser's push subscription, as `PushSubscription.toJSON()` gives it. Only https: it is where we will send to. */
const Subscription = z.strictObject({
  endpoint: z
    .url({ protocol: /^https$/ })
    .max(1000)
    .refine((endpoint) => !/^https:\/\/[^/?#]*@/i.test(endpoint), 'A push service has no user and no password in its address.'),
  keys: z.strictObject({ p256dh: z.string().regex(/^[\w-]{80,100}={0,2}$/), auth: z.string().regex(/^[\w-]{16,40}={0,2}$/) }),
})

const Added = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('email'), address: z.email().max(254), label: Name.optional() }),
  z.strictObject({ channel: z.literal('web-push'), address: Subscription, label: Name.default('This browser') }),
])

export const myMethods = defineQuery({
  name: 'notifications.myMethods',
  summary: 'How you are reached',
  http: 'GET /me/contact-methods',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ items: z.array(MethodView), plan: z.object({ page: z.string(), update: z.string() }) }),
  examples: [{}],
  async run(context) {
    const userId = self(context)
    const own = await store.methodsOf(context.scope, [userId])
    const plan = async (urgency: 'page' | 'update') => {
      const [person] = await reachableOf(context.scope, [userId], urgency)
      return { reason: planOf(person?.methods ?? [], person?.rules ?? []).reason, methods: person?.methods ?? [] }
    }
    const page = await plan('page')
    const update = await plan('update')
    const account = page.methods.find((method) => method.id === accountMethod)
    return {
      items: [
        {
          id: 'web',
          channel: 'web',
          label: 'Tocsin, while it is open',
          state: 'works' as const,
          reason: 'always there',
          builtIn: true,
          createdAt: null,
        },
        ...(account
          ? [{ ...account, state: 'works' as const, reason: 'the address you sign in with', builtIn: true, createdAt: null }]
          : []),
        ...own.map(view),
      ],
      plan: { page: page.reason, update: update.reason },
    }
  },
})

export const addContactMethod = defineCommand({
  name: 'notifications.addContactMethod',
  summary: 'Add a way to be reached',
  http: 'POST /me/contact-methods',
  status: 201,
  needs: 'signed-in',
  on: 'own',
  input: Added,
  output: MethodView,
  examples: [{ channel: 'email', address: 'mara@example.org' }],
  async run(context, input) {
    const { scope, emit, vault, newId, now } = context
    const userId = selfInBrowser(context)
    const address = json(input.channel === 'email' ? input.address.toLowerCase() : input.address)
    const identity = input.channel === 'email' ? address : input.address.endpoint
    const addressHash = createHash('sha256').update(identity).digest('hex')
    await store.lockWaysOf(scope, userId)
    const known = await store.lockMethodAt(scope, userId, input.channel, addressHash)
    if (!known && (await store.countMethods(scope, userId)) >= mostMethods)
      return refuse(`You have ${mostMethods} ways to be reached already; remove one first.`)
    // The same address again stays the method that the rules name, and proven where it was, unless it has stopped working since.
    const id = known?.id ?? newId('mth')
    const verifiedAt = input.channel === 'web-push' ? now : known?.deadAt === null ? known.verifiedAt : null
    await store.putMethod(scope, {
      id,
      userId,
      channel: input.channel,
      label: input.label ?? (input.channel === 'email' ? input.address.toLowerCase() : input.channel),
      addressSealed: vault.seal(address, store.addressPlace(id)),
      addressHash,
      verifiedAt,
    })
    await emit(contactMethodAdded, { userId, methodId: id, channel: input.channel })
    if (verifiedAt === null) await askForCode(context, { id, userId, channel: input.channel })
    return view((await store.findMethod(scope, userId, id))!)
  },
})

export const verifyContactMethod = defineCommand({
  name: 'notifications.verifyContactMethod',
  summary: 'Type the code that came, to show that this address is yours',
  http: 'POST /me/contact-methods/{methodId}/verify',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({ methodId: MethodIdSchema, code: z.string().trim().max(12) }),
  output: z.object({ verified: z.boolean(), reason: z.string() }),
  examples: [{ methodId: 'mth_01k3v0v5b8e6w9d2m4q7r1s5t8', code: '123456' }],
  async run(context, { methodId, code }) {
    const method = await store.lockMethod(context.scope, selfInBrowser(context), methodId)
    if (!method) throw missing('contact method')
    if (method.verifiedAt !== null) return { verified: true, reason: 'It was verified already.' }
    // A wrong code is counted, so it is an answer and no refusal: a refusal would roll the count back.
    if (method.codeTries >= mostTries) return { verified: false, reason: 'Too many wrong codes. Ask for a new one.' }
    if (!method.codeSealed || method.codeExpiresAt === null || method.codeExpiresAt <= context.now)
      return { verified: false, reason: 'The code is too old. Ask for a new one.' }
    const expected = context.vault.unseal(method.codeSealed, store.codePlace(method.id)).open()
    if (!isSame(code, expected)) {
      await store.countTry(context.scope, method.id)
      return { verified: false, reason: 'That is not the code that was sent.' }
    }
    await store.setVerified(context.scope, method.id)
    await context.emit(contactMethodVerified, { userId: method.userId, methodId: method.id, channel: method.channel })
    return { verified: true, reason: 'It works from now on.' }
  },
})

const OneMethod = z.strictObject({ methodId: MethodIdSchema })
const example = { methodId: 'mth_01k3v0v5b8e6w9d2m4q7r1s5t8' }

export const resendCode = defineCommand({
  name: 'notifications.resendCode',
  summary: 'Send a new code',
  http: 'POST /me/contact-methods/{methodId}/code',
  needs: 'signed-in',
  on: 'own',
  input: OneMethod,
  output: Done,
  examples: [example],
  async run(context, { methodId }) {
    const userId = selfInBrowser(context)
    await store.lockWaysOf(context.scope, userId)
    const method = await store.lockMethod(context.scope, userId, methodId)
    if (!method) throw missing('contact method')
    if (method.verifiedAt !== null) return refuse('It was verified already.')
    await askForCode(context, method)
    return done
  },
})

export const removeContactMethod = defineCommand({
  name: 'notifications.removeContactMethod',
  summary: 'Remove a way to be reached, and the rules that use it',
  http: 'DELETE /me/contact-methods/{methodId}',
  needs: 'signed-in',
  on: 'own',
  input: OneMethod,
  output: Done,
  examples: [example],
  async run(context, { methodId }) {
    const method = await store.lockMethod(context.scope, selfInBrowser(context), methodId)
    if (!method) throw missing('contact method')
    await store.deleteMethod(context.scope, method.userId, method.id)
    await context.emit(contactMethodRemoved, { userId: method.userId, methodId: method.id, channel: method.channel })
    return done
  },
})

export const testContactMethod = defineCommand({
  name: 'notifications.testContactMethod',
  summary: 'Send yourself a test',
  http: 'POST /me/contact-methods/{methodId}/test',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({ methodId: z.string().max(40) }),
  output: z.object({ reachKey: z.string() }),
  examples: [example],
  async run(context, { methodId }) {
    const userId = selfInBrowser(context)
    const [person] = await reachableOf(context.scope, [userId], 'page')
    const method = person?.methods.find((candidate) => candidate.id === methodId)
    if (!method) return refuse('This method does not work yet: verify it first.')
    const reachKey = `test/${context.newId('ntf')}`
    await context.tell(reach, reachKey, {
      type: 'start',
      userId,
      about: { user: userId },
      urgency: 'page',
      title: 'Test: this is how a page reaches you',
      body: `You asked for it. Nothing is wrong. It came by ${method.label}.`,
      path: '/settings/contact-methods',
      onlyMethod: method.id,
    })
    return { reachKey }
  },
})

export const pushKey = defineQuery({
  name: 'notifications.pushKey',
  summary: 'The public key that a browser subscribes to push with',
  http: 'GET /push-key',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ publicKey: z.string().nullable() }),
  examples: [{}],
  async run({ scope }) {
    return { publicKey: (await store.readPushKey(scope))?.publicKey ?? null }
  },
})

/** Who changes their own. Throws AppError 'forbidden' for an API token: whoever has one must not be able to turn somebody's pages elsewhere. */
export function selfInBrowser(context: Pick<CommandContext, 'actor'>): UserId {
  if (context.actor.kind !== 'user') throw new AppError('forbidden', 'How a person is reached is changed by that person, in the browser.')
  return self(context)
}

/** Who asks. Only a person has ways to be reached. Throws AppError 'missing' for anything else. */
export function self({ actor }: Pick<CommandContext | QueryContext, 'actor'>): UserId {
  const userId = personOf(actor)
  if (userId === undefined) throw missing('person')
  return userId
}

/** In a time that says nothing about where they differ. As octets: digits of another script are as many characters and more octets. */
function isSame(code: string, expected: string): boolean {
  const [given, wanted] = [Buffer.from(code), Buffer.from(expected)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const json = (value: unknown): string => JSON.stringify(value)

function view(method: store.Method): z.input<typeof MethodView> {
  const { id, channel, label, createdAt } = method
  const [state, reason] =
    method.deadAt !== null
      ? (['dead', method.deadReason ?? 'it no longer works'] as const)
      : method.verifiedAt === null
        ? (['unverified', 'waits for the code that was sent there'] as const)
        : (['works', 'verified'] as const)
  return { id, channel, label, state, reason, builtIn: false, createdAt }
}
