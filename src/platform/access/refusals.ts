// Writes down who was refused what, in a transaction of its own, for the refused one is rolled back. The first few of a kind are written at once, of
// the rest only how many there were, in windows that grow: nobody fills the record by knocking, and no stranger hides what a person tried.
import { anonymous, personOf, type Actor, type UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, secondsBetween, type Instant } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { accessRefused, moreAccessRefused } from './events.ts'

/** What somebody tries to get into an account with: its address, or the token of a link to set its password. */
export type SignInBy = { email: string } | { link: string }
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
/** What strangers together may write, those who try to sign in and all others each: this many at once, one more every five seconds. */
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

/** Those who share a bound. `mayWrite` takes one of what they may write together. */
type Crowd = { knockers: Map<string, Knocker>; most: number; mayWrite: (now: Instant) => boolean }

export function createRefusals({ clock, transact }: Pick<Engine, 'clock' | 'transact'>): Refusals {
  const people: Crowd = { knockers: new Map(), most: Infinity, mayWrite: () => true }
  // Whoever knocks anywhere, with keys that nobody has, takes nothing from what is written of those who try to sign in.
  const [signingIn, strangers] = [crowdOfStrangers(clock.now()), crowdOfStrangers(clock.now())]

  function knockerOf({ actor, address, signIn }: Refused, now: Instant): { knocker: Knocker; crowd: Crowd } {
    const person = personOf(actor)
    const crowd = person ? people : signIn ? signingIn : strangers
    const own = person ?? `${address} ${signIn?.account ?? ''}`
    const key = crowd.knockers.has(own) || crowd.knockers.size < crowd.most ? own : ''
    const known = crowd.knockers.get(key)
    if (known) return { knocker: known, crowd }
    const knocker = newKnocker({ actor, userId: person ?? null, address: key === '' ? '' : address }, now)
    crowd.knockers.set(key, knocker)
    return { knocker, crowd }
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

  async function settleOne(knocker: Knocker, crowd: Crowd, now: Instant, everything: boolean): Promise<void> {
    const { actor, userId, address, more, since } = knocker
    knocker.more = 0
    if (address !== '' && !everything && !crowd.mayWrite(now)) {
      const rest = crowd.knockers.get('') ?? newKnocker({ actor: anonymous, userId: null, address: '' }, now)
      rest.more += more
      crowd.knockers.set('', rest)
      return
    }
    await transact(actor, ({ emit }) => emit(moreAccessRefused, { userId, address, times: more, since }))
  }

  const settle: Refusals['settle'] = async ({ everything } = { everything: false }) => {
    const now = clock.now()
    const due: { knocker: Knocker; crowd: Crowd }[] = []
    for (const crowd of [people, signingIn, strangers])
      for (const [key, knocker] of crowd.knockers) {
        if (!everything && knocker.until > now) continue
        if (knocker.more === 0 || everything) crowd.knockers.delete(key)
        if (knocker.more > 0) due.push({ knocker, crowd })
      }
    // Whoever goes on is heard of less and less often.
    for (const { knocker, crowd } of due) {
      await settleOne(knocker, crowd, now, everything)
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
      const { knocker, crowd } = knockerOf(refused, now)
      const what = JSON.stringify([refused.operation, refused.target, refused.reason])
      const isNew = !knocker.written.has(what) && knocker.written.size < writtenEach
      if (!isNew || !crowd.mayWrite(now)) {
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

function crowdOfStrangers(since: Instant): Crowd {
  let left = strangersBurst
  let at = since
  return {
    knockers: new Map(),
    most: mostStrangers,
    mayWrite(now) {
      left = Math.min(strangersBurst, left + Math.max(0, secondsBetween(at, now)) * strangersPerSecond)
      at = now
      if (left < 1) return false
      left--
      return true
    },
  }
}
