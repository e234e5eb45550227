// A rolling upgrade: nodes of the version before and of this one on one database. Both take in, both page, neither loses what the other has written.
// Not part of `npm test`, which has no history: `npm run test:upgrade`; PREVIOUS names another commit than the last release.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, hasPostgres, startPostgres, startTocsin, type Peer } from '../ops/real/programs.ts'
import { administrator, ask, eventually, integrationKey, must, startMailbox, token } from './organisation.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const previous = process.env['PREVIOUS'] ?? readFileSync(new URL('previous-release.txt', import.meta.url), 'utf8').trim()
const isHere = (() => {
  try {
    execFileSync('git', ['cat-file', '-e', `${previous}^{commit}`], { cwd: root, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const runs = hasPostgres() && isHere
if (!runs)
  process.stdout.write(`The upgrade is skipped: ${isHere ? 'PostgreSQL is not installed' : `${previous} is not in this history`}.\n`)

const [before, now] = [18450, 18451]
const person = (handle: string) => `kind: user\nhandle: ${handle}\nname: ${handle}\nemail: ${handle}@example.org\n---\n`
const policyOf = (handle: string, next: string) =>
  `kind: policy\nslug: ${handle}\nname: ${handle}\nrepeat: 0\nlevels:\n  - { targets: [{ user: ${handle} }], delaySeconds: 10 }\n  - { targets: [{ user: ${next} }], delaySeconds: 600 }\n---\nkind: service\nslug: ${handle}\nname: ${handle}\npolicy: ${handle}\n`
// Several pairs: who is paged more than five times within a minute hears of the rest in summaries, from the nodes that know of storms.
const pair = (one: string, other: string) => `${person(one)}${person(other)}${policyOf(one, other)}---\n${policyOf(other, one)}`
const organisation = [pair('ana', 'ben'), pair('cem', 'dua'), pair('eva', 'fin')].join('---\n')

describe.skipIf(!runs)(`nodes of ${previous} and of this version`, () => {
  let postgres: NonNullable<ReturnType<typeof startPostgres>>
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let ours: Peer | undefined
  let theirs: ChildProcess
  let folder: string
  const environment = () => ({
    DATABASE_URL: postgres.url,
    TOCSIN_SECRET_KEY: 'one-key-for-both-of-them-of-forty-characters',
    TOCSIN_ADMIN_EMAIL: administrator.email,
    TOCSIN_ADMIN_PASSWORD: administrator.password,
    TOCSIN_ADMIN_TOKEN: token,
    TOCSIN_SMTP_URL: mailbox.url,
    TOCSIN_ALLOW_HOSTS: '127.0.0.1',
  })
  const ready = (port: number) =>
    eventually(`node on ${port}`, 60, async () =>
      (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.status === 200 ? true : undefined,
    )
  const startPrevious = async () => {
    theirs = spawn(join(root, 'node_modules/.bin/node'), ['src/app/main.ts', 'serve'], {
      cwd: folder,
      stdio: 'inherit',
      env: {
        PATH: process.env['PATH'],
        PORT: String(before),
        TOCSIN_DATA_DIR: join(folder, 'data'),
        TOCSIN_LOG_LEVEL: 'error',
        ...environment(),
      },
    })
    await ready(before)
  }
  const send = (port: number, name: string, service: string) =>
    ask(port, 'POST', `/in/${integrationKey}/api/v2/alerts`, [
      { labels: { alertname: name, severity: 'critical', service }, annotations: { summary: name }, endsAt: '2099-01-01T00:00:00Z' },
    ])
  const mailsOf = (name: string) => mailbox.mails.filter(({ text }) => new RegExp(`subject: critical: ${name}`, 'i').test(text))
  const ended = (child: ChildProcess) =>
    new Promise<void>((resolve) => (child.exitCode === null ? child.once('exit', () => resolve()) : resolve()))

  beforeAll(async () => {
    folder = freshFolder()
    mkdirSync(join(folder, 'data'))
    const archive = execFileSync('git', ['archive', previous], { cwd: root, maxBuffer: 2 ** 30 })
    execFileSync('tar', ['-x', '-C', folder], { input: archive })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    postgres = startPostgres(15436)!
    mailbox = await startMailbox()
    await startPrevious()
    await must(before, 'POST', '/configuration/apply', { files: [{ path: 'all.yaml', text: organisation }] })
    await must(before, 'POST', '/integrations', { name: 'Upgrade', kind: 'alertmanager', key: integrationKey })
    expect((await send(before, 'Early', 'ana')).status).toBe(200)
    await eventually('first page', 60, async () => mailsOf('Early')[0])
    ours = await startTocsin(now, environment())
  }, 180_000)
  afterAll(async () => {
    theirs?.kill('SIGKILL')
    await ours?.stop()
    await mailbox?.stop()
    postgres?.stop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  test('each takes in and pages, each alert reaches each person once, and levels go on whoever began them', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `Both${n}x`)
    for (const [n, name] of names.entries())
      expect((await send(n % 2 === 0 ? before : now, name, ['ana', 'ben', 'eva', 'fin'][n >> 1]!)).status).toBe(200)
    await eventually('second level of every alert', 60, async () => (names.every((name) => mailsOf(name).length >= 2) ? true : undefined))
    await new Promise((resolve) => setTimeout(resolve, 3000))
    const doubled = names.filter((name) => new Set(mailsOf(name).map(({ messageId }) => messageId)).size !== 2)
    expect(doubled).toEqual([])
    for (const port of [before, now])
      expect((await must<{ items: { title: string }[] }>(port, 'GET', '/alerts?state=open')).items.length).toBe(names.length + 1)
  })

  test('each reads the record that both wrote, and it is intact', async () => {
    for (const port of [before, now]) {
      const { items } = await must<{ items: { sentence: string }[] }>(port, 'GET', '/audit?limit=100')
      expect(items.length).toBeGreaterThan(20)
      const [group] = (await must<{ items: { id: string }[] }>(port, 'GET', '/alert-groups?state=open')).items
      expect((await ask(port, 'GET', `/audit/verify/${group!.id}`)).body).toMatchObject({ intact: true })
    }
  })

  test('the newer one is gone, and the older goes on with what it had begun; and the other way round', async () => {
    expect((await send(now, 'Back', 'cem')).status).toBe(200)
    await eventually('its first page', 60, async () => mailsOf('Back')[0])
    await ours!.stop()
    ours = undefined
    await eventually('its second level, by the older', 60, async () => (mailsOf('Back').length >= 2 ? true : undefined))
    ours = await startTocsin(now, environment())
    expect((await send(before, 'Forth', 'dua')).status).toBe(200)
    await eventually('its first page', 60, async () => mailsOf('Forth')[0])
    theirs.kill('SIGKILL')
    await ended(theirs)
    await eventually('its second level, by the newer', 60, async () => (mailsOf('Forth').length >= 2 ? true : undefined))
  }, 180_000)
})
