// What an invariant is: something that holds after each commit, whenever a message is handed over, or when everything has come to rest.
import type { Look } from '../machine.ts'
import type { Commit, Handed, Seen } from '../record.ts'

export type Invariant = {
  id: string
  says: string
  /** After each commit. Throws a Violation. */
  always?: (commit: Commit, look: Look) => Promise<void> | void
  /** Right before a message is in the provider's hands. */
  handing?: (handed: Handed, seen: Seen) => void
  /** When nothing is left to do. `passDays` lets time pass with what recurs. */
  quiet?: (look: Look, time: { passDays: (days: number, everySeconds: number) => Promise<void> }) => Promise<void>
}
