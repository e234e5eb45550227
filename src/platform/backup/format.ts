// What a back-up file is: a gzip'd stream of lines. First a header, then for each table its name and a line of texts a row, then the sequences, and at
// the end the counts with the SHA-256 of every byte before, so that a file that was cut or damaged is noticed. It holds no master key.
import { z } from 'zod'
import { InstantOut } from '#kernel/time.ts'

/** Raised when an older program could no longer read what is written. */
export const formatNumber = 1

const Counts = z.record(z.string(), z.number())

export const Header = z.object({
  tocsin: z.literal('backup'),
  format: z.number(),
  /** Of the product that made it. */
  version: z.string(),
  at: InstantOut,
  /** Which kind of database it came from; it can be restored on either. */
  database: z.string(),
  migrations: z.array(z.object({ number: z.number(), name: z.string(), hash: z.string() })),
  /** Ids of the master keys that its sealed secrets need. */
  keys: z.array(z.string()),
  rows: Counts,
})
export type Header = z.output<typeof Header>

/** Before the rows of a table: every row is an array of texts in the order of these columns. */
export const TableLine = z.object({ table: z.string(), columns: z.array(z.string()) })
export const SequencesLine = z.object({ sequences: z.record(z.string(), z.number().nullable()) })
export const EndLine = z.object({ end: z.object({ rows: Counts, sha256: z.string() }) })
