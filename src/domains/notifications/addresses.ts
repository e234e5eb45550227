// Where people are reached, still sealed: for whoever has to tell them without the database.
import type { UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Secret, Vault } from '#kernel/secret.ts'
import { findUsers } from '#domains/directory/index.ts'
import * as store from './store.ts'

/** `open` gives the address as its channel wants it. */
export type SealedAddress = { channel: string; open: (vault: Vault) => unknown }

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
      const sealed = own.map(({ id, channel, addressSealed }) => ({
        channel,
        open: (vault: Vault) => JSON.parse(unsealed(vault, addressSealed, id).open()) as unknown,
      }))
      const account = { channel: 'email', open: () => user.email }
      return [user.id, own.some(({ channel }) => channel === 'email') ? sealed : [...sealed, account]]
    }),
  )
}

const unsealed = (vault: Vault, text: string, id: store.Method['id']): Secret => vault.unseal(text, store.addressPlace(id))
