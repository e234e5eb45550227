// Where people are reached, still sealed: for whoever has to tell them without the database.
import type { UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Vault } from '#kernel/secret.ts'
import { findUsers } from '#domains/directory/index.ts'
import * as store from './store.ts'

/** Plain data: an address that is sealed as a contact method is, or the e-mail address of an account. */
export type SealedAddress = { channel: string } & ({ method: store.Method['id']; sealed: string } | { account: string })

/** Everything that works for these people, by person: with no method for e-mail, the address that they sign in with. */
export async function readAddresses(scope: Scope, userIds: readonly UserId[]): Promise<Map<UserId, SealedAddress[]>> {
  const users = (await findUsers(scope, [...userIds])).filter((user) => user.disabledAt === null)
  const usable = await store.workingMethods(
    scope,
    users.map((user) => user.id),
  )
  return new Map(
    users.map((user) => {
      const own = usable.filter((method) => method.userId === user.id)
      const sealed: SealedAddress[] = own.map(({ id, channel, addressSealed }) => ({ channel, method: id, sealed: addressSealed }))
      const account = { channel: 'email', account: user.email }
      return [user.id, own.some(({ channel }) => channel === 'email') ? sealed : [...sealed, account]]
    }),
  )
}

/** The address as its channel wants it. */
export const openAddress = (vault: Vault, address: SealedAddress): unknown =>
  'account' in address ? address.account : (JSON.parse(vault.unseal(address.sealed, store.addressPlace(address.method)).open()) as unknown)
