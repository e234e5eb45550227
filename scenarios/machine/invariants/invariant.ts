// What an invariant is: something that holds after each commit, whenever a message is handed over, or when everything has come to rest.
import type { Instant } from '#kernel/time.ts'
import type { Database } from '#platform/database/database.ts'
import type { Node } from '../node.ts'
import type { Organisation } from '../organisation.ts'
import type { Answer, Commit, Handed, Seen } from '../record.ts'

/** What an invariant may look at. */
export type Look = { seen: Seen; database: Database; now: Instant; organisation: Organisation; nodes: readonly Node[] }

export type Invariant = {
  id: string
  says: string
  /** After each commit. Throws a Violation. */
  always?: (commit: Commit, look: Look) => Promise<void> | void
  /** Right before a message is in the provider's hands. */
  handing?: (handed: Handed, seen: Seen, look: Look) => Promise<void> | void
  /** Right after somebody was shown something. */
  answered?: (answer: Answer, look: Look) => Promise<void> | void
  /** After a commit, with the topics that the live pages of a node have heard of it. */
  heard?: (node: string, commit: Commit, topics: ReadonlySet<string>) => void
  /** When nothing is left to do. `passDays` lets time pass with what recurs. */
  quiet?: (look: Look, time: { passDays: (days: number, everySeconds: number) => Promise<void> }) => Promise<void>
}
