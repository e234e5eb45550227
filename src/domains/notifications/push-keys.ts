// The installation's key pair for web push (RFC 8292), made once. The private half is sealed; browsers subscribe with the public half.
import { createECDH } from 'node:crypto'
import type { CommandContext } from '#kernel/command.ts'
import type { Scope } from '#kernel/scope.ts'
import { Secret, type Vault } from '#kernel/secret.ts'
import * as store from './store.ts'

const place = 'push_keys/private/1'

export type SealedPushKeys = { publicKey: string; privateSealed: string }

/** Undefined before they were made. */
export const readPushKeys = (scope: Scope): Promise<SealedPushKeys | undefined> => store.readPushKey(scope)

/** The keys as the channel `web-push` wants them in the setting `vapid`: JSON `{ publicKey, privateKey }`, base64url. */
export const openPushKeys = (vault: Vault, { publicKey, privateSealed }: SealedPushKeys): Secret =>
  new Secret(JSON.stringify({ publicKey, privateKey: vault.unseal(privateSealed, place).open() }))

/** The same; makes them the first time. */
export async function ensurePushKeys({ scope, vault }: Pick<CommandContext, 'scope' | 'vault'>): Promise<Secret> {
  let row = await store.readPushKey(scope)
  if (!row) {
    const pair = createECDH('prime256v1')
    pair.generateKeys()
    await store.insertPushKey(scope, {
      publicKey: pair.getPublicKey().toString('base64url'),
      privateSealed: vault.seal(privateText(pair.getPrivateKey()), place),
    })
    row = (await store.readPushKey(scope))!
  }
  return openPushKeys(vault, row)
}

/** As RFC 8292's libraries want it: 32 bytes, base64url. One of 256 keys begins with a zero, and comes without it. */
export const privateText = (key: Uint8Array): string => Buffer.concat([Buffer.alloc(32 - key.length), key]).toString('base64url')
