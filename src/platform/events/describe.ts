// From rows of the record to sentences: every id is named by the slice that owns it, every event speaks through its definition.
import { z } from 'zod'
import type { Describe } from '#kernel/command.ts'
import type { AnyEvent, EventDefinition, Happened } from '#kernel/event.ts'
import type { ObjectDefinition } from '#kernel/object.ts'
import type { Scope } from '#kernel/scope.ts'

/** An event of a later version, or of a slice that is gone, says its type: it is not lost and does not stop the others. */
export function createDescribe(events: ReadonlyMap<string, AnyEvent>, objects: ReadonlyMap<string, ObjectDefinition>): Describe {
  const byPrefix = new Map([...objects.values()].map((object) => [object.prefix, object]))
  return async (scope, records) => {
    const names = await namesOf(scope, idsIn(records), byPrefix)
    const nameOf = (id: string): string => names.get(id) ?? actorWords(id, names)
    return records.map((record) => ({ ...record, sentence: sentenceOf(record, events, nameOf), actorName: nameOf(record.actor) }))
  }
}

/** What ids inside of these texts are called: of a text, the names of the things in it, in their order; the text itself when it holds none. */
export async function namesWithin(
  scope: Scope,
  texts: readonly string[],
  objects: ReadonlyMap<string, ObjectDefinition>,
): Promise<(text: string) => string> {
  const byPrefix = new Map([...objects.values()].map((object) => [object.prefix, object]))
  const idsOf = (text: string) => [...text.matchAll(idPattern)].map(([id]) => id)
  const names = await namesOf(scope, [...new Set(texts.flatMap(idsOf))], byPrefix)
  return (text) => [...new Set(idsOf(text).flatMap((id) => names.get(id) ?? []))].join(', ') || text
}

function sentenceOf(record: Happened, events: ReadonlyMap<string, AnyEvent>, nameOf: (id: string) => string): string {
  const definition = events.get(record.type) as unknown as EventDefinition<unknown> | undefined
  const data = definition?.version === record.version ? z.safeParse(definition.data, record.data) : undefined
  return data?.success ? definition!.sentence({ ...record, data: data.data }, nameOf) : record.type.replace('.', ' ').replaceAll('-', ' ')
}

const idPattern = /\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b/g

function idsIn(records: readonly Happened[]): string[] {
  const ids = new Set<string>()
  for (const record of records)
    for (const [id] of JSON.stringify([record.actor, record.about, record.data]).matchAll(idPattern)) ids.add(id)
  return [...ids]
}

async function namesOf(
  scope: Scope,
  ids: readonly string[],
  byPrefix: ReadonlyMap<string, ObjectDefinition>,
): Promise<Map<string, string>> {
  const wanted = Map.groupBy(ids, (id) => id.slice(0, 3))
  const names = new Map<string, string>()
  for (const [prefix, some] of wanted) for (const [id, name] of (await byPrefix.get(prefix)?.name?.(scope, some)) ?? []) names.set(id, name)
  return names
}

/** `usr_… by link` → "Mara Lindqvist"; `system:oncall.stop-paging` → "Tocsin". */
function actorWords(actor: string, names: ReadonlyMap<string, string>): string {
  const [id] = actor.split(' ')
  if (actor.startsWith('system:')) return 'Tocsin'
  return names.get(id!) ?? (actor === 'anonymous' ? 'somebody' : id!)
}
