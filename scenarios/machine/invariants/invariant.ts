// What an invariant is: something that holds after each commit, whenever a message is handed over, or when everything has come to rest.
import type { Instant } from '#kernel/time.ts'
import type { Database } from '#platform/database/database.ts'
import type { Disk } from '../disk.ts'
import type { Node } from '../node.ts'
import type { Organisation } from '../organisation.ts'
import type { Answer, Commit, Handed, Kept, Seen } from '../record.ts'

/** What an invariant may look at. */
export type Look = {
  seen: Seen
  database: Database
  now: Instant
  organisation: Organisation
  nodes: readonly Node[]
  disks: readonly Disk[]
}

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
  /** Right after a node has written something into its file. */
  kept?: (kept: Kept, look: Look) => void
  /** A node's file is empty. */
  emptied?: (node: string, seen: Seen) => void
  /** A node is gone; the next process reads what is left in its file. */
  crashed?: (node: string, seen: Seen) => void
  /** Time is about to pass, for nothing more can happen now. */
  passes?: (look: Look) => void
  /** When nothing is left to do. `passDays` lets time pass with what recurs. */
  quiet?: (look: Look, time: { passDays: (days: number, everySeconds: number) => Promise<void> }) => Promise<void>
}
