// Failures as RFC 9457 problem details: a sentence for the caller, a reference for the log, never a stack.
import { AppError } from '#kernel/errors.ts'
import { isAway, isTooSlow, sqlState } from '../database/database.ts'
import { titleOf } from './problem-kinds.ts'

export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  reference: string
  faults?: { path: string; message: string }[]
}

/** Any thrown value as an AppError: a database that is away is 'unavailable', the unexpected is 'internal'. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (isTakenName(error))
    return new AppError(
      'refused',
      'A name or address that you gave is taken, perhaps by something that you may not see. Choose another one.',
      { cause: error },
    )
  if (isAway(error))
    return new AppError(
      'unavailable',
      `${sqlState(error) === diskFull ? 'The disk of the database is full.' : 'The database cannot be reached.'} Nothing was changed; try again in a few seconds.`,
      {
        cause: error,
        retryAfterSeconds: 5,
      },
    )
  if (isTooSlow(error))
    return new AppError('unavailable', 'This took too long and was stopped. Ask for less at once: a shorter time, a narrower filter.', {
      cause: error,
      retryAfterSeconds: 30,
    })
  if (['22021', '22P05'].includes(sqlState(error) ?? ''))
    return new AppError('invalid-input', 'The input holds a character that cannot be stored (NUL).', { cause: error })
  return new AppError('internal', 'Something failed here. Nothing was changed; the log says more under this reference.', { cause: error })
}

const diskFull = '53100'

/** What people call things is one for all: who does not see a thing, or asks at the same moment, meets its name here. */
const isTakenName = (error: unknown): boolean =>
  sqlState(error) === '23505' && /_(slug|handle|email|key_hash)_key$/.test((error as { constraint?: string }).constraint ?? '')

export const problemOf = (error: AppError, reference: string): Problem => ({
  type: `/docs/problems#${error.code}`,
  title: titleOf(error.code),
  status: error.status,
  detail: error.message,
  code: error.code,
  reference,
  ...(error.faults.length > 0 ? { faults: error.faults } : {}),
})
