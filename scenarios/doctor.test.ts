// The doctor finds each fault that it claims to find, and says how to mend it.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import { Secret } from '#kernel/secret.ts'
import { sql } from '#kernel/sql.ts'
import { instant } from '#kernel/time.ts'
import type { Ask } from '#app/cli/server.ts'
import { examine } from '#app/doctor/examine.ts'
import type { Finding } from '#app/doctor/finding.ts'
import { judgeHealth } from '#app/doctor/machinery.ts'
import { judgeOrganisation } from '#app/doctor/organisation.ts'
import { migrationsFolder, openAsItIs } from '#app/node.ts'
import { catalogue } from '#app/wiring.ts'
import { whyNoGreeting } from '#integrations/email/greeting.ts'
import { readConfig } from '#platform/config/config.ts'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { silentLog } from '#platform/log.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { preparedFolder } from '../ops/real/programs.ts'
import { createWorld, type World } from './world/world.ts'

const folders: string[] = []
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'tocsin-doctor-')))
  return folders.at(-1)!
}
afterAll(() => folders.forEach((one) => rmSync(one, { recursive: true, force: true })))

const plenty = { freeBytes: () => 50 * 1024 ** 3 }
const about = (findings: readonly Finding[], check: string) => findings.filter((finding) => finding.check === check)

describe('of the machine it says', () => {
  test('which setting is unknown, and looks at nothing else', async () => {
    expect(await examine({ TOCSIN_PROT: '80' }, plenty)).toEqual([
      expect.objectContaining({
        check: 'configuration',
        level: 'broken',
        sentence: expect.stringContaining('TOCSIN_PROT is not a setting'),
      }),
    ])
  })

  test.each([
    [{ TOCSIN_URL: 'tocsin.example.org' }, 'broken', /is no address of a page/],
    [{ TOCSIN_URL: 'http://tocsin.example.org' }, 'warning', /without encryption/],
    [{ HOST: '0.0.0.0' }, 'warning', /each reader's own machine/],
    [{ TOCSIN_URL: 'https://tocsin.example.org' }, 'fine', /^People open/],
  ])('what is wrong with the public address: %j', async (environment, level, sentence) => {
    const found = await examine({ TOCSIN_DATA_DIR: folder(), ...environment }, plenty)
    expect(about(found, 'address')).toEqual([expect.objectContaining({ level, sentence: expect.stringMatching(sentence) })])
  })

  test.each([
    [50, 'broken'],
    [500, 'warning'],
    [5000, 'fine'],
  ])('that %i MiB are left', async (mebibytes, level) => {
    const found = await examine({ TOCSIN_DATA_DIR: folder() }, { freeBytes: () => mebibytes * 1024 * 1024 })
    expect(about(found, 'space')).toEqual([
      expect.objectContaining({ level, sentence: expect.stringContaining(`${mebibytes} MiB are free`) }),
    ])
  })

  test('that nothing answers where the database should be, or that there is none yet', async () => {
    const away = { TOCSIN_DATA_DIR: folder(), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' }
    expect(about(await examine(away, plenty), 'database')).toMatchObject([
      { level: 'broken', sentence: expect.stringMatching(/^The database cannot be used: /) },
    ])
    expect(about(await examine({ TOCSIN_DATA_DIR: folder() }, plenty), 'database')).toMatchObject([{ level: 'warning' }])
  })

  test('that a node has the embedded database, and how to look all the same', async () => {
    const place = folder()
    mkdirSync(join(place, 'database'))
    // Whoever has the lock is another program of ours.
    const node = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)', 'main.ts'])
    writeFileSync(join(place, 'lock'), `${node.pid}\n`)
    const found = await examine({ TOCSIN_DATA_DIR: place }, plenty)
    node.kill()
    expect(about(found, 'database')).toEqual([
      {
        check: 'database',
        level: 'warning',
        sentence: expect.stringContaining(`in use by process ${node.pid}`),
        mend: expect.stringContaining('TOCSIN_TOKEN'),
      },
    ])
  })

  test('that another program has something there by a name that is needed', async () => {
    const place = await preparedFolder()
    folders.push(place)
    const shared = await openAsItIs(readConfig({ TOCSIN_DATA_DIR: place }), silentLog())
    await shared.script('create function hash_chain(bytea) returns bytea language sql immutable return $1')
    await shared.close()
    expect(about(await examine({ TOCSIN_DATA_DIR: place }, plenty), 'schema')).toMatchObject([
      { level: 'broken', sentence: "The database holds a function hash_chain(bytea) that is not Tocsin's." },
    ])
  })

  test('that a schema is older, and changes neither it nor makes a key', async () => {
    const place = await preparedFolder()
    folders.push(place)
    const config = readConfig({ TOCSIN_DATA_DIR: place })
    const older = await openAsItIs(config, silentLog())
    await migrate(older, readMigrations(migrationsFolder).slice(0, 12))
    await older.close()
    expect(about(await examine({ TOCSIN_DATA_DIR: place }, plenty), 'schema')).toMatchObject([
      { level: 'warning', sentence: expect.stringContaining('migrations wait') },
    ])
    const newer = await openAsItIs(config, silentLog())
    await migrate(newer, readMigrations(migrationsFolder))
    await newer.close()
    const found = await examine({ TOCSIN_DATA_DIR: place }, plenty)
    expect(about(found, 'schema')).toMatchObject([{ level: 'fine' }])
    expect(about(found, 'fsync')).toMatchObject([{ level: 'fine' }])
    expect(existsSync(config.secretKeyFile)).toBe(false)
  })
})

describe('of the mail server', () => {
  const outbound = createOutbound({ allowHosts: () => new Set(['127.0.0.1']), userAgent: 'test' })
  const greeting = (port: number, user = '') =>
    whyNoGreeting(new Secret(`smtp://${user}127.0.0.1:${port}`), 'https://tocsin.test', outbound)
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (_, __, done) => done(new Error('no')),
  })
  let port: number
  beforeAll(async () => {
    server.on('error', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.server.address() as AddressInfo).port
  })
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

  test('says that it greets', async () => expect(await greeting(port)).toBeUndefined())
  test('says that it refuses the password', async () => expect(await greeting(port, 'me:wrong@')).toMatch(/refused the user and password/))
  test('says that it does not answer', async () => expect(await greeting(1)).toMatch(/127\.0\.0\.1/))
})

