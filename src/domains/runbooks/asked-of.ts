// Which of all open asks may wait for one person at this moment. Many wait for somebody else, or for nobody any more, and each is passed by without a look
// at its run.
import type { UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { rolesOfMany } from '#domains/incidents/index.ts'
import type { Who } from './definition.ts'
import { openAsks, type OpenAsk } from './run-store.ts'
import { peopleOf, whoMayAnswer } from './who.ts'

const pageSize = 500

/**
 * Every open ask that the scope sees and that names them, or only people who may not answer; the oldest first. The walls of an ask's incident are not
 * asked here.
 */
export async function* asksNaming(scope: Scope, person: UserId): AsyncGenerator<OpenAsk> {
  const namedBy = once((who: Who) => peopleOf(scope, [who], null))
  const answers = once(
    async ({ userId, kind, teamId }: Pick<OpenAsk, 'kind' | 'teamId'> & { userId: UserId }) =>
      (await whoMayAnswer(scope, { teamId }, { kind }, [userId])).length > 0,
  )
  for (let asks = await openAsks(scope, undefined, pageSize); asks.length > 0;) {
    const holders = await holdersIn(scope, asks)
    for (const ask of asks) {
      const { kind, teamId, incidentId } = ask
      const people: UserId[] = []
      for (const who of ask.who) people.push(...('role' in who ? (holders.get(`${incidentId} ${who.role}`) ?? []) : await namedBy(who)))
      let byOthers = people.length === 0
      if (!people.includes(person)) for (const userId of people) byOthers ||= await answers({ userId, kind, teamId })
      if (!byOthers) yield ask
    }
    asks = asks.length < pageSize ? [] : await openAsks(scope, asks.at(-1), pageSize)
  }
}

async function holdersIn(scope: Scope, asks: readonly OpenAsk[]): Promise<Map<string, UserId[]>> {
  const asking = asks.filter(({ who }) => who.some((one) => 'role' in one))
  const held = await rolesOfMany(scope, [...new Set(asking.flatMap(({ incidentId }) => incidentId ?? []))])
  const byRole = Map.groupBy(held, ({ incidentId, role }) => `${incidentId} ${role}`)
  return new Map([...byRole].map(([role, rows]) => [role, rows.map(({ userId }) => userId)]))
}

/** Asked once for each of what is given. */
function once<Given, Found>(look: (given: Given) => Promise<Found>): (given: Given) => Promise<Found> {
  const known = new Map<string, Found>()
  return async (given) => {
    const key = JSON.stringify(given)
    const found = known.has(key) ? known.get(key)! : await look(given)
    known.set(key, found)
    return found
  }
}
