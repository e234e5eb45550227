import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeCluster, openFolder } from './cluster.ts'

let place: string
beforeEach(() => void (place = mkdtempSync(join(tmpdir(), 'tocsin-cluster-'))))
afterEach(() => rmSync(place, { recursive: true }))

const answers = async (folder: string) => {
  const database = await openFolder(folder, true)
  try {
    return (await database.query('select 1 as one')).rows
  } finally {
    await database.close()
  }
}
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('a cluster is made where nothing was prepared, and one that was prepared is copied: nobody else reads or writes the copy', async () => {
  const prepared = join(place, 'prepared')
  await makeCluster(prepared, join(place, 'absent'))
  expect(await answers(prepared)).toEqual([{ one: 1 }])

  const copy = join(place, 'copy')
  await makeCluster(copy, prepared)
  expect([modeOf(copy), modeOf(join(copy, 'base')), modeOf(join(copy, 'PG_VERSION'))]).toEqual(['700', '700', '600'])
  expect(await answers(copy)).toEqual([{ one: 1 }])
})

test('what was cut off half way is made anew, and what is there is left alone', async () => {
  const prepared = join(place, 'prepared')
  mkdirSync(prepared)
  writeFileSync(join(prepared, 'PG_VERSION'), '17')
  const folder = join(place, 'database')
  cpSync(prepared, `${folder}.unfinished`, { recursive: true })
  writeFileSync(join(`${folder}.unfinished`, 'half'), '')
  await makeCluster(folder, prepared)
  expect([existsSync(join(folder, 'PG_VERSION')), existsSync(join(folder, 'half'))]).toEqual([true, false])

  writeFileSync(join(folder, 'mine'), '')
  await makeCluster(folder, prepared)
  expect(existsSync(join(folder, 'mine'))).toBe(true)
})
