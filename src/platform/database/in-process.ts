// A connection to the embedded database, as pg takes one: what it would write to a socket PGlite does at once, and what PGlite answers is read as from one.
import { Duplex } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'

const terminate = 'X'.charCodeAt(0)
/** Of the protocol's messages only the first of a connection has no letter before its length. */
const startup = 0

export class InProcessConnection extends Duplex {
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    super()
    this.#pglite = pglite
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'))
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: string, done: (error?: Error) => void): void {
    this.#say(chunk, done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error) => void): void {
    this.#say(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }

  #say(messages: Buffer, done: (error?: Error) => void): void {
    if (messages[0] === terminate) {
      this.push(null)
      done()
      return
    }
    if (messages[0] === startup) {
      this.push(Buffer.from(this.#pglite.execProtocolRawSync(messages)))
      done()
      return
    }
    // A view of PGlite's own memory, which it writes over.
    const answers: Buffer[] = []
    const onRawData = (bytes: Uint8Array) => void answers.push(Buffer.from(bytes))
    this.#pglite.execProtocolRawStream(messages, { onRawData }).then(
      () => {
        if (answers.length > 0) this.push(answers.length === 1 ? answers[0] : Buffer.concat(answers))
        done()
      },
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    )
  }
}
