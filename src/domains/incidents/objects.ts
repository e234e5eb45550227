// How incidents and what stands on their boards are located and named. What the scope does not see is missing here too.
import { defineObject } from '#kernel/define.ts'
import type { ObjectDefinition } from '#kernel/object.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { findProcess } from './process-store.ts'
import { findIncident, seen } from './store.ts'

export const incidentObject = defineObject({
  kind: 'incident',
  prefix: 'inc',
  locate: async (scope, key) => {
    const incident = await findIncident(scope, key)
    return incident && { teamId: incident.teamId }
  },
  name: async (scope, ids) => {
    const rows = await scope.query<{ id: string; number: number }>(
      sql`select i.id, i.number from incidents i where i.id = any(${ids}::text[]) and ${seen(scope)}`,
    )
    return new Map(rows.map((row) => [row.id, `INC-${row.number}`]))
  },
})

/** Something that is located through its incident and named by its text. */
const onBoard = (kind: string, prefix: string, tables: Sql): ObjectDefinition =>
  defineObject({
    kind,
    prefix,
    async locate(scope, key) {
      const row = await scope.first<{ incidentId: string }>(
        sql`select thing.incident_id as "incidentId" from ${tables} where thing.id = ${key}`,
      )
      return row && incidentObject.locate(scope, row.incidentId)
    },
    name: (scope, ids) => textsNamed(scope, ids, tables),
  })

async function textsNamed(scope: Scope, ids: string[], tables: Sql): Promise<Map<string, string>> {
  const rows = await scope.query<{ id: string; text: string | null; seen: boolean }>(sql`
    select thing.id, words.text, ${seen(scope)} as seen from ${tables} join incidents i on i.id = thing.incident_id where thing.id = any(${ids}::text[])`)
  return new Map(rows.map((row) => [row.id, row.seen ? (row.text ?? '(erased)') : '(not shown to you)']))
}

const withWords = (table: Sql): Sql => sql`${table} thing join incident_texts words on words.id = thing.text_id`

export const textObject = onBoard('text', 'txt', sql`incident_texts thing join incident_texts words on words.id = thing.id`)
export const taskObject = onBoard('task', 'tsk', withWords(sql`incident_tasks`))
export const hypothesisObject = onBoard('hypothesis', 'hyp', withWords(sql`incident_hypotheses`))
export const decisionObject = onBoard('decision', 'dec', withWords(sql`incident_decisions`))

/** A process has no id: it is known by its slug. */
export const processObject = defineObject({
  kind: 'process',
  prefix: 'prc',
  locate: async (scope, key) => ((await findProcess(scope, key)) ? { teamId: null } : undefined),
})
