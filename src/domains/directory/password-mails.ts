// The mails about passwords: a link to set one, and that one was set. They go out after the commit; right before, it is looked whether they are still wanted.
import { z } from 'zod'
import { call, defineEffect, defineProcess, EffectFailure } from '#kernel/define.ts'
import type { EffectContext } from '#kernel/effect.ts'
import { idOf } from '#kernel/ids.ts'
import type { ChannelMessage } from '#kernel/integration.ts'
import { spokenTime, type Instant } from '#kernel/time.ts'
import { passwordLinkAsked, passwordLinkNotMailed } from './events.ts'
import * as links from './password-link-store.ts'

/** For longer than a link of an hour lives, and for a mail server that is down for a morning. */
const tries = { attempts: 132, firstSeconds: 10 }
const longestPauseSeconds = 120

const LinkMail = z.object({ linkId: idOf('pwl') })
const SetMail = LinkMail.extend({ network: z.string() })
const Outcome = z.object({ status: z.enum(['sent', 'skipped']), reason: z.string() })
type Outcome = z.output<typeof Outcome>

/** Where the token of a link is sealed for. */
export const tokenPlace = (linkId: links.LinkId): string => `password_links/token/${linkId}`
/** Behind the fragment, which browsers send to nobody: it stands in no log and in no Referer. */
export const linkTo = (publicUrl: string, token: string): string => `${publicUrl}/set-password#${token}`

export const mailLink = defineEffect({
  name: 'directory.mail-password-link',
  input: LinkMail,
  outcome: Outcome,
  repeat: 'with-key',
  retry: tries,
  look: async ({ scope }, { linkId }) => ({ link: await links.linkForMail(scope, linkId), at: scope.now }),
  async run(context, { linkId }, { link, at }) {
    if (!link) return { status: 'skipped', reason: 'nobody has this address' }
    if (link.disabledAt !== null || link.endedBy !== null || link.expiresAt <= at || link.tokenSealed === null)
      return { status: 'skipped', reason: 'the link is void by now' }
    const token = context.vault.unseal(link.tokenSealed, tokenPlace(linkId)).open()
    return send(context, link.email, linkMail(link, linkTo(context.publicUrl, token)))
  },
})

export const mailPasswordSet = defineEffect({
  name: 'directory.mail-password-set',
  input: SetMail.extend({ at: z.string() }),
  outcome: Outcome,
  repeat: 'with-key',
  retry: tries,
  look: ({ scope }, { linkId }) => links.linkForMail(scope, linkId),
  async run(context, { at, network }, link) {
    if (!link || link.disabledAt !== null) return { status: 'skipped', reason: 'the person is disabled' }
    return send(context, link.email, setMail(link, { at: at as Instant, network, url: `${context.publicUrl}/sign-in` }))
  },
})

const Input = z.discriminatedUnion('type', [LinkMail.extend({ type: z.literal('link') }), SetMail.extend({ type: z.literal('set') })])
type Input = z.output<typeof Input>
const State = z.object({ linkId: idOf('pwl').nullable(), mails: z.enum(['link', 'set']) })

/** One for each mail, keyed by link and what it says of it. */
export const passwordMail = defineProcess<z.output<typeof State>, Input>({
  name: 'directory.password-mail',
  version: 1,
  state: State,
  input: Input,
  initial: () => ({ linkId: null, mails: 'link' }),
  decide(state, input, now) {
    if (input.type === 'woke') return { state, reason: 'nothing is due' }
    if (input.type === 'effect')
      return { state, reason: input.result.type === 'done' ? (input.result.outcome as Outcome).reason : input.result.reason, ended: true }
    const { type, ...about } = input
    return {
      state: { linkId: input.linkId, mails: type },
      reason: type === 'link' ? 'the link is mailed' : 'the person is told that their password was set',
      effects: ['network' in about ? call(mailPasswordSet, { ...about, at: now }) : call(mailLink, about)],
    }
  },
  async record({ scope, emit }, _key, { linkId, mails }, _decision, input) {
    if (input.type !== 'effect' || linkId === null || mails !== 'link') return
    const link = await links.forgetToken(scope, linkId)
    if (!link || link.userId === null) return
    const { result } = input
    const { userId, kind } = link
    if (result.type !== 'done') await emit(passwordLinkNotMailed, { userId })
    else if (kind === 'asked' && (result.outcome as Outcome).status === 'sent') await emit(passwordLinkAsked, { userId })
  },
})

type Text = Pick<ChannelMessage, 'title' | 'body' | 'url'>

function linkMail({ kind, by, organisation, email, expiresAt, zone }: links.LinkForMail, url: string): Text {
  const once = `The link works once, until ${spokenTime(expiresAt, zone)}.`
  const [title, ...lines] =
    kind === 'invitation'
      ? [
          `You are invited to ${organisation}`,
          `${by ?? 'An administrator'} added you to ${organisation} on Tocsin, where its incidents are worked on.`,
          `Open the link and set your password: then you are signed in. ${once}`,
          `Later you sign in with ${email} and that password.`,
        ]
      : [
          'Set a new password',
          kind === 'asked'
            ? `Somebody, probably you, asked for a link to set a new password for ${email} at ${organisation}.`
            : `${by ?? 'An administrator'} sends you a link to set a new password for ${email} at ${organisation}.`,
          `Open it and set one: then you are signed in, and signed out everywhere else. ${once}`,
          'Until then your password stays as it is. If you do not want a new one, do nothing.',
        ]
  return { title: title!, body: lines.join('\n'), url }
}

function setMail(
  { kind, by, organisation, zone }: links.LinkForMail,
  { at, network, url }: { at: Instant; network: string; url: string },
): Text {
  const link = {
    asked: 'the link that was asked for and mailed to this address',
    invitation: `the invitation of ${by ?? 'an administrator'}`,
    sent: `the link that ${by ?? 'an administrator'} made for you`,
    machine: 'a link that was made on the machine that Tocsin runs on',
  }[kind]
  return {
    title: 'Your password was set',
    body: [
      `Your password at ${organisation} was set on ${spokenTime(at, zone)}, from the network ${network}, with ${link}.`,
      'Whoever did it is signed in; every session before that has ended.',
      'If it was not you, ask for a new link at once, and tell an administrator.',
    ].join('\n'),
    url,
  }
}

async function send(context: EffectContext, email: string, text: Text): Promise<Outcome> {
  const channel = context.channel('email')
  if (!channel) return { status: 'skipped', reason: 'there is no e-mail in this installation' }
  const { outbound, now, publicUrl, settings, repeated, key, attempt } = context
  const retryAfterSeconds = Math.min(longestPauseSeconds, tries.firstSeconds * 2 ** (attempt - 1))
  const result = await channel
    .send({ outbound, now, settings, publicUrl }, channel.address.parse(email), { key, repeated, ...text, urgency: 'update' })
    .catch((error: unknown) => {
      // Whether it arrived is not known.
      throw new EffectFailure('the channel broke', { canRetry: true, retryAfterSeconds, inDoubt: true, cause: error })
    })
  if (result.status === 'failed') {
    const { canRetry, reason, inDoubt = false } = result
    throw new EffectFailure(reason, { canRetry, retryAfterSeconds: result.retryAfterSeconds ?? retryAfterSeconds, inDoubt })
  }
  return { status: 'sent', reason: 'the mail server took it' }
}
