// `tocsin password-link` as it is typed, by an administrator who locked themselves out.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anonymous, system } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { setPassword } from '#domains/directory/password-links.ts'
import { addUser } from '#domains/directory/people.ts'
import { signIn } from '#domains/directory/sign-in.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { readConfig } from '#platform/config/config.ts'
import { silentLog } from '#platform/log.ts'
import { preparedFolder } from '../../../ops/real/programs.ts'
import { assembleEngine, openDatabase } from '../node.ts'

const launcher = fileURLToPath(new URL('../../../bin/tocsin', import.meta.url))
const mara = { handle: 'mara', name: 'Mara', email: 'mara@example.test', role: 'administrator' } as const
const password = 'a long sentence is best'
let folder: string
beforeAll(async () => void (folder = await preparedFolder()))
afterAll(() => rmSync(folder, { recursive: true }))

/** The program, which has the embedded database for itself meanwhile. */
function tocsin(...argv: string[]) {
  const env = { PATH: process.env['PATH'], TOCSIN_DATA_DIR: folder, TOCSIN_URL: 'https://tocsin.test' }
  const { status, stdout, stderr } = spawnSync(launcher, argv, { cwd: folder, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

async function inDatabase<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const config = readConfig({ TOCSIN_DATA_DIR: folder })
  const database = await openDatabase(config, silentLog())
  try {
    return await work(assembleEngine(config, database))
  } finally {
    await database.close()
  }
}

test('writes a link and nothing else, which works once and is in the record without its token', async () => {
  await inDatabase((engine) => engine.run(system('test'), addUser, mara))
  const { status, stdout, stderr } = tocsin('password-link', 'Mara@example.test')
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^https:\/\/tocsin\.test\/set-password#[\w-]{32}\n$/)])
  expect(stderr).toMatch(/^Whoever opens it sets the password of Mara@example\.test and is signed in\. It works once, until /)
  const token = stdout.trim().split('#')[1]!
  await inDatabase(async (engine) => {
    await engine.run(anonymous, setPassword, { token, password })
    await expect(engine.run(anonymous, setPassword, { token, password })).rejects.toMatchObject({ code: 'gone' })
    expect(await engine.run(anonymous, signIn, { email: mara.email, password })).toMatchObject({ session: {} })
    const events = await engine.database.transaction((tx) => tx.query<{ type: string; actor: string }>(sql`select * from events`))
    expect(events).toContainEqual(expect.objectContaining({ type: 'user.password-link-made', actor: 'system:command line' }))
    expect(JSON.stringify(events)).not.toContain(token)
  })
})

test('of an address that nobody has ends with 1 and a sentence', () => {
  expect(tocsin('password-link', 'nobody@example.test')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'tocsin: Nobody who can sign in has this address.\n',
  })
})
