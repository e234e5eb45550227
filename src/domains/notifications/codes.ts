// Proves that an address is its person's: a code of six digits goes there, and has to come back within a quarter of an hour.
import { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { call, defineEffect, defineProcess, EffectFailure } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import { addSeconds, secondsBetween, spokenDuration } from '#kernel/time.ts'
import { UserIdSchema } from '#domains/directory/index.ts'
import { contactMethodCodeAsked, MethodIdSchema, type MethodId } from './events.ts'
import * as store from './store.ts'

const validSeconds = 900
/** Of one person, whatever the address: nobody has ten, and each code may be guessed at five times. */
const mostCodes = 10
const withinSeconds = 3600

const CodeInput = z.object({ type: z.literal('start'), userId: UserIdSchema, methodId: MethodIdSchema })

/** Sends the code that is stored (sealed) with the method. */
export const sendCode = defineEffect({
  name: 'notifications.send-code',
  input: CodeInput,
  outcome: z.object({ sent: z.boolean(), reason: z.string() }),
  repeat: 'with-key',
  retry: { attempts: 5, firstSeconds: 2 },
  look: ({ scope }, { userId, methodId }) => store.findMethod(scope, userId, methodId),
  looksAtOnce: true,
  async run(context, { methodId }, method) {
    if (!method?.codeSealed) return { sent: false, reason: 'it was verified or removed by then' }
    const channel = context.channel(method.channel)
    if (!channel) throw new EffectFailure(`there is no channel ${method.channel} in this installation`, { canRetry: false })
    const code = context.vault.unseal(method.codeSealed, store.codePlace(methodId)).open()
    const address = JSON.parse(context.vault.unseal(method.addressSealed, store.addressPlace(methodId)).open()) as unknown
    const result = await channel.send(
      { outbound: context.outbound, now: context.clock.now(), settings: context.settings, publicUrl: context.publicUrl },
      address,
      {
        key: `code-${methodId.slice(4)}-${code}`,
        repeated: context.repeated,
        title: `${code} is your code`,
        body: `Type ${code} to show that this address reaches you. It is good for 15 minutes.`,
        url: `${context.publicUrl}/settings/contact-methods`,
        urgency: 'update',
      },
    )
    if (result.status === 'failed') throw new EffectFailure(result.reason, { canRetry: result.canRetry })
    return { sent: true, reason: 'sent' }
  },
})

const CodeState = z.object({ phase: z.enum(['new', 'sending', 'over']) })

/** Keyed by method and time of asking. */
export const codeProcess = defineProcess<z.output<typeof CodeState>, z.output<typeof CodeInput>>({
  name: 'notifications.code',
  version: 1,
  state: CodeState,
  input: CodeInput,
  initial: () => ({ phase: 'new' }),
  decide(_, input) {
    if (input.type === 'start') return { state: { phase: 'sending' }, reason: 'the code is sent', effects: [call(sendCode, input)] }
    if (input.type === 'woke') return { state: { phase: 'over' }, reason: 'nothing to wait for', ended: true }
    const reason = input.result.type === 'done' ? 'the code was sent' : `the code was not sent: ${input.result.reason}`
    return { state: { phase: 'over' }, reason, ended: true }
  },
})

/** Makes a fresh code for a method and sends it. Its person's ways are locked. Throws AppError 'too-many'. */
export async function askForCode(
  { scope, vault, newSecret, tell, emit, now }: CommandContext,
  method: { id: MethodId; userId: z.output<typeof UserIdSchema>; channel: string },
): Promise<void> {
  const { userId, channel } = method
  const earliest = (await store.codesAskedBy(scope, userId, mostCodes))[mostCodes - 1]
  const retryAfterSeconds = earliest === undefined ? 0 : Math.ceil(withinSeconds - secondsBetween(earliest, now))
  if (retryAfterSeconds > 0)
    throw new AppError('too-many', `You asked for ${mostCodes} codes within an hour. Try again in ${spokenDuration(retryAfterSeconds)}.`, {
      retryAfterSeconds,
    })
  await emit(contactMethodCodeAsked, { userId, methodId: method.id, channel })
  const code = String(parseInt(newSecret().hash.slice(0, 12), 16) % 1_000_000).padStart(6, '0')
  await store.setCode(scope, method.id, { sealed: vault.seal(code, store.codePlace(method.id)), expiresAt: addSeconds(now, validSeconds) })
  await tell(codeProcess, `${method.id}/${now}`, { type: 'start', userId: method.userId, methodId: method.id })
}
