// A synthetic alert that came in: it is taken in and decided about as any other, in a transaction that is rolled back, and then the process hears of it.
import type { CommandContext } from '#kernel/command.ts'
import type { Tell } from '#kernel/process.ts'
import type { Signal } from '#kernel/signal.ts'
import { takeInForShow } from '#domains/alerts/index.ts'
import { watchdog, watchdogKey } from './process.ts'

type Context = Pick<CommandContext, 'scope' | 'emit' | 'newId' | 'now'> & { tell: Tell }

/** `rehearse` runs its work in a transaction that leaves nothing behind. Throws what taking in throws. Answers the deduplication keys. */
export async function cameThrough(
  signals: Signal[],
  rehearse: (work: (context: Context) => Promise<string[]>) => Promise<string[]>,
  transact: (work: (context: Context) => Promise<void>) => Promise<void>,
): Promise<string[]> {
  const keys = await rehearse((context) => takeInForShow(context, signals))
  await transact(({ tell, now }) => tell(watchdog, watchdogKey, { type: 'came-through', at: now }))
  return keys
}
