// Who a request comes from: one question to the database, and the note that a credential was used, when it is time for one.
import { system } from '#kernel/actor.ts'
import { actorOfSession, actorOfToken } from '#domains/directory/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import type { Authenticate } from '#platform/http/api.ts'
import { hashOfToken } from '#platform/secrets/token.ts'

const authentication = system('authentication')

/** Looks at every request: nobody keeps rights that were taken away. */
export const authenticateBy =
  (engine: Pick<Engine, 'transact'>): Authenticate =>
  async ({ session, token }) => {
    if (!session && !token) return undefined
    const proven = await engine.transact(
      authentication,
      ({ scope }) => (session ? actorOfSession(scope, hashOfToken(session)) : actorOfToken(scope, hashOfToken(token!))),
      { atOneMoment: true },
    )
    const { actor, touch } = proven ?? {}
    if (touch) await engine.transact(authentication, ({ scope }) => touch(scope), { durable: false })
    return actor
  }
