// A synthetic alert on its way in: taken in, decided about and grouped as any other. The transaction is to be rolled back, so that nobody ever sees it.
import { allOfThem } from '#kernel/gather.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Context } from './dispatch.ts'
import { ingest } from './ingest.ts'
import { insertIntegration } from './integration-store.ts'

/** Answers the deduplication keys, as `ingest` does. */
export async function takeInForShow(context: Context, signals: Signal[]): Promise<string[]> {
  const id = context.newId('int')
  await insertIntegration(context.scope, {
    id,
    name: id,
    kind: 'alertmanager',
    keyHash: id,
    keySealed: '',
    serviceId: null,
    teamId: null,
  })
  // It never commits, which is when what was sent last would be heard.
  const sent: Promise<unknown>[] = []
  const scope = { ...context.scope, last: (statement: Promise<unknown>) => void sent.push(statement) }
  const [keys = []] = await ingest({ ...context, scope }, [{ integration: { id, serviceId: null, teamId: null }, signals }])
  await allOfThem(sent)
  return keys
}
