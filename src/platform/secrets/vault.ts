// Secrets at rest: AES-256-GCM under a master key that is never in the database. The place (table, row, column) is authenticated too.
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Secret, type Signer, type Vault } from '#kernel/secret.ts'

/** Master keys, newest first: the first seals and signs, the others still open. */
export type MasterKeys = readonly Buffer[]

/** The keys from a text (several, comma separated: newest first), or from a file that is made when it is missing. */
export function masterKeys(text: Secret | undefined, file: string): MasterKeys {
  if (text) return keysOf(text.open())
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // On the disk before anything is sealed with it: without it nothing of that is ever opened again.
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  }
  return keysOf(readFileSync(file, 'utf8'))
}

/** The same, but undefined when there is none: nothing is made. */
export const presentKeys = (text: Secret | undefined, file: string): MasterKeys | undefined =>
  text || existsSync(file) ? masterKeys(text, file) : undefined

/** What sealed texts name their keys by: 8 hex digits each, which tell nothing of the key. */
export const keyIds = (keys: MasterKeys): string[] => keys.map(idOf)

const keysOf = (text: string): Buffer[] => {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '')
  if (parts.length === 0 || parts.some((part) => part.length < 32)) throw new Error('a secret key has at least 32 characters')
  return parts.map((part) => createHash('sha256').update(part).digest())
}

const idOf = (key: Buffer): string => createHash('sha256').update('key id').update(key).digest('hex').slice(0, 8)
/** Keys for one purpose each. There are a handful of purposes, and each is derived once. */
function createDerive(): (key: Buffer, purpose: string) => Buffer {
  const derived = new Map<Buffer, Map<string, Buffer>>()
  return (key, purpose) => {
    const ofKey = derived.get(key) ?? new Map<string, Buffer>()
    const known = ofKey.get(purpose) ?? Buffer.from(hkdfSync('sha256', key, '', purpose, 32))
    derived.set(key, ofKey.set(purpose, known))
    return known
  }
}

export function createVault(keys: MasterKeys): Vault {
  const derive = createDerive()
  return {
    seal(text, place) {
      const key = keys[0]!
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', derive(key, 'secrets'), nonce).setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `v1.${idOf(key)}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`
    },
    unseal(sealed, place) {
      const [version, keyId, packed] = sealed.split('.')
      const key = keys.find((candidate) => idOf(candidate) === keyId)
      if (version !== 'v1' || !packed || !key) throw new Error(`the secret at ${place} was sealed with a key that is not here`)
      const bytes = Buffer.from(packed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', derive(key, 'secrets'), bytes.subarray(0, 12))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-16))
      return new Secret(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8'))
    },
  }
}

/** Signs with the newest key; the one before still verifies. */
export function createSigner(keys: MasterKeys): Signer {
  const derive = createDerive()
  const mac = (key: Buffer, text: string, purpose: string) =>
    createHmac('sha256', derive(key, `sign ${purpose}`))
      .update(text)
      .digest()
      .subarray(0, 18)
      .toString('base64url')
  return {
    sign: (text, purpose) => mac(keys[0]!, text, purpose),
    verify(text, signature, purpose) {
      const index = keys.findIndex((key) => equalInConstantTime(mac(key, text, purpose), signature))
      return index < 0 ? 'invalid' : index <= 1 ? 'valid' : 'expired-key'
    },
  }
}

function equalInConstantTime(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest()
  const right = createHash('sha256').update(b).digest()
  let difference = a.length ^ b.length
  for (let i = 0; i < left.length; i++) difference |= left[i]! ^ right[i]!
  return difference === 0
}
