// A secret prints as dots and does not serialise; it is opened only in outbound calls and cryptography.
import { z } from 'zod'

const dots = '•••'

export class Secret {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  /** The text itself. Only for the call that needs it. */
  open(): string {
    return this.#text
  }
  toString(): string {
    return dots
  }
  toJSON(): string {
    return dots
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return dots
  }
}

/** A field of a form or configuration that holds a secret: marked, stored encrypted, never given back. */
export const secret = (): z.ZodType<string> => z.string().min(1).max(8192).meta({ secret: true }) as unknown as z.ZodType<string>

/** Encrypts for storage and opens again. `place` is table, row and column: a ciphertext that was moved does not open. */
export interface Vault {
  seal(text: string, place: string): string
  unseal(sealed: string, place: string): Secret
}

/** Signs short texts (links, cursors, the set-up token). One signed with the previous key still passes; with an older one it is `expired-key`. */
export interface Signer {
  sign(text: string, purpose: string): string
  verify(text: string, signature: string, purpose: string): 'valid' | 'expired-key' | 'invalid'
}
