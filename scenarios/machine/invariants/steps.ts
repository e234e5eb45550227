// I8: a step that changes something outside is done once, unless a person who was asked said "again"; each run ends or waits for a person.
import { sql } from '#kernel/sql.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

export const steps: Invariant = {
  id: 'I8',
  says: 'what changes something outside is done once, or a person is asked; each run ends or waits for a person',
  async always({ events, at }, { seen, database }) {
    if (!events.some(({ type }) => type.startsWith('step.'))) return
    const runs = await look(database, at, (scope) =>
      scope.query<{ id: string; tag: string | null }>(sql`select id, inputs ->> 'tag' as tag from runs`),
    )
    for (const [path, all] of Map.groupBy(seen.posted, (path) => path)) {
      const [, tag, step] = path.split('/')
      // An operation that was done twice, or not answered, may have started two runs.
      const theirs = runs.filter((run) => run.tag === tag)
      const mayBe = theirs.reduce((sum, { id }) => sum + 1 + seen.again.filter((one) => one === `${id} ${step}`).length, 0)
      demand('I8', all.length <= mayBe, () => `${path} was done ${all.length} times, of ${mayBe} that may be`)
    }
  },
  async quiet({ database, now }) {
    const rows = await look(database, now, (scope) =>
      scope.query<{ id: string; phase: string; reason: string }>(sql`select id, phase, reason from runs where ended_at is null`),
    )
    for (const { id, phase, reason } of rows)
      demand(
        'I8',
        ['asking', 'approving', 'doubt', 'stuck'].includes(phase),
        () => `${id} neither ends nor waits for a person: ${phase}, ${reason}`,
      )
  },
}
