import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { heldName, holdFolder } from '../outbound/held-folder.ts'
import { clearingLock, lockFolder } from './folder-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Takes the lock in a process of its own, which is killed with it. */
async function takenByOneThatIsKilled(): Promise<void> {
  const text = `const { lockFolder } = await import(${JSON.stringify(new URL('folder-lock.ts', import.meta.url).href)})
    await lockFolder(process.argv[1])
    console.log('has it')
    for (;;) await new Promise((done) => setTimeout(done, 1000))`
  const other = spawn(process.execPath, ['--input-type=module', '-e', text, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(other.stdout, 'data')
  other.kill('SIGKILL')
  await once(other, 'exit')
}
/** How many of so many who start at the same moment get it. */
async function getIt(atOnce: number): Promise<(() => void)[]> {
  const all = await Promise.allSettled(Array.from({ length: atOnce }, () => lockFolder(folder)))
  const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  for (const reason of refused) expect(reason).toMatchObject({ code: 'unavailable', message: expect.stringContaining('is in use by') })
  return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

test('of several that start at one moment one gets the folder, and what it gives back leaves nothing behind', async () => {
  const [release, ...others] = await getIt(8)
  expect(others).toEqual([])
  expect(await getIt(2)).toEqual([])
  release!()
  expect(readdirSync(folder)).toEqual([])
  expect(await getIt(1)).toHaveLength(1)
})

test('so it is where one that was killed has left its lock, and where the next one is killed too', async () => {
  await takenByOneThatIsKilled()
  await takenByOneThatIsKilled()
  const [release, ...others] = await getIt(8)
  expect(others).toEqual([])
  expect(await getIt(2)).toEqual([])
  release!()
  expect(readdirSync(folder)).toEqual([])
})

test.each([
  ['of a version before this one', '4194304999\n'],
  ['half written', ''],
])('so it is with a lock %s, whose owner is gone', async (_, text) => {
  writeFileSync(join(folder, 'lock'), text)
  expect(await getIt(8)).toHaveLength(1)
})

test('one that was killed while it cleared a lock away keeps nobody from it', async () => {
  await takenByOneThatIsKilled()
  const path = join(folder, 'lock')
  writeFileSync(clearingLock(folder, path, readFileSync(path, 'utf8')), '4194304998 0123456789ab\n')
  const [release, ...others] = await getIt(8)
  expect(others).toEqual([])
  release!()
  expect(readdirSync(folder)).toEqual([])
})

test('a version before this one that has the folder is seen', async () => {
  const letGo = await holdFolder(folder, heldName)
  writeFileSync(join(folder, 'lock'), `${process.pid}\n`)
  expect(await getIt(2)).toEqual([])
  letGo()
  expect(await getIt(1)).toHaveLength(1)
})

test('a restore that has the folder is named, so that nobody stops it', async () => {
  const program = join(folder, 'main.ts')
  writeFileSync(program, 'setInterval(() => {}, 1000)')
  const tried = async (verb: string) => {
    const other = spawn(process.execPath, [program, verb], { stdio: 'ignore' })
    await once(other, 'spawn')
    writeFileSync(join(folder, 'lock'), `${other.pid} 0123456789ab\n`)
    const refused = await lockFolder(folder).catch((error: unknown) => error)
    other.kill('SIGKILL')
    await once(other, 'exit')
    return { refused, other }
  }
  const { refused, other } = await tried('restore')
  expect(refused).toMatchObject({
    code: 'unavailable',
    message: `Another restore is at work in the data folder ${folder}, process ${other.pid}. Wait until it has ended, or set TOCSIN_DATA_DIR to another folder.`,
  })
  expect((await tried('serve')).refused).toMatchObject({ message: expect.stringContaining('Stop it') })
})
