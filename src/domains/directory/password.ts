// Passwords: argon2id, written as a PHC string. At most two are computed at once, so that guessing cannot take the machine.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createGate } from '#platform/database/gate.ts'

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: object) => Promise<Buffer>
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }
// A hash of nothing that anybody knows: an unknown e-mail takes as long as a wrong password.
const dummy = '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

const limited = createGate({
  atOnce: 2,
  mostWaiting: 100,
  busy: 'Too many passwords are being checked at this moment. Try again in a few seconds.',
})

/** The PHC string of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await limited(() => derive('argon2id', { message: password, nonce: salt, ...cost }))
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/** Whether a password has this hash; null (no such person, no password) takes as long and is false. */
export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  const [, , , parameters, salt, tag] = (hash ?? dummy).split('$')
  const [memory, passes, parallelism] = (parameters ?? '').split(',').map((part) => Number(part.split('=')[1]))
  if (!salt || !tag || !memory || !passes || !parallelism) return false
  const expected = Buffer.from(tag, 'base64')
  const actual = await limited(() =>
    derive('argon2id', { message: password, nonce: Buffer.from(salt, 'base64'), memory, passes, parallelism, tagLength: expected.length }),
  )
  return timingSafeEqual(actual, expected) && hash !== null
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
