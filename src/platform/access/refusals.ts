// Writes down who was refused what, in a transaction of its own, for the refused one is rolled back. The first few of a kind are written at once, of
// the rest only how many there were, in windows that grow: nobody fills the record by knocking, and no stranger hides what a person tried.
import { anonymous, personOf, type Actor, type UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, secondsBetween, type Instant } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { accessRefused, moreAccessRefused } from './events.ts'

/** Whose account somebody tried to sign in to, and why in words that only the record shows. `userId` is null for an account that is not there. */
export type SignInTried = { userId: UserId | null; reason: string }

export type Refused = {
  actor: Actor
  /** An operation's name, or the method and the pattern of a page: never what was filled in. */
  operation: string
  /** What was asked for, by kind. */
  target: Record<string, string>
  address: string
  reason: string
  /** A sign-in: `account` keeps apart whose it was meant to be, `find` looks in the transaction that writes it; with `tellsWhy` its reason is the better one. */
  signIn?: { account: string; find: (scope: Scope) => Promise<SignInTried>; tellsWhy: boolean }
}

export type Refusals = {
  /** Resolves when it is written or counted. Costs the same whether or not what was asked for exists. */
  note(refused: Refused): Promise<void>
  /** Writes how many more there were, for every window that is over; with `everything` for all of them, before a node stops. */
  settle(options?: { everything: boolean }): Promise<void>
}

/** Different refusals of one person, or of one address, that are written one by one in a window. */
const writtenEach = 20
const firstWindowSeconds = 60
const longestWindowSeconds = 3600
/** What strangers together may write: this many at once, one more every five seconds. */
const strangersBurst = 200
const strangersPerSecond = 0.2
const mostStrangers = 1000

type Knocker = {
  actor: Actor
  userId: UserId | null
  address: string
  written: Set<string>
  more: number
  since: Instant
  until: Instant
  windowSeconds: number
}

export function createRefusals({ clock, transact }: Pick<Engine, 'clock' | 'transact'>): Refusals {
  const people = new Map<string, Knocker>()
  const strangers = new Map<string, Knocker>()
  let budget = strangersBurst
  let budgetAt = clock.now()

  const strangersMayWrite = (now: Instant): boolean => {
    budget = Math.min(strangersBurst, budget + Math.max(0, secondsBetween(budgetAt, now)) * strangersPerSecond)
    budgetAt = now
    if (budget < 1) return false
    budget--
    return true
  }

  function knockerOf({ actor, address, signIn }: Refused, now: Instant): Knocker {
    const person = personOf(actor)
    const all = person ? people : strangers
    const own = person ?? `${address} ${signIn?.account ?? ''}`
    const key = person || all.has(own) || all.size < mostStrangers ? own : ''
    const known = all.get(key)
    if (known) return known
    const knocker = newKnocker({ actor, userId: person ?? null, address: key === '' ? '' : address }, now)
    all.set(key, knocker)
    return knocker
  }

  async function write(refused: Refused, knocker: Knocker): Promise<void> {
    const { actor, operation, target, address, signIn } = refused
    await transact(actor, async ({ scope, emit }) => {
      const tried = await signIn?.find(scope)
      const userId = tried ? tried.userId : (personOf(actor) ?? null)
      knocker.userId = userId
      await emit(accessRefused, { userId, operation, target, address, reason: tried && signIn?.tellsWhy ? tried.reason : refused.reason })
    })
  }

  async function settleOne(knocker: Knocker, now: Instant, everything: boolean): Promise<void> {
    const { actor, userId, address, more, since } = knocker
    knocker.more = 0
    if (personOf(actor) === undefined && address !== '' && !everything && !strangersMayWrite(now)) {
      const rest = strangers.get('') ?? newKnocker({ actor: anonymous, userId: null, address: '' }, now)
      rest.more += more
      strangers.set('', rest)
      return
    }
    await transact(actor, ({ emit }) => emit(moreAccessRefused, { userId, address, times: more, since }))
  }

  const settle: Refusals['settle'] = async ({ everything } = { everything: false }) => {
    const now = clock.now()
    const due: Knocker[] = []
    for (const all of [people, strangers])
      for (const [key, knocker] of all) {
        if (!everything && knocker.until > now) continue
        if (knocker.more === 0 || everything) all.delete(key)
        if (knocker.more > 0) due.push(knocker)
      }
    // Whoever goes on is heard of less and less often.
    for (const knocker of due) {
      await settleOne(knocker, now, everything)
      knocker.written.clear()
      knocker.windowSeconds = Math.min(longestWindowSeconds, 2 * knocker.windowSeconds)
      knocker.since = now
      knocker.until = addSeconds(now, knocker.windowSeconds)
    }
  }

  return {
    settle,
    async note(refused) {
      const now = clock.now()
      const knocker = knockerOf(refused, now)
      const what = JSON.stringify([refused.operation, refused.target, refused.reason])
      const isNew = !knocker.written.has(what) && knocker.written.size < writtenEach
      if (!isNew || (personOf(refused.actor) === undefined && !strangersMayWrite(now))) {
        knocker.more++
        return
      }
      knocker.written.add(what)
      await write(refused, knocker)
    },
  }
}

const newKnocker = (who: Pick<Knocker, 'actor' | 'userId' | 'address'>, now: Instant): Knocker => ({
  ...who,
  written: new Set(),
  more: 0,
  since: now,
  until: addSeconds(now, firstWindowSeconds),
  windowSeconds: firstWindowSeconds,
})
