// What a node knew outlives it: read back whole, sealed on the disk, and only for the database that it was read from.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { Secret } from '#kernel/secret.ts'
import { addIntegration } from '#domains/alerts/index.ts'
import { silentLog } from '#platform/log.ts'
import { pagingWorld } from '#scenarios/world/oncall.ts'
import { knownFileName, openKnownFile } from './known-file.ts'
import { foreseeTold, readLastKnown, type LastKnown } from './last-known.ts'

const key = 'a-key-of-a-sender-02'
let world: Awaited<ReturnType<typeof pagingWorld>>
let known: LastKnown
let folder: string
beforeAll(async () => {
  world = await pagingWorld([{ who: ['ana'], delaySeconds: 300 }])
  await world.engine.run(system('test'), addIntegration, { name: 'Sender of secrets', kind: 'alertmanager', key })
  known = await readLastKnown(world.engine)
})
afterAll(() => world.close())
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tocsin-known-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const file = (url = 'postgres://tocsin:first@db.example.org:5432/tocsin', vault = world.engine.vault) =>
  openKnownFile(folder, { vault, of: new Secret(url), log: silentLog() })
const path = () => join(folder, knownFileName)

test('what was written is read back, and decides as it did', async () => {
  expect(file().read()).toBeUndefined()
  await file().write(known)
  const read = file().read()!
  expect(read).toEqual(known)
  const integration = { id: known.rules.keys[0]!.id, serviceId: null, teamId: null }
  const signal = {
    action: 'trigger',
    dedupKey: 'a',
    title: 'Card payments fail',
    severity: 'critical',
    labels: {},
    service: 'checkout',
  } as const
  const told = foreseeTold(read, integration, signal, read.at)
  expect(told?.people.map(({ reason }) => reason)).toEqual(['named by the policy'])
  expect(told).toEqual(foreseeTold(known, integration, signal, known.at))
})

test('nothing of it can be read on the disk, by nobody but its owner, and no key is in it but as a hash', async () => {
  await file().write(known)
  const text = readFileSync(path(), 'utf8')
  const open = Buffer.from(text.split('.').at(-1)!, 'base64url').toString('latin1')
  // None so short that chance would write it.
  for (const word of ['Sender of secrets', '"ana"', 'example', known.rules.keys[0]!.keyHash]) {
    expect(text).not.toContain(word)
    expect(open).not.toContain(word)
  }
  expect(statSync(path()).mode & 0o777).toBe(0o600)
  expect(JSON.stringify(known.rules.keys)).not.toContain(key)
  expect(existsSync(`${path()}.new`)).toBe(false)
})

test.each<[string, () => unknown]>([
  ['of another database', () => file('postgres://tocsin:first@elsewhere.example.org:5432/tocsin').read()],
  [
    'that was altered',
    () => (
      writeFileSync(
        path(),
        readFileSync(path(), 'utf8').replace(/.(?=.{9}$)/, (one) => (one === 'A' ? 'B' : 'A')),
      ),
      file().read()
    ),
  ],
  ['that is half', () => (writeFileSync(path(), readFileSync(path(), 'utf8').slice(0, 300)), file().read())],
  ['that is empty', () => (writeFileSync(path(), ''), file().read())],
])('a file %s is as good as none', async (_, read) => {
  await file().write(known)
  expect(read()).toBeUndefined()
})

test('another password of the same database opens it', async () => {
  await file().write(known)
  expect(file('postgres://other:second@db.example.org:5432/tocsin').read()).toEqual(known)
})

test('what only alerts have changed is not written at once, and anything else is', async () => {
  const writer = file()
  await writer.write(known)
  await writer.write({ ...known, rules: { ...known.rules, openGroups: new Set(['a group']) } })
  expect(file().read()).toEqual(known)
  const changed = { ...known, rules: { ...known.rules, keys: [] } }
  await writer.write(changed)
  expect(file().read()).toEqual(changed)
})
