import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startProxy, type Proxy } from './proxy.ts'

describe('a way that can be in trouble', () => {
  let server: Server
  let proxy: Proxy
  let arrived: string
  const clients: Socket[] = []
  beforeEach(async () => {
    arrived = ''
    // It says everything again, in capitals.
    server = createServer((socket) => {
      socket.on('data', (piece: Buffer) => {
        arrived += piece.toString()
        socket.write(piece.toString().toUpperCase())
      })
      socket.on('error', () => undefined)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    proxy = await startProxy((server.address() as AddressInfo).port)
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await proxy.stop()
    await new Promise((resolve) => server.close(resolve))
  })

  function client() {
    const socket = connect(proxy.port, '127.0.0.1')
    clients.push(socket)
    let heard = ''
    socket.on('data', (piece: Buffer) => void (heard += piece.toString()))
    const error = new Promise<string>((resolve) => socket.on('error', (failed: NodeJS.ErrnoException) => resolve(failed.code ?? '')))
    return { socket, error, heard: () => heard, says: (text: string) => void socket.write(text) }
  }
  const soon = (look: () => string) => expect.poll(look, { interval: 2 })
  /** Long enough for a piece to go there and back many times. */
  const aMoment = () => new Promise((resolve) => setTimeout(resolve, 40))

  test('hands on both ways while nothing is wrong, and the end too', async () => {
    const { socket, heard, says } = client()
    says('hello')
    await soon(heard).toBe('HELLO')
    socket.end()
    await once(socket, 'close')
  })

  test('cut: what is open is reset, and so is what comes, until it is well again', async () => {
    const open = client()
    open.says('a')
    await soon(open.heard).toBe('A')
    proxy.set({ kind: 'cut' })
    expect(await open.error).toBe('ECONNRESET')
    const late = client()
    late.says('b')
    expect(await late.error).toMatch(/ECONNRESET|EPIPE/)
    proxy.set(undefined)
    const { heard, says } = client()
    says('c')
    await soon(heard).toBe('C')
    expect(arrived).toBe('ac')
  })

  test('silent: nothing arrives and nobody is told; then everything does, in order', async () => {
    const { heard, says } = client()
    proxy.set({ kind: 'silent', direction: 'both' })
    says('one ')
    await aMoment()
    says('two')
    await aMoment()
    expect([arrived, heard()]).toEqual(['', ''])
    proxy.set(undefined)
    await soon(heard).toBe('ONE TWO')
  })

  test('silent in one direction: what is said arrives, and the answer does not', async () => {
    const { heard, says } = client()
    proxy.set({ kind: 'silent', direction: 'back' })
    says('done')
    await soon(() => arrived).toBe('done')
    await aMoment()
    expect(heard()).toBe('')
    proxy.set({ kind: 'silent', direction: 'there' })
    await soon(heard).toBe('DONE')
    says('more')
    await aMoment()
    expect(arrived).toBe('done')
  })

  test('slow: every piece is late, and none is lost', async () => {
    const { heard, says } = client()
    proxy.set({ kind: 'slow', ms: 30 })
    const began = performance.now()
    says('late')
    await soon(heard).toBe('LATE')
    expect(performance.now() - began).toBeGreaterThan(50)
  })

  test.each([
    ['before', 'begin; '],
    ['after', 'begin; commit'],
  ] as const)('reset at a message, %s it has arrived: the answer never comes', async (when, there) => {
    const { error, heard, says } = client()
    proxy.set({ kind: 'reset at', text: 'commit', when })
    says('begin; ')
    await soon(heard).toBe('BEGIN; ')
    says('commit')
    expect(await error).toBe('ECONNRESET')
    await aMoment()
    expect([arrived, heard(), proxy.resets()]).toEqual([there, 'BEGIN; ', 1])
  })
})
