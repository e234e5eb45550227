// The installation's key pair for web push (RFC 8292), made once. The private half is sealed; browsers subscribe with the public half.
import { createECDH } from 'node:crypto'
import type { CommandContext } from '#kernel/command.ts'
import { Secret } from '#kernel/secret.ts'
import * as store from './store.ts'

const place = 'push_keys/private/1'

/** The keys as the channel `web-push` wants them in the setting `vapid`: JSON `{ publicKey, privateKey }`, base64url. Makes them the first time. */
export async function ensurePushKeys({ scope, vault }: Pick<CommandContext, 'scope' | 'vault'>): Promise<Secret> {
  let row = await store.readPushKey(scope)
  if (!row) {
    const pair = createECDH('prime256v1')
    pair.generateKeys()
    await store.insertPushKey(scope, {
      publicKey: pair.getPublicKey().toString('base64url'),
      privateSealed: vault.seal(pair.getPrivateKey().toString('base64url').padStart(43, 'A'), place),
    })
    row = (await store.readPushKey(scope))!
  }
  return new Secret(JSON.stringify({ publicKey: row.publicKey, privateKey: vault.unseal(row.privateSealed, place).open() }))
}
