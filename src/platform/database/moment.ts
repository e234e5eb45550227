// What a transaction asks at one moment: sent as one message, answered as one. An answer of its own for each costs both sides a call of the system, and
// what the rows of a statement look like is told once for each connection, and not each time.
import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import utils from 'pg/lib/utils.js'
import { kept } from '#kernel/kept.ts'
import type { Sql } from '#kernel/sql.ts'
import { parsers } from './database.ts'
import { breakOff, unlessAnswered } from './silence.ts'

/** How values come out, for pg. */
export const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
}

export type Row = Record<string, unknown>

/** How the rows of a statement are read. */
type Shape = { name: string; parse: (text: string) => unknown }[]

type Asked = {
  name: string
  text: string
  values: (string | Buffer | null)[]
  done: (rows: Row[]) => void
  failed: (error: Error) => void
}

/** pg's connection, as it shows itself to what is submitted to a client. */
type Connection = {
  stream: Duplex
  close(of: { type: 'S'; name: string }): void
  parse(statement: { name: string; text: string }): void
  bind(values: { statement: string; values: Asked['values'] }): void
  describe(of: { type: 'P' }): void
  execute(): void
  sync(): void
}

/**
 * `ask` sends at the end of this turn of the event loop, together with what else is asked until then; `send` sends at once what was asked. Outside of a
 * transaction each moment is one of its own: its statements are done together or not at all. A moment that is not answered within `silentMs` breaks the
 * connection off.
 */
export function moments(
  client: pg.PoolClient,
  silentMs: number,
): { ask(statement: Sql): Promise<Row[]>; send(): void; hasSent(): boolean } {
  let asked: Asked[] = []
  let hasSent = false
  const send = () => {
    if (asked.length === 0) return
    hasSent = true
    client.query(
      new Moment(
        asked,
        unlessAnswered(silentMs, () => breakOff(client, silentMs)),
      ),
    )
    asked = []
  }
  return {
    send,
    hasSent: () => hasSent,
    ask: ({ text, values }) =>
      new Promise((done, failed) => {
        const mapped = values.map(utils.prepareValue)
        if (asked.length === 0) setImmediate(send)
        asked.push({ name: nameOf(text), text, values: mapped, done, failed })
      }),
  }
}

/** When one fails, the database skips those behind it, and they fail with it. What pg calls is named as it names it. */
class Moment extends pg.Query {
  readonly #asked: readonly Asked[]
  #shapes = new Map<string, Shape>()
  /** Which of them is being answered. */
  #at = 0
  #rows: Row[] = []
  #unreadable: Error | undefined
  readonly #heard: () => void

  constructor(asked: readonly Asked[], heard: () => void) {
    super('')
    this.#asked = asked
    this.#heard = heard
  }

  override submit = (raw: unknown): void => {
    const connection = raw as Connection
    this.#shapes = shapesOf(connection)
    connection.stream.cork()
    for (const { name, text, values } of this.#asked) {
      const isNew = !this.#shapes.has(name)
      if (isNew) {
        this.#shapes.set(name, [])
        // One of an attempt that failed may be there. To close what is not there is no error.
        connection.close({ type: 'S', name })
        connection.parse({ name, text })
      }
      connection.bind({ statement: name, values })
      if (isNew) connection.describe({ type: 'P' })
      connection.execute()
    }
    connection.sync()
    connection.stream.uncork()
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    const shape = fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID) }))
    this.#shapes.set(this.#asked[this.#at]!.name, shape)
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    try {
      const row: Row = {}
      this.#shapes.get(this.#asked[this.#at]!.name)!.forEach(({ name, parse }, index) => {
        const value = fields[index] ?? null
        row[name] = value === null ? null : parse(value)
      })
      this.#rows.push(row)
    } catch (error) {
      this.#unreadable ??= error as Error
    }
  }

  handleCommandComplete(): void {
    const { done, failed } = this.#asked[this.#at++]!
    if (this.#unreadable) failed(this.#unreadable)
    else done(this.#rows)
    this.#unreadable = undefined
    this.#rows = []
  }

  handleReadyForQuery(): void {
    this.#heard()
    if (this.#at === this.#asked.length) return
    // Nobody waits for good for an answer of a kind that is not read here, as one to an empty statement.
    this.handleError(new Error('The database ended its answer before every statement was answered.'))
  }

  handleError(error: Error): void {
    this.#heard()
    for (const { name, failed } of this.#asked.slice(this.#at)) {
      // Those that were skipped were not prepared; and one whose rows look otherwise since an upgrade fails until it is prepared again.
      this.#shapes.delete(name)
      failed(error)
    }
  }
}

/** The statements that each connection has prepared, by name. */
const prepared = new WeakMap<Connection, Map<string, Shape>>()

function shapesOf(connection: Connection): Map<string, Shape> {
  const known = prepared.get(connection) ?? new Map<string, Shape>()
  prepared.set(connection, known)
  return known
}

const nameOf = kept((text) => createHash('sha1').update(text).digest('base64url'))
