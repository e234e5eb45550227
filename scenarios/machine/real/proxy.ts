// A way between two programs that can be in trouble: cut, silent in one direction or both, slow, or broken off at one particular message.
// What a silent way keeps is handed on when it is well again, as a network does that was away for a while.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

type Direction = 'there' | 'back'
export type Trouble =
  /** What is open is reset, and so is whatever comes. */
  | { kind: 'cut' }
  /** Nothing is handed on, and nobody is told. */
  | { kind: 'silent'; direction: Direction | 'both' }
  /** Every piece is late by so much, in both directions. */
  | { kind: 'slow'; ms: number }
  /** A connection is reset when this text goes there: before it has arrived, or when its answer comes back, which is lost. */
  | { kind: 'reset at'; text: string; when: 'before' | 'after' }

export type Proxy = {
  port: number
  /** What is wrong from now on; nothing when undefined. */
  set(trouble: Trouble | undefined): void
  /** How many connections `reset at` has reset. */
  resets(): number
  stop(): Promise<void>
}

type Line = { here: Socket; there: Socket; losesAnswer: boolean }

/** Listens on a port of its own and hands on to `target` on this machine's loopback. */
export async function startProxy(target: number): Promise<Proxy> {
  const lines = new Set<Line>()
  let trouble: Trouble | undefined
  let changed = Promise.withResolvers<void>()
  let resets = 0

  const reset = ({ here, there }: Line) => [here, there].forEach((socket) => socket.resetAndDestroy())
  const isSilent = (direction: Direction) => trouble?.kind === 'silent' && ['both', direction].includes(trouble.direction)

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (here) => {
    const there = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const line: Line = { here, there, losesAnswer: false }
    lines.add(line)
    for (const socket of [here, there]) {
      // Whoever breaks off breaks off the other side too; the pieces below hear of it as well.
      socket.on('error', () => reset(line))
      socket.on('close', () => {
        if (here.destroyed && there.destroyed) lines.delete(line)
      })
    }
    if (trouble?.kind === 'cut') return reset(line)
    for (const direction of ['there', 'back'] as const) void handOn(line, direction).catch(() => reset(line))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function handOn(line: Line, direction: Direction): Promise<void> {
    const [from, to] = direction === 'there' ? [line.here, line.there] : [line.there, line.here]
    for await (const piece of from as AsyncIterable<Buffer>) {
      if (trouble?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, trouble?.kind === 'slow' ? trouble.ms : 0))
      while (isSilent(direction)) await changed.promise
      if (direction === 'back' && line.losesAnswer) return breakOff(line)
      if (direction === 'there' && trouble?.kind === 'reset at' && piece.includes(trouble.text)) {
        if (trouble.when === 'before') return breakOff(line)
        line.losesAnswer = true
      }
      if (!to.write(piece)) await once(to, 'drain')
    }
    while (isSilent(direction)) await changed.promise
    to.end()
  }

  function breakOff(line: Line): void {
    resets++
    reset(line)
  }

  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      trouble = next
      if (next?.kind === 'cut') lines.forEach(reset)
      changed.resolve()
      changed = Promise.withResolvers()
    },
    resets: () => resets,
    stop() {
      lines.forEach(reset)
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
