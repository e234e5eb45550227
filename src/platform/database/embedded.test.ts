import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { openEmbedded } from './embedded.ts'

let folder: string
let other: ChildProcess
beforeEach(() => {
  folder = join(
    mkdtempSync(join(tmpdir(), 'tocsin-held-')),
    'a folder whose path is longer than that of a socket may be, which is a hundred characters',
  )
})
afterEach(() => {
  other.kill('SIGKILL')
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

/** Another process opens the folder; then it looks as in a container of its own, where it has the same number as this one. */
async function openElsewhere(): Promise<void> {
  const text = `const { openEmbedded } = await import(${JSON.stringify(new URL('embedded.ts', import.meta.url).href)})
    await openEmbedded(process.argv[1], { durable: false })
    console.log('open')
    for (;;) await new Promise((done) => setTimeout(done, 1000))`
  other = spawn(process.execPath, ['--input-type=module', '-e', text, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(other.stdout!, 'data')
  writeFileSync(join(folder, 'lock'), `${process.pid}\n`)
}
const inUse = { code: 'unavailable', message: expect.stringContaining('in use by another process, perhaps in another container') }

test('a folder that another process has is not opened, also when both have the same number; when that one is killed, it is', async () => {
  await openElsewhere()
  await expect(openEmbedded(folder)).rejects.toMatchObject(inUse)
  await expect(openEmbedded(folder)).rejects.toMatchObject(inUse)
  other.kill('SIGKILL')
  await once(other, 'exit')
  const database = await openEmbedded(folder, { durable: false })
  expect(await database.transaction((tx) => tx.query(sql`select 1 as one`))).toEqual([{ one: 1 }])
  await database.close()
  await (await openEmbedded(folder, { durable: false })).close()
}, 60_000)
