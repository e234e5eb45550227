// API tokens: what programs sign in with. Their rights are their scopes, as far as their owner has them at that moment.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import { idOf } from '#kernel/ids.ts'
import { InstantOut, InstantSchema } from '#kernel/time.ts'
import { tokenMade, tokenRevoked } from './events.ts'
import { permissions, type KnownPermission } from './roles.ts'
import * as store from './store.ts'
import { done, Done, Name } from './views.ts'

const Scopes = z.array(z.enum(Object.keys(permissions) as [KnownPermission, ...KnownPermission[]])).min(1)
const TokenView = z
  .object({
    id: idOf('tok'),
    name: z.string(),
    scopes: z.array(z.string()),
    createdAt: InstantOut,
    usedAt: InstantOut.nullable(),
    expiresAt: InstantOut.nullable(),
  })
  .meta({ id: 'Token' })

export const listTokens = defineQuery({
  name: 'directory.listTokens',
  summary: 'List your API tokens',
  http: 'GET /tokens',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ items: z.array(TokenView) }),
  examples: [{}],
  async run({ scope, actor }) {
    const owner = personOf(actor)
    return { items: owner ? (await store.listTokens(scope, owner)).map(({ userId: _, revokedAt: __, ...token }) => token) : [] }
  },
})

export const makeToken = defineCommand({
  name: 'directory.makeToken',
  summary: 'Make an API token; it is shown once',
  http: 'POST /tokens',
  status: 201,
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({ name: Name, scopes: Scopes, expiresAt: InstantSchema.optional() }),
  output: TokenView.extend({ token: z.string() }),
  examples: [{ name: 'CI', scopes: ['alerts:read'] }],
  async run({ scope, actor, emit, newId, newSecret }, { name, scopes, expiresAt }) {
    const owner = personOf(actor)
    if (!owner || actor.kind !== 'user') return refuse('A token is made by its person, in the browser.')
    const { secret, hash } = newSecret()
    const token = { id: newId('tok'), userId: owner, name, scopes, expiresAt: expiresAt ?? null }
    await store.insertToken(scope, { ...token, hash })
    await emit(tokenMade, { userId: owner, tokenId: token.id, scopes })
    return { id: token.id, name, scopes, createdAt: scope.now, usedAt: null, expiresAt: token.expiresAt, token: secret.open() }
  },
})

export const revokeToken = defineCommand({
  name: 'directory.revokeToken',
  summary: 'Revoke one of your API tokens',
  http: 'DELETE /tokens/{tokenId}',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({ tokenId: idOf('tok') }),
  output: Done,
  examples: [{ tokenId: 'tok_01k3v0v5b8e6w9d2m4q7r1s5t8' }],
  async run({ scope, actor, emit }, { tokenId }) {
    const owner = personOf(actor)
    if (!owner || !(await store.revokeToken(scope, tokenId, owner))) throw missing('token')
    await emit(tokenRevoked, { userId: owner, tokenId })
    return done
  },
})