describe('of the machinery it says', () => {
  const now = instant('2026-11-23T14:00:00Z')
  const healthy = {
    quietSince: null,
    fsync: true,
    copies: { following: 0, isWaitedFor: false },
    clockAheadSeconds: 0,
    jobs: { parked: 0, overdue: 0, oldest: null },
    nodes: [{ id: 'nod_1', startedAt: now, silentSeconds: 0.2 }],
    keys: ['aaaaaaaa'],
    heads: { looked: 3, broken: [] },
  }
  const how = { now, stopped: false, keys: ['aaaaaaaa'] }
  test('nothing, when all is well', () => expect(judgeHealth(healthy, how).every(({ level }) => level === 'fine')).toBe(true))

  test('nothing of copies, when a node of an earlier version was asked', () => {
    const { copies: _, ...earlier } = healthy
    expect(about(judgeHealth(earlier as never, how), 'copies')).toEqual([])
  })

  test.each([
    [{ following: 1, isWaitedFor: false }, /^One copy .* loses the last moments/],
    [{ following: 2, isWaitedFor: true }, /^2 copies .* loses nothing/],
  ])('of copies that follow the database, what a fail-over loses: %j', (copies, sentence) => {
    expect(about(judgeHealth({ ...healthy, copies }, how), 'copies')).toMatchObject([
      { check: 'copies', level: 'fine', sentence: expect.stringMatching(sentence) },
    ])
  })

  test.each([
    ['fsync', 'broken', { fsync: false }, /a power cut loses/],
    ['clock', 'warning', { clockAheadSeconds: 5 }, /5 s ahead of the database's/],
    ['clock', 'broken', { clockAheadSeconds: -90 }, /1 min behind the database's, by which Tocsin goes: .* shifts change at wrong times/],
    ['key', 'broken', { keys: ['bbbbbbbb'] }, /master key bbbbbbbb, which is not here/],
    ['nodes', 'broken', { nodes: [{ id: 'nod_1', startedAt: now, silentSeconds: 40 }] }, /nobody is paged/],
    [
      'overdue',
      'broken',
      { jobs: { parked: 0, overdue: 3, oldest: instant('2026-11-23T13:50:00Z') } },
      /3 pieces of work are late, the oldest by 10 min/,
    ],
    ['parked', 'warning', { jobs: { parked: 1, overdue: 0, oldest: null } }, /1 piece of work was set aside/],
    ['quiet', 'warning', { quietSince: now }, /restored copy, quiet since Mon 23 Nov, 14:00 UTC/],
    ['record', 'broken', { heads: { looked: 3, broken: [{ stream: 'inc_1', reason: 'altered' }] } }, /first inc_1: altered/],
  ] as const)('%s is %s', (check, level, facts, sentence) => {
    const found = judgeHealth({ ...healthy, ...facts } as never, how).filter((finding) => finding.level !== 'fine')
    expect(found).toEqual([{ check, level, sentence: expect.stringMatching(sentence), mend: expect.stringMatching(/./) }])
  })
})

describe('of what is in the database it says', () => {
  let world: World
  let ask: Ask
  beforeAll(async () => {
    world = await createWorld(catalogue)
    ask = (http, input) =>
      world.engine.execute(
        system('test'),
        catalogue.operations.find((one) => one.http === http)!,
        input,
      )
    await world.person('ana')
    await ask('POST /integrations', { name: 'Prometheus', kind: 'alertmanager' })
    await ask('POST /services', { slug: 'checkout', name: 'Checkout' })
    const rotation = { unit: 'week', length: 1, anchor: '2026-11-16T09:00', participants: ['ana'] }
    const windows = [{ kind: 'weekdays', days: ['mon'], from: '00:00', to: '00:00' }]
    await ask('POST /schedules', { slug: 'payments', name: 'Payments', zone: 'UTC', layers: [{ name: 'Weekly', rotation, windows }] })
    await world.settle()
  })
  afterAll(() => world.close())
  const look = async (mail: boolean, after = '0 s') => {
    await world.pass(after)
    return judgeOrganisation(ask, { now: world.clock.now(), mail })
  }
  const wrong = (findings: readonly Finding[]) =>
    findings.filter(({ level }) => level !== 'fine').map(({ level, sentence }) => `${level}: ${sentence}`)

  test('which schedule has a gap, which service no policy, and who on call cannot be reached', async () => {
    expect(wrong(await look(false))).toEqual([
      'warning: Nobody is on call in Payments from Tue 24 Nov, 00:00 UTC to Mon 30 Nov, 00:00 UTC.',
      'broken: Ana is on call and cannot be reached: only by e-mail, and no mail server is set.',
      'warning: No escalation policy, so alerts page nobody unless a route does: Checkout.',
    ])
    expect(about(await look(true), 'people')).toMatchObject([{ level: 'fine' }])
  })

  test('that nobody is on call now where the one who was is disabled', async () => {
    await ask('POST /users/{user}/disable', { user: 'ana' })
    const found = await look(true)
    expect(about(found, 'schedules')).toMatchObject([
      { level: 'broken', sentence: expect.stringMatching(/^Nobody is on call in Payments now, until /) },
    ])
    expect(about(found, 'people')).toMatchObject([{ level: 'fine', sentence: 'Everybody who is on call can be reached (0).' }])
  })

  test('which integration has been silent', async () => {
    expect(about(await look(true, '31 d'), 'integrations')).toMatchObject([
      { level: 'warning', sentence: 'Prometheus has sent nothing for 31 d, and never anything.' },
    ])
  })

  test('that a sealed secret does not open', async () => {
    await world.engine.database.transaction((tx) => tx.query(sql`update integrations set key_sealed = 'v1.00000000.AAAA'`))
    const closed: Ask = async (http, input) => {
      try {
        return await ask(http, input)
      } catch (error) {
        throw error instanceof AppError ? error : new AppError('internal', 'Something went wrong.')
      }
    }
    const found = await judgeOrganisation(closed, { now: world.clock.now(), mail: true })
    expect(about(found, 'secrets')).toMatchObject([{ level: 'broken', sentence: 'A sealed secret does not open: the key of Prometheus.' }])
    expect(about(await judgeOrganisation(ask, { now: world.clock.now(), mail: true }), 'secrets')).toMatchObject([{ level: 'broken' }])
  })

  test('that the end of a chain was altered, which keys are needed, and how late work is', async () => {
    const health = () => ask('GET /installation/health', {}) as Promise<Parameters<typeof judgeHealth>[0]>
    expect((await health()).heads.broken).toEqual([])
    await world.engine.database.transaction(async (tx) => {
      await tx.query(sql`update events set actor = 'usr_other' where position = (select max(position) from events)`)
      await tx.query(
        sql`insert into jobs (kind, lane, due, payload, parked_at) values ('reaction', 'a', '2026-11-23T14:00Z', '{}', now()), ('reaction', 'b', '2026-11-23T14:00Z', '{}', null)`,
      )
    })
    world.clock.set(instant('2027-01-30T00:00:00Z'))
    const found = await health()
    expect(found.heads.broken).toEqual([
      { stream: expect.any(String), reason: expect.stringMatching(/^its last entry, number \d+, was altered/) },
    ])
    expect(found).toMatchObject({
      keys: ['00000000'],
      jobs: { parked: 1, overdue: 1, oldest: '2026-11-23T14:00:00.000Z' },
      nodes: [],
      quietSince: null,
    })
  })
})
