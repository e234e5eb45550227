// The first administrator from the environment: made once, at the first start, with an API token when one is given.
import type { CommandContext } from '#kernel/command.ts'
import type { Secret } from '#kernel/secret.ts'
import { organisationSetUp, tokenMade, userAdded } from './events.ts'
import { hashPassword } from './password.ts'
import { permissions } from './roles.ts'
import { handleFrom } from './sign-in.ts'
import * as store from './store.ts'

export type FirstAdministrator = {
  email: string
  password: Secret | undefined
  token: { hash: string } | undefined
  organisation: string
  zone: string
}

/** Makes the administrator while there is nobody; true when it did. */
export async function makeFirstAdministrator(
  { scope, emit, newId }: Pick<CommandContext, 'scope' | 'emit' | 'newId'>,
  first: FirstAdministrator,
): Promise<boolean> {
  await store.lockSetup(scope)
  if (await store.hasUsers(scope)) return false
  const id = newId('usr')
  const handle = handleFrom(first.email)
  await store.saveOrganisation(scope, { name: first.organisation, zone: first.zone })
  await store.insertUser(scope, {
    id,
    handle,
    name: handle.charAt(0).toUpperCase() + handle.slice(1),
    email: first.email,
    role: 'administrator',
    zone: first.zone,
    passwordHash: first.password ? await hashPassword(first.password.open()) : null,
  })
  await emit(organisationSetUp, { userId: id })
  await emit(userAdded, { userId: id, role: 'administrator' })
  if (first.token) {
    const tokenId = newId('tok')
    const scopes = Object.keys(permissions)
    await store.insertToken(scope, {
      id: tokenId,
      userId: id,
      name: 'First administrator',
      hash: first.token.hash,
      scopes,
      expiresAt: null,
    })
    await emit(tokenMade, { userId: id, tokenId, scopes })
  }
  return true
}
