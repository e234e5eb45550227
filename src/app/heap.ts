// What a start leaves behind in memory, and that it goes.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Closes the gaps that a start has left in the heap, once: some 15 MiB less for as long as the node runs, for about 50 ms. */
export function closeGaps(): void {
  setFlagsFromString('--expose-gc')
  // Only a context that is made from now on has it.
  const collect = runInNewContext('gc') as (how: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
