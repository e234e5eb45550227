// How the command line ends: what its exit code says, and what it writes when something went wrong.
import { styleText } from 'node:util'
import { AppError } from '#kernel/errors.ts'

/** `refused`: the product said no, or something is wrong with what was given. `unavailable`: there was no answer, or a failing one. */
export const exitCodes = { done: 0, refused: 1, usage: 2, unavailable: 3 } as const

/** Wrong use of the command line, in a sentence that says the right one. */
export class Usage extends Error {}

/** Writes what went wrong and sets the exit code; the process ends when its work does. */
export function fail(error: unknown): void {
  process.stderr.write(
    `${styleText('red', 'tocsin:', { stream: process.stderr })} ${error instanceof Error ? error.message : String(error)}\n`,
  )
  const faults = error instanceof AppError ? error.faults.filter(({ message }) => !error.message.includes(message)) : []
  for (const { path, message } of faults) process.stderr.write(`  ${path === '' ? '' : `${path}: `}${message}\n`)
  process.exitCode =
    error instanceof Usage ? exitCodes.usage : error instanceof AppError && error.status < 500 ? exitCodes.refused : exitCodes.unavailable
}
