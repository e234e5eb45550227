// Checks an operation's input against its schema, and says in words what is wrong where.
import { z } from 'zod'
import type { AnyOperation } from '#kernel/command.ts'
import { AppError, type Fault } from '#kernel/errors.ts'

/** The parsed input. Throws AppError 'invalid-input' with a fault per place. */
export function checkInput(operation: Pick<AnyOperation, 'input' | 'name'>, input: unknown): never {
  const result = (operation.input as unknown as z.ZodType).safeParse(input ?? {})
  if (result.success) return result.data as never
  const faults = faultsOf(result.error)
  throw new AppError(
    'invalid-input',
    faults.length === 1 ? `${faults[0]!.path || 'The input'}: ${faults[0]!.message}` : `${faults.length} things in the input are wrong.`,
    { faults },
  )
}

/** A zod error as places (JSON pointers) and sentences. */
const faultsOf = (error: z.ZodError): Fault[] =>
  error.issues.map((issue) => ({ path: issue.path.length === 0 ? '' : `/${issue.path.join('/')}`, message: issue.message }))
