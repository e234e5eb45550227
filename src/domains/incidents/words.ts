// What people write is kept beside the record: the event carries the text's id and a hash keyed by a salt that is erased together with the text.
import { createHmac } from 'node:crypto'
import { actorRef } from '#kernel/actor.ts'
import type { NewId, RandomBytes } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import * as board from './board-store.ts'
import type { Words } from './events.ts'
import type { IncidentId } from './incident.ts'

/** What a text is: shown when it is erased ("erased a note"). */
export type TextKind = 'title' | 'note' | 'reason' | 'task' | 'hypothesis' | 'test' | 'outcome' | 'decision' | 'field' | 'situation'

type Writing = { scope: Scope; newId: NewId; randomBytes: RandomBytes }

/** Writes a text down; what comes back goes into the event. */
export async function write(
  context: Writing,
  incidentId: IncidentId,
  kind: TextKind,
  text: string,
  detail: string | null = null,
): Promise<Words> {
  const salt = Buffer.from(context.randomBytes(16)).toString('hex')
  const words: Words = { textId: context.newId('txt'), hash: hashOf(salt, text, detail) }
  await board.insertText(context.scope, incidentId, {
    id: words.textId,
    kind,
    text,
    detail,
    salt,
    hash: words.hash,
    writtenBy: actorRef(context.scope.actor),
  })
  return words
}

/** The same for a reason that may be missing. */
export const writeIfGiven = (context: Writing, incidentId: IncidentId, kind: TextKind, text: string | undefined): Promise<Words | null> =>
  text ? write(context, incidentId, kind, text) : Promise.resolve(null)

/** Whether a text is still what the record says. An erased one is: there is nothing left to compare. */
export const isAsRecorded = (text: Pick<board.Text, 'text' | 'detail' | 'salt' | 'erasedAt'>, recordedHash: string): boolean =>
  text.erasedAt !== null || (text.salt !== null && text.text !== null && hashOf(text.salt, text.text, text.detail) === recordedHash)

const hashOf = (salt: string, text: string, detail: string | null): string =>
  createHmac('sha256', salt)
    .update(JSON.stringify([text, detail]))
    .digest('hex')
