// `tocsin verify` as it is typed: a list of heads that was saved elsewhere names what was altered, and what was continued in another way, in the database.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { addTeam, changeTeam } from '#domains/directory/teams.ts'
import { readConfig } from '#platform/config/config.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { appliedMigrations, migrate, readMigrations } from '#platform/database/migrate.ts'
import { silentLog } from '#platform/log.ts'
import { preparedFolder } from '../../../ops/real/programs.ts'
import { assembleEngine, migrationsFolder, openAsItIs, openDatabase } from '../node.ts'

const launcher = fileURLToPath(new URL('../../../bin/tocsin', import.meta.url))
let folder: string
beforeAll(async () => void (folder = await preparedFolder()))
afterAll(() => rmSync(folder, { recursive: true }))

/** The program, which has the embedded database for itself meanwhile. */
const tocsin = (...argv: string[]) => tocsinIn(folder, ...argv)
function tocsinIn(folder: string, ...argv: string[]) {
  const env = { PATH: process.env['PATH'], TOCSIN_DATA_DIR: folder }
  const { status, stdout, stderr } = spawnSync(launcher, argv, { cwd: folder, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** In between: what people do, and what is done behind their backs. */
async function inDatabase(work: (engine: Engine) => Promise<void>): Promise<void> {
  const config = readConfig({ TOCSIN_DATA_DIR: folder })
  const database = await openDatabase(config, silentLog())
  try {
    await work(assembleEngine(config, database))
  } finally {
    await database.close()
  }
}
const rename = (engine: Engine, team: string, name: string) => engine.run(system('test'), changeTeam, { team, name })
const tamper = (engine: Engine, statement: Sql) => engine.database.transaction((tx) => tx.query(statement))

test('an altered entry and a fork are named, each with its stream and its place, and the exit code is 1', async () => {
  const ids: Record<string, string> = {}
  await inDatabase(async (engine) => {
    for (const slug of ['altered', 'forked', 'left-alone']) {
      ids[slug] = (await engine.run(system('test'), addTeam, { slug, name: slug })).id
      for (const name of ['One', 'Two', 'Three']) await rename(engine, slug, name)
    }
  })
  const list = tocsin('verify', '--heads')
  expect(list.status).toBe(0)
  expect(JSON.parse(list.stdout)).toMatchObject({ streams: 3, entries: 12, signature: expect.stringMatching(/^[\w-]{24}$/) })
  writeFileSync(join(folder, 'heads.json'), list.stdout)

  await inDatabase(async (engine) => {
    await tamper(engine, sql`update events set actor = 'usr_somebody_else' where stream = ${ids['altered']} and sequence = 2`)
    // What comes after the second entry is cut off, and another history is written through the product itself: its chain is intact.
    await tamper(engine, sql`delete from events where stream = ${ids['forked']} and sequence > 2`)
    for (const name of ['Another two', 'Another three']) await rename(engine, 'forked', name)
    await rename(engine, 'left-alone', 'Four')
  })
  const found = tocsin('verify', '--against', 'heads.json', '--json')
  expect(found.status).toBe(1)
  const { broken, ...rest } = JSON.parse(found.stdout) as { broken: { stream: string }[] }
  expect(rest).toMatchObject({ chains: 3, lists: 1 })
  expect(broken.sort((a, b) => (a.stream === ids['altered'] ? -1 : b.stream === ids['altered'] ? 1 : 0))).toEqual([
    { stream: ids['altered'], sequence: 2, reason: expect.stringMatching(/entry 2 was altered/) },
    { stream: ids['forked'], sequence: 4, reason: expect.stringMatching(/written anew: entry 4 is not the one that was there/) },
  ])
})

test('it only reads: no database is made or brought up to date, and no master key is made', async () => {
  const other = await preparedFolder()
  try {
    const empty = join(other, 'another')
    mkdirSync(empty)
    expect(tocsinIn(empty, 'verify')).toMatchObject({ status: 3, stderr: expect.stringContaining(`There is no database in ${empty}.`) })
    expect(readdirSync(empty)).toEqual([])

    const config = readConfig({ TOCSIN_DATA_DIR: other })
    const appliedTo = async (most: number): Promise<number> => {
      const database = await openAsItIs(config, silentLog())
      await migrate(database, readMigrations(migrationsFolder).slice(0, most))
      const applied = await database.transaction(appliedMigrations)
      await database.close()
      return applied.length
    }
    await appliedTo(12)
    expect(tocsinIn(other, 'verify')).toMatchObject({ status: 3, stderr: expect.stringContaining('The database is of an older version') })
    expect(await appliedTo(12)).toBe(12)
    await appliedTo(Infinity)
    expect(tocsinIn(other, 'verify')).toMatchObject({ status: 0, stdout: '0 chains with 0 entries are intact.\n' })
    expect(tocsinIn(other, 'verify', '--heads')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('There is no master key here'),
    })
    expect(existsSync(config.secretKeyFile)).toBe(false)
  } finally {
    rmSync(other, { recursive: true })
  }
})
