// Commands and queries about integrations: the sources that may send, each with its own key.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { QueryContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import { InstantOut } from '#kernel/time.ts'
import { done, Done, findService, Name } from '#domains/directory/index.ts'
import { IntegrationIdSchema, integrationAdded, integrationRemoved, type IntegrationId } from './events.ts'
import { countKept } from './backlog-store.ts'
import * as store from './integration-store.ts'

const Key = z.string().regex(/^[A-Za-z0-9_-]{16,100}$/, 'a key has 16 to 100 letters, digits, hyphens or underscores')
const IntegrationView = z
  .object({
    id: IntegrationIdSchema,
    name: z.string(),
    kind: z.string(),
    service: z.string().nullable(),
    url: z.string(),
    createdAt: InstantOut,
  })
  .meta({ id: 'Integration' })
const WithKey = IntegrationView.extend({ key: z.string() })
const example = { integrationId: 'int_01k3v0v5b8e6w9d2m4q7r1s5t8' }

export const keyHash = (key: string): string => createHash('sha256').update(key).digest('hex')
export const keyPlace = (id: IntegrationId): string => `integrations/${id}/key`

const view = (integration: store.Integration, { publicUrl }: Pick<QueryContext, 'publicUrl'>, key: string): z.input<typeof WithKey> => ({
  id: integration.id,
  name: integration.name,
  kind: integration.kind,
  service: integration.serviceSlug,
  url: `${publicUrl}/in/${key}`,
  createdAt: integration.createdAt,
  key,
})

export const listIntegrations = defineQuery({
  name: 'integrations.list',
  summary: 'List integrations',
  http: 'GET /integrations',
  needs: 'alerts:read',
  on: 'organisation',
  input: listInput({}),
  output: listOutput(IntegrationView),
  examples: [{}],
  async run(context, { limit, cursor }) {
    const rows = await store.listIntegrations(context.scope, decodeCursor(cursor), limit + 1)
    return page(
      rows,
      limit,
      (row) => ({ ...view(row, context, '…'), key: undefined }),
      (row) => [row.name, row.id],
    )
  },
})

export const getIntegration = defineQuery({
  name: 'integrations.get',
  summary: 'Show an integration with its key and the requests of it that were refused',
  http: 'GET /integrations/{integrationId}',
  needs: 'alerts:configure',
  on: ({ integrationId }) => ({ integration: integrationId }),
  input: z.strictObject({ integrationId: IntegrationIdSchema }),
  output: WithKey.extend({
    setup: z.array(z.object({ title: z.string(), language: z.string(), text: z.string() })),
    waiting: z.number().meta({ description: 'Events that were taken in and not yet read, because more came than could be read at once' }),
    refused: z.array(
      z.object({ id: z.number(), at: InstantOut, status: z.number(), reason: z.string(), path: z.string(), body: z.string() }),
    ),
  }),
  examples: [example],
  async run(context, { integrationId }) {
    const integration = await store.findIntegration(context.scope, integrationId)
    if (!integration) throw missing('integration')
    const key = context.vault.unseal(integration.keySealed, keyPlace(integration.id)).open()
    const shown = view(integration, context, key)
    const setup = context.sources.get(integration.kind)?.setup({ url: shown.url, host: new URL(context.publicUrl).host, key }) ?? []
    const waiting = await countKept(context.scope, integration.id)
    return { ...shown, setup, waiting, refused: await store.listRefused(context.scope, integration.id) }
  },
})

export const addIntegration = defineCommand({
  name: 'integrations.add',
  summary: 'Add an integration; a key may be given, so that senders keep the one they have',
  http: 'POST /integrations',
  status: 201,
  needs: 'alerts:configure',
  on: ({ service }) => (service ? { service } : ({} as Record<string, string>)),
  input: z.strictObject({ name: Name, kind: z.string().max(40), service: z.string().max(60).optional(), key: Key.optional() }),
  output: WithKey,
  examples: [{ name: 'Prometheus, production', kind: 'alertmanager', service: 'payments-gateway' }],
  async run(context, { name, kind, service: slug, key: given }) {
    const { scope, emit, newId, newSecret, vault, sources } = context
    if (!sources.has(kind))
      return refuse(`There is no kind of integration called ${kind}. There are: ${[...sources.keys()].sort().join(', ')}.`)
    const service = slug === undefined ? undefined : await findService(scope, slug)
    if (slug !== undefined && !service) throw missing('service')
    const key = given ?? newSecret().secret.open()
    if (await store.keyIsTaken(scope, keyHash(key))) return refuse('Another integration has this key.')
    const id = newId('int')
    await store.insertIntegration(scope, {
      id,
      name,
      kind,
      keyHash: keyHash(key),
      keySealed: vault.seal(key, keyPlace(id)),
      serviceId: service?.id ?? null,
      teamId: service?.teamId ?? null,
    })
    await emit(integrationAdded, { integrationId: id, kind })
    return view((await store.findIntegration(scope, id))!, context, key)
  },
})

export const removeIntegration = defineCommand({
  name: 'integrations.remove',
  summary: 'Remove an integration: its key stops working at once',
  http: 'DELETE /integrations/{integrationId}',
  needs: 'alerts:configure',
  on: ({ integrationId }) => ({ integration: integrationId }),
  input: z.strictObject({ integrationId: IntegrationIdSchema }),
  output: Done,
  examples: [example],
  async run({ scope, emit }, { integrationId }) {
    const integration = await store.findIntegration(scope, integrationId)
    if (!integration) throw missing('integration')
    await store.removeIntegration(scope, integration.id)
    await emit(integrationRemoved, { integrationId: integration.id })
    return done
  },
})
