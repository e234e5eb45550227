import { createECDH } from 'node:crypto'
import { expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { alerts } from '#domains/alerts/index.ts'
import { notifications } from './index.ts'
import { ensurePushKeys, privateText, readPushKeys } from './push-keys.ts'

const publicOf = (privateKey: string): string => {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(Buffer.from(privateKey, 'base64url'))
  return pair.getPublicKey().toString('base64url')
}

test('are made once, belong together, and the private one is sealed', async () => {
  const world = await createWorld(catalogueOf([directory, alerts, notifications]))
  const ensure = async () => (await world.engine.transact(system('test'), ensurePushKeys)).open()
  expect(await world.read(readPushKeys)).toBeUndefined()
  const made = await ensure()
  const { publicKey, privateKey } = JSON.parse(made) as Record<'publicKey' | 'privateKey', string>
  expect(publicOf(privateKey)).toBe(publicKey)
  expect(await ensure()).toBe(made)
  const stored = await world.read(readPushKeys)
  expect(stored).toMatchObject({ publicKey })
  expect(stored!.privateSealed).not.toContain(privateKey)
  await world.close()
})

test.each([32, 31, 30])('a private key of %d bytes is the same key as a text', (length) => {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(Buffer.alloc(length, 7))
  expect(pair.getPrivateKey()).toHaveLength(length)
  expect(publicOf(privateText(pair.getPrivateKey()))).toBe(pair.getPublicKey().toString('base64url'))
  expect(privateText(pair.getPrivateKey())).toHaveLength(43)
})
