import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import type { IntegrationId, SpoolLine, SpoolPiece } from '#domains/alerts/index.ts'
import { folderOnDisk } from './folder.ts'
import { openSpool, type Spool } from './spool.ts'

let folder: string
let names: number
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'tocsin-spool-')), 'spool')
  names = 0
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

const opened = (options?: { maxBytes?: number }) => openSpool(folderOnDisk(folder), () => `name-${++names}`, options)
const line = (title: string): SpoolLine => ({
  kind: 'signals',
  at: instant('2026-11-28T03:00:00Z'),
  integration: { id: 'int_1' as IntegrationId, serviceId: null, teamId: null },
  signals: [{ action: 'trigger', dedupKey: title, title, severity: 'error', labels: {} }],
})
const titles = (pieces: SpoolPiece[]) =>
  pieces.flatMap(({ lines }) => lines.flatMap((one) => (one.kind === 'signals' ? one.signals.map(({ title }) => title) : [one.kind])))
async function drained(spool: Spool): Promise<SpoolPiece[]> {
  const pieces: SpoolPiece[] = []
  await spool.drain(async (piece) => void pieces.push(piece))
  return pieces
}

/** Changes what stands in the first file. */
function damage(change: (text: string) => string): void {
  const path = join(folder, 'name-1.spool')
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

describe('a spool', () => {
  test('gives back what it was given, in order, once; before that there is nothing on the disk, and afterwards neither', async () => {
    const spool = opened()
    expect(spool.isEmpty()).toBe(true)
    await Promise.all([spool.append([line('a'), line('b')]), spool.append([line('c')])])
    await spool.append([line('d')])
    expect(spool.isEmpty()).toBe(false)
    expect(titles(await drained(spool))).toEqual(['a', 'b', 'c', 'd'])
    expect(spool.isEmpty()).toBe(true)
    expect(readdirSync(folder)).toEqual([])
    expect(await drained(spool)).toEqual([])
  })

  test('is its owner’s alone', async () => {
    const spool = opened()
    await spool.append([line('a')])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'name-1.spool')).mode & 0o777).toBe(0o600)
    await spool.close()
  })

  test('is read in order also when each process that wrote into it had a clock that was behind the one before', async () => {
    for (const [title, name] of [
      ['a', 'name-7'],
      ['b', 'name-5'],
      ['c', 'name-3'],
      ['d', 'name-8'],
      ['e', 'name-1'],
    ] as const) {
      const spool = openSpool(folderOnDisk(folder), () => name)
      await spool.append([line(title)])
      await spool.close()
    }
    const pieces = await drained(opened())
    expect(titles(pieces)).toEqual(['a', 'b', 'c', 'd', 'e'])
    // By its name the database knows what it has read of a file.
    expect(new Set(pieces.map(({ file }) => file)).size).toBe(5)
  })

  test('that a process left behind is read by the next one, up to what was written whole', async () => {
    const first = opened()
    await first.append([line('a')])
    await first.append([line('b')])
    await first.close()
    const path = join(folder, 'name-1.spool')
    const whole = readFileSync(path, 'utf8')
    writeFileSync(path, `${whole}${whole.slice(0, 60)}`)
    const second = opened()
    expect(second.isEmpty()).toBe(false)
    await second.append([line('c')])
    expect(titles(await drained(second))).toEqual(['a', 'b', 'c'])
  })

  test('hands out a damaged line as one that cannot be read, with what is left of it, and all that is behind it under its number', async () => {
    const first = opened()
    for (const title of ['a', 'b', 'c']) await first.append([line(title)])
    await first.close()
    damage((text) => text.replace('"b"', '"x"'))
    const pieces = await drained(opened())
    expect(titles(pieces)).toEqual(['a', 'unread', 'c'])
    expect(pieces).toMatchObject([{ from: 0, lines: [{}, { reason: 'it was damaged on the disk', integrationId: 'int_1' }, {}] }])
    expect(JSON.stringify(pieces)).toContain('"x')
    expect(readdirSync(folder), 'for a person to look at').toEqual(['name-1.spool.aside'])
    expect(opened().isEmpty()).toBe(true)
  })

  test.each([
    ['a last line', (text: string) => text.replace('"a"', '"x"')],
    ['its check sum', (text: string) => `z${text.slice(1)}`],
    ['all of it, so that there are no lines any more', (text: string) => '\0'.repeat(text.length)],
  ])('does not take what the disk has damaged for what was not written whole: %s', async (_, change) => {
    const first = opened()
    await first.append([line('a')])
    await first.close()
    damage(change)
    expect(titles(await drained(opened()))).toEqual(['unread'])
  })

  test('sets its file aside when not all of it could be taken in', async () => {
    const spool = opened()
    await spool.append([line('a')])
    await spool.drain(async () => false)
    expect(spool.isEmpty()).toBe(true)
    expect(readdirSync(folder)).toEqual(['name-1.spool.aside'])
  })

  test('gives back every character that a sender may send, and what comes behind it', async () => {
    const spool = opened()
    const odd = ['\u2028', '\u2029', '\u0085', '\r', '\n', '\r\n', '\u0000', '\ufeff', '\ud800', '🙂'.repeat(20_000)]
    const given = [...odd.map((text) => `${text}a${text}`), 'the last one']
    for (const title of given) await spool.append([line(title)])
    expect(titles(await drained(spool)).map((title) => given.indexOf(title))).toEqual(given.map((_, index) => index))
  })

  test('whose file cannot be read says so, and keeps it', async () => {
    const spool = opened()
    await spool.append([line('a')])
    rmSync(join(folder, 'name-1.spool'))
    await expect(drained(spool)).rejects.toThrow('ENOENT')
    expect(spool.isEmpty()).toBe(false)
  })

  test('that cannot be read off is still there, and is read from its beginning under the same numbers', async () => {
    const spool = opened()
    await spool.append([line('a'), line('b')])
    await expect(spool.drain(() => Promise.reject(new Error('away')))).rejects.toThrow('away')
    await spool.append([line('c')])
    expect(await drained(spool)).toMatchObject([
      { file: 'name-1.spool', from: 0, lines: [line('a'), line('b')] },
      { file: 'name-2.spool', from: 0, lines: [line('c')] },
    ])
  })

  test('keeps what comes while it is read, behind the rest', async () => {
    const spool = opened()
    await spool.append([line('a')])
    const pieces: SpoolPiece[] = []
    await spool.drain(async (piece) => {
      pieces.push(piece)
      if (pieces.length === 1) await spool.append([line('b')])
    })
    expect(titles(pieces)).toEqual(['a', 'b'])
    expect(spool.isEmpty()).toBe(true)
  })

  test('hands out what is much in pieces whose numbers go on', async () => {
    const spool = opened()
    await spool.append(Array.from({ length: 2500 }, (_, n) => line(String(n))))
    const pieces = await drained(spool)
    expect(pieces.map(({ from, lines }) => [from, lines.length])).toEqual([
      [0, 1000],
      [1000, 1000],
      [2000, 500],
    ])
  })

  test('takes no more than it may, and says when to come back', async () => {
    const spool = opened({ maxBytes: 500 })
    await spool.append([line('a')])
    expect(() => spool.append([line('b'.repeat(400))])).toThrow(expect.objectContaining({ code: 'too-many', retryAfterSeconds: 10 }))
    expect(titles(await drained(spool))).toEqual(['a'])
    await spool.append([line('c')])
    await spool.close()
  })

  test('on a disk that takes nothing says so, and forgets nothing that was there', async () => {
    const spool = opened()
    await spool.append([line('a')])
    await expect(spool.drain(() => Promise.reject(new Error('away')))).rejects.toThrow()
    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'no folder')
    await expect(spool.append([line('b')])).rejects.toThrow()
    expect(spool.isEmpty()).toBe(false)
    rmSync(folder)
  })
})
