// What a command needs that takes the processor for long and no database, as a password's hash: nobody waits for it with a transaction, or in a place that
// others need. The transaction is rolled back, the work is done, and the command runs again and has its answer.
import type { CommandContext } from '#kernel/command.ts'

type Outside = CommandContext['outside']

/** In a transaction that is not only a command's: there it is done where it is asked for. */
export const atOnce: Outside = (_, work) => work()

/** Runs `attempt` until it has every answer that it asks for outside. */
export async function withOutside<T>(attempt: (outside: Outside) => Promise<T>): Promise<T> {
  const answers = new Map<string, unknown>()
  const outside: Outside = (of, work) => (answers.has(of) ? Promise.resolve(answers.get(of) as never) : Promise.reject(new Asked(of, work)))
  for (;;) {
    try {
      return await attempt(outside)
    } catch (error) {
      if (!(error instanceof Asked)) throw error
      answers.set(error.of, await error.work())
    }
  }
}

class Asked extends Error {
  readonly of: string
  readonly work: () => Promise<unknown>
  constructor(of: string, work: () => Promise<unknown>) {
    super('done again when the answer is there')
    this.of = of
    this.work = work
  }
}
