// The one error of the product: a code from one table, a public sentence that says what to do, a private cause that only the log sees.

/** Every kind of failure that a caller can meet, with its HTTP status. */
export const errorCodes = {
  'invalid-input': 400,
  'not-signed-in': 401,
  'wrong-origin': 403,
  forbidden: 403,
  missing: 404,
  'method-not-allowed': 405,
  conflict: 409,
  refused: 409,
  gone: 410,
  'too-large': 413,
  'wrong-media-type': 415,
  'bad-configuration': 422,
  'too-many': 429,
  internal: 500,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof errorCodes

/** One place in the input and what is wrong with it. `path` is a JSON pointer or `file:line:column`. */
export type Fault = { path: string; message: string }

export class AppError extends Error {
  readonly code: ErrorCode
  readonly faults: Fault[]
  readonly retryAfterSeconds: number | undefined
  /** `sentence` is shown to the caller: what failed and what to do. `cause` is for the log only. */
  constructor(code: ErrorCode, sentence: string, options: { cause?: unknown; faults?: Fault[]; retryAfterSeconds?: number } = {}) {
    super(sentence, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.faults = options.faults ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
  }
  get status(): number {
    return errorCodes[this.code]
  }
}

/** Missing and forbidden to see are one answer, so that existence is no secret's leak. */
export const missing = (what: string): AppError => new AppError('missing', `There is no such ${what}, or you may not see it.`)

/** A domain's "no": a value that a command returns, not an exception. It becomes 409 with this sentence. */
export type Refusal = { readonly refused: true; readonly reason: string }
export const refuse = (reason: string): Refusal => ({ refused: true, reason })
export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && (value as { refused?: unknown }).refused === true

/** For switches over unions: a case that was forgotten does not compile. */
export function never(value: never): never {
  throw new Error(`unexpected: ${JSON.stringify(value)}`)
}
