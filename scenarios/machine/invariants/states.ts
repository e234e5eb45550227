// I7 and I9: alert groups, pages and runs make legal moves only, and what their rows say is what their events add up to.
import { sql } from '#kernel/sql.ts'
import type { EventRecord } from '#kernel/event.ts'
import { concluded, demand, look } from '../record.ts'
import type { Invariant, Look } from './invariant.ts'

type Kind = 'group' | 'page' | 'run'
/** By event: the states from which it may come, and the one that it leads to. `undefined`: it begins there. */
const moves: Record<string, { kind: Kind; from: (string | undefined)[]; to: string }> = {
  'group.opened': { kind: 'group', from: [undefined], to: 'triggered' },
  'group.acknowledged': { kind: 'group', from: ['triggered'], to: 'acknowledged' },
  'group.unacknowledged': { kind: 'group', from: ['acknowledged'], to: 'triggered' },
  'group.resolved': { kind: 'group', from: ['triggered', 'acknowledged'], to: 'resolved' },
  'page.started': { kind: 'page', from: [undefined], to: 'paging' },
  'page.acknowledged': { kind: 'page', from: ['paging', 'exhausted'], to: 'acknowledged' },
  'page.given-back': { kind: 'page', from: ['acknowledged'], to: 'paging' },
  'page.ended': { kind: 'page', from: ['paging', 'acknowledged', 'exhausted'], to: 'ended' },
  'run.started': { kind: 'run', from: [undefined], to: 'running' },
  'run.ended': { kind: 'run', from: ['running'], to: 'over' },
}

/** Where every group, page and run stands by its events. */
const statesOf = concluded('states', () => new Map<string, string>())

export const states: Invariant = {
  id: 'I7, I9',
  says: 'only legal moves; rows are what the events add up to',
  async always({ events }, around) {
    const known = statesOf(around.seen)
    const touched = new Set<string>()
    for (const event of events) {
      move(known, event)
      const kind = moves[event.type]?.kind
      if (kind) touched.add(event.about[kind]!)
    }
    if (touched.size > 0) await compare(around, [...touched], known)
  },
  quiet: (around) => compare(around, [...statesOf(around.seen).keys()], statesOf(around.seen)),
}

function move(known: Map<string, string>, event: EventRecord): void {
  if (event.type === 'page.exhausted') {
    // Said by the process, which may hear later than everybody else that somebody has it; the row then stays as it is.
    const page = event.about['page']!
    if (known.get(page) === 'paging') known.set(page, 'exhausted')
    return
  }
  const legal = moves[event.type]
  if (!legal) return
  const id = event.about[legal.kind]!
  demand('I9', legal.from.includes(known.get(id)), () => `${event.type} of ${id}, which is ${known.get(id) ?? 'not there'}`)
  known.set(id, legal.to)
}

async function compare({ database, now }: Look, ids: string[], known: ReadonlyMap<string, string>): Promise<void> {
  const rows = await look(database, now, (scope) =>
    scope.query<{ id: string; state: string }>(sql`select id, state from alert_groups where id = any(${ids}::text[])
      union all select id, state from pages where id = any(${ids}::text[])
      union all select id, case when ended_at is null then 'running' else 'over' end from runs where id = any(${ids}::text[])`),
  )
  const found = new Map(rows.map(({ id, state }) => [id, state]))
  for (const id of ids)
    demand('I7', found.get(id) === known.get(id), () => `${id} is ${found.get(id) ?? 'not there'}; its events say ${known.get(id)}`)
}
