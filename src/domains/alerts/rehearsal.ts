// A synthetic alert on its way in: taken in, decided about and grouped as any other. The transaction is to be rolled back, so that nobody ever sees it.
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
  const [keys = []] = await ingest(context, [{ integration: { id, serviceId: null, teamId: null }, signals }])
  return keys
}
