// Every statement on the marks of alerts that may hold back others.
import type { Scope } from '#kernel/scope.ts'
import type { AlertSeverity, Labels } from '#kernel/signal.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { AlertId } from './events.ts'

/** By which rules open alerts are marked: all of them when `markedAt` is there, else those up to a key. */
export type Marks = { rules: string; noticedAt: Instant; markedAt: Instant | null; integrationId: string; dedupKey: string }

export const readMarks = (scope: Scope) =>
  scope.first<Marks>(
    sql`select rules, noticed_at as "noticedAt", marked_at as "markedAt", integration_id as "integrationId", dedup_key as "dedupKey" from source_marks`,
  )

/** Begins anew, by other rules. */
export async function noticeRules(scope: Scope, rules: string): Promise<void> {
  await scope.query(sql`delete from source_marks`)
  await scope.query(sql`insert into source_marks (rules, noticed_at) values (${rules}, ${scope.now})`)
}

/** `upTo`: the last alert that was looked at; undefined when all were. */
export const saveMarks = (scope: Scope, upTo: Pick<Marks, 'integrationId' | 'dedupKey'> | undefined): Promise<unknown> =>
  scope.query(
    upTo
      ? sql`update source_marks set integration_id = ${upTo.integrationId}, dedup_key = ${upTo.dedupKey}`
      : sql`update source_marks set marked_at = ${scope.now}`,
  )

type Open = Pick<Marks, 'integrationId' | 'dedupKey'> & {
  id: AlertId
  labels: Labels
  severity: AlertSeverity
  mayInhibit: boolean | null
}

/** Open alerts after a key, in the order of their keys. */
export const openAfter = (scope: Scope, { integrationId, dedupKey }: Pick<Marks, 'integrationId' | 'dedupKey'>, limit: number) =>
  scope.query<Open>(sql`select id, integration_id as "integrationId", dedup_key as "dedupKey", labels, severity, may_inhibit as "mayInhibit" from alerts
    where state <> 'resolved' and (integration_id, dedup_key) > (${integrationId}, ${dedupKey}) order by integration_id, dedup_key limit ${limit}`)

/** In the order of their ids, so that whoever takes alerts in meanwhile and this never wait for each other in a circle. */
export async function mark(scope: Scope, changed: readonly { id: AlertId; is: boolean }[]): Promise<void> {
  if (changed.length === 0) return
  await scope.query(sql`select 1 from alerts where id = any(${changed.map(({ id }) => id)}::text[]) order by id for update`)
  await scope.query(sql`update alerts set may_inhibit = row."is" from json_to_recordset(${json(changed)}::json) as row (id text, "is" boolean)
    where alerts.id = row.id`)
}
