// What the machinery needs of a database. Two implementations: a PostgreSQL server and the embedded one; the same SQL runs on both.
import type { Sql } from '#kernel/sql.ts'

export interface Transaction {
  query<Row>(statement: Sql): Promise<Row[]>
  afterCommit(work: () => void): void
  /** After those: hears how it ended. False also when its commit was not heard of, and may be there. */
  afterEnd(work: (isCommitted: boolean) => void): void
  /** Sent, and nobody needs its answer before the commit, which goes out right behind it and fails when this fails. */
  last(statement: Promise<unknown>): void
  /** From here on its commit waits for the disk, whatever it began with. */
  becomeDurable(): void
  /** Tells every node that listens on the channel, when the transaction commits. At most 7,900 bytes. */
  notify(channel: string, payload: string): Promise<void>
}

export type TransactionOptions = {
  /** False: the commit may be lost when the power fails. */
  durable?: boolean
  /** A statement that takes longer is stopped; on the embedded database nothing can stop one. */
  mostMs?: number
  /**
   * What it asks is answered within so long, or its connection is broken off and it fails as with a database that is away; Infinity: however long it takes.
   * Without it as the database was opened. The embedded database is never silent.
   */
  silentMs?: number
  /** Its statements may look through much, and each is planned for its values. The others find by key, and keep their plan. */
  looksThrough?: boolean
  /** All that it asks it asks at once: then to begin and to commit cost nothing. It takes no other option but `silentMs`, and no statement once one was sent. */
  atOneMoment?: boolean
}

export interface Database {
  readonly kind: 'postgres' | 'embedded'
  /** Runs `work` in one transaction and commits, or rolls back when it throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Runs a script of several statements, as migrations are. */
  script(text: string): Promise<void>
  /** Hears what other nodes say, and `["*"]` when some of it may have been missed; on the embedded database there are none. */
  listen(channel: string, heard: (payload: string) => void): Promise<void>
  /** Hears each time that a transaction failed as with a database that is away, or what listens was cut: perhaps another server answers next. */
  onAway(heard: () => void): void
  /** A number that is locked for as long as this node's connection lives. */
  holdNodeLock(lock: number): Promise<void>
  close(): Promise<void>
}

/** pg and PGlite name the SQLSTATE alike. */
export const sqlState = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && typeof (error as { code?: unknown }).code === 'string'
    ? (error as { code: string }).code
    : undefined

/** What a transaction answers to whoever asks it something after its end. */
export class TransactionOver extends Error {
  constructor() {
    super('This transaction is over.')
  }
}

/** Whether the transaction lost a race and may simply be done again. */
export const isRace = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '')

/** Whether a statement took longer than it was given. */
export const isTooSlow = (error: unknown): boolean => sqlState(error) === '57014'

/** Whether the database itself is away, so that the caller must come back later. */
export function isAway(error: unknown): boolean {
  const state = sqlState(error)
  if (state === undefined) return error instanceof Error && saidByDriver.test(error.message)
  const { severity } = error as { severity?: unknown }
  // What is fatal to the server has ended the session, or let none begin; without a severity it is an error of the system.
  return endsSession.test(state) || severity === 'FATAL' || severity === 'PANIC' || /^E([A-Z]+|AI_[A-Z]+)$/.test(state)
}

/** Connections, resources, shut-downs, a server that only reads, and transactions that stood idle or took too long for it. */
const endsSession = /^(08|53|57P|58|25006|25P03|25P04)/

/** pg's own words, which have no code. Others speak of connections too: names of constraints, what a person wrote, what somebody outside said. */
const saidByDriver =
  /^(Connection terminated|Client (has encountered a connection error|was closed) and is not queryable|timeout (expired$|exceeded when trying to connect)|The server does not support SSL|There was an error establishing an SSL)/

/** Whether nothing answered, or only that it is not up yet. One that answered and said no says so again: a wrong password, no such database. */
export const doesNotAnswer = (error: unknown): boolean =>
  isAway(error) && !/^(28|3D|42)/.test(sqlState(error) ?? '') && !(error instanceof Error && /\bSSL\b/.test(error.message))

/** What it wanted to add was not there when it looked, and is there now: done again, it sees that. */
const isThereByNow = (error: unknown): boolean => sqlState(error) === '23505'

/** Runs the work again when it lost a race against another transaction, at most five times. */
export async function withRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await work()
    } catch (error) {
      if (!(isRace(error) || isThereByNow(error)) || round === 5) throw error
    }
  }
}

/** How values come out of the database: times as instants, 64-bit numbers as numbers. By type OID. */
export const parsers: Record<number, (text: string) => unknown> = {
  1184: instantOf,
  20: (text) => Number(text),
  1700: (text) => Number(text),
}

/** Of a time as a session in UTC writes it. What is before the year 1 or after 9999, which no instant says, is the nearest one. */
function instantOf(text: string): string {
  if (text.endsWith('BC') || text === '-infinity') return '0001-01-01T00:00:00.000Z'
  if (text === 'infinity' || /^\d{5}/.test(text)) return '9999-12-31T23:59:59.999Z'
  // Years before 1000 are read as of this century, but for those that are written as ISO 8601 has them.
  return new Date(text.startsWith('0') ? `${text.slice(0, 10)}T${text.slice(11)}:00` : text).toISOString()
}
