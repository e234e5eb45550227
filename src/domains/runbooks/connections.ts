// Connections: named places for credentials. A secret goes in, is sealed, and never comes out but into the call of a run.
import { z } from 'zod'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { secret } from '#kernel/secret.ts'
import { Done, done, findTeam, Name, Slug } from '#domains/directory/index.ts'
import { secretPlace } from './credentials.ts'
import { connectionAdded, connectionRemoved, connectionRotated } from './events.ts'
import { stepsOf } from './flow.ts'
import * as store from './store.ts'
import { ConnectionView } from './views.ts'

const Address = z
  .url({ protocol: /^https?$/, abort: true })
  .max(500)
  .refine((text) => {
    const url = new URL(text)
    return url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  }, 'is an address without user, query or fragment, like https://argo.example.com/api')
/** `bearer`, `basic` with a user name, or a `header` of the far side's own. */
const Scheme = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer') }),
  z.strictObject({
    type: z.literal('basic'),
    username: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^:\p{Cc}]+$/u, 'has no colon'),
  }),
  z.strictObject({
    type: z.literal('header'),
    name: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9-]+$/, 'is the name of a header'),
  }),
])
const ConnectionKey = z.string().max(60)

const spokenScheme = (scheme: store.Scheme): string =>
  scheme.type === 'bearer' ? 'bearer token' : scheme.type === 'basic' ? `user ${scheme.username} with a password` : `header ${scheme.name}`

async function views(scope: Scope, connections: store.Connection[]): Promise<z.input<typeof ConnectionView>[]> {
  const runbooks = await store.listRunbooks(scope, { limit: 1000 })
  return connections.map(({ id, slug, name, teamSlug, address, scheme, createdAt, rotatedAt }) => ({
    id,
    slug,
    name,
    team: teamSlug,
    address,
    scheme: spokenScheme(scheme),
    createdAt,
    rotatedAt,
    usedBy: runbooks
      .filter(({ definition }) => stepsOf(definition).some(({ step }) => step.http?.connection === slug))
      .map((runbook) => ({ slug: runbook.slug, name: runbook.name })),
  }))
}

export const listConnections = defineQuery({
  name: 'runbooks.listConnections',
  summary: 'List connections, without what is in them',
  http: 'GET /connections',
  needs: 'runbooks:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ items: z.array(ConnectionView) }).meta({ id: 'Connections' }),
  examples: [{}],
  run: async ({ scope }) => ({ items: await views(scope, await store.listConnections(scope)) }),
})

export const addConnection = defineCommand({
  name: 'runbooks.addConnection',
  summary: 'Add a connection: an address and the credentials that runs send there',
  http: 'POST /connections',
  status: 201,
  needs: 'runbooks:configure',
  on: ({ team }) => (team ? { team } : ({} as Record<string, string>)),
  input: z.strictObject({
    slug: Slug,
    name: Name,
    team: Slug.nullable().default(null),
    address: Address,
    scheme: Scheme.default({ type: 'bearer' }),
    secret: secret(),
  }),
  output: ConnectionView,
  examples: [{ slug: 'argo', name: 'Argo CD', address: 'https://argo.example.com', secret: 'a token of Argo CD' }],
  async run({ scope, emit, newId, vault }, { slug, name, team: teamSlug, address, scheme, secret: text }) {
    const team = teamSlug === null ? undefined : await findTeam(scope, teamSlug)
    if (teamSlug !== null && !team) throw missing('team')
    const id = newId('con')
    const isNew = await store.insertConnection(scope, {
      id,
      slug,
      name,
      teamId: team?.id ?? null,
      address,
      scheme,
      secretSealed: vault.seal(text, secretPlace(id)),
    })
    if (!isNew) return refuse(`There is already a connection ${slug}.`)
    await emit(connectionAdded, { connectionId: id })
    return (await views(scope, [(await store.findConnection(scope, id))!]))[0]!
  },
})

export const rotateConnection = defineCommand({
  name: 'runbooks.rotateConnection',
  summary: 'Put new credentials into a connection',
  http: 'POST /connections/{connection}/rotate',
  needs: 'runbooks:configure',
  on: ({ connection }) => ({ connection }),
  input: z.strictObject({ connection: ConnectionKey, scheme: Scheme.optional(), secret: secret() }),
  output: ConnectionView,
  examples: [{ connection: 'argo', secret: 'the next token of Argo CD' }],
  async run({ scope, emit, vault }, { connection: key, scheme, secret: text }) {
    const connection = await store.findConnection(scope, key)
    if (!connection) throw missing('connection')
    await store.saveConnectionSecret(scope, connection.id, scheme ?? connection.scheme, vault.seal(text, secretPlace(connection.id)))
    await emit(connectionRotated, { connectionId: connection.id })
    return (await views(scope, [(await store.findConnection(scope, connection.id))!]))[0]!
  },
})

export const removeConnection = defineCommand({
  name: 'runbooks.removeConnection',
  summary: 'Remove a connection and its credentials',
  http: 'DELETE /connections/{connection}',
  needs: 'runbooks:configure',
  on: ({ connection }) => ({ connection }),
  input: z.strictObject({ connection: ConnectionKey }),
  output: Done,
  examples: [{ connection: 'argo' }],
  async run({ scope, emit }, { connection: key }) {
    const connection = await store.findConnection(scope, key)
    if (!connection) throw missing('connection')
    await emit(connectionRemoved, { connectionId: connection.id, slug: connection.slug })
    await store.deleteConnection(scope, connection.id)
    return done
  },
})
