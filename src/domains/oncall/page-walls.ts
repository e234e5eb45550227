// A page about an incident stands within its walls too: who does not see the incident sees of its pages those that told them, and no others.
import { personOf } from '#kernel/actor.ts'
import type { QueryContext } from '#kernel/command.ts'
import { allOfThem } from '#kernel/gather.ts'
import { toldOf, type PageRow } from './page-store.ts'

type Looker = Pick<QueryContext, 'scope' | 'sees'>

/** Those of these pages that the actor may see, in their order. */
export async function shownPages({ scope, sees }: Looker, rows: readonly PageRow[]): Promise<PageRow[]> {
  if (scope.actor.rights.seesEverything) return [...rows]
  const incidents = [...new Set(rows.flatMap(({ incidentId }) => incidentId ?? []))]
  const answers = await allOfThem(incidents.map((id) => sees('incident', id)))
  const unseen = new Set(incidents.filter((_, index) => !answers[index]))
  const hidden = rows.filter(({ incidentId }) => incidentId !== null && unseen.has(incidentId)).map(({ id }) => id)
  if (hidden.length === 0) return [...rows]
  const told = new Set(await toldOf(scope, hidden, personOf(scope.actor) ?? ''))
  return rows.filter(({ id }) => !hidden.includes(id) || told.has(id))
}

/** The page, when the actor may see it. */
export const shownPage = async (looker: Looker, row: PageRow | undefined): Promise<PageRow | undefined> =>
  row && (await shownPages(looker, [row]))[0]
