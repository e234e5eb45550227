// A node killed with SIGKILL at random moments while 1,000 alerts come in and 100 pages are live: in the end every alert is there, and every page was
// sent once per level and person, none missing. On the embedded database and on PostgreSQL.
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, hasPostgres, preparedFolder, startPostgres, startTocsin } from '../ops/real/programs.ts'
import { administrator, ask, eventually, integrationKey, must, startMailbox, token, type Mail } from './organisation.ts'

const groups = 100
const alertsPerGroup = 10
const kills = 5

/** So many pairs of people take turns: nobody is paged so often in a minute that a summary comes instead. */
const pairs = 25

const documentsOf = (n: number): string[] => [
  `kind: user\nhandle: first-${n}\nname: First ${n}\nemail: first-${n}@example.org\n`,
  `kind: user\nhandle: second-${n}\nname: Second ${n}\nemail: second-${n}@example.org\n`,
  `kind: policy\nslug: pair-${n}\nname: Pair ${n}\nrepeat: 0\nlevels:\n  - { targets: [{ user: first-${n} }], delaySeconds: 60 }\n  - { targets: [{ user: second-${n} }], delaySeconds: 60 }\n`,
  `kind: service\nslug: service-${n}\nname: Service ${n}\npolicy: pair-${n}\n`,
]
const organisation = [
  {
    path: 'all.yaml',
    text: Array.from({ length: pairs }, (_, n) => documentsOf(n))
      .flat()
      .join('---\n'),
  },
]

const batch = (group: number): unknown[] =>
  Array.from({ length: alertsPerGroup }, (_, index) => ({
    labels: { alertname: `Crash${group}`, instance: `i${index}`, severity: 'critical', service: `service-${group % pairs}` },
    annotations: { summary: `Crash ${group}` },
    endsAt: '2099-01-01T00:00:00Z',
  }))

describe.concurrent.each([
  { kind: 'the embedded database', port: 18300, postgresPort: undefined },
  { kind: 'PostgreSQL', port: 18301, postgresPort: 15433 },
])('killed at random moments on $kind', ({ port, postgresPort }) => {
  let postgres: ReturnType<typeof startPostgres>
  let folder: string
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let node: Awaited<ReturnType<typeof startTocsin>>
  const environment = () => ({
    TOCSIN_ADMIN_EMAIL: administrator.email,
    TOCSIN_ADMIN_PASSWORD: administrator.password,
    TOCSIN_ADMIN_TOKEN: token,
    TOCSIN_SMTP_URL: mailbox.url,
    TOCSIN_ALLOW_HOSTS: '127.0.0.1',
    ...(postgres ? { DATABASE_URL: postgres.url } : {}),
  })
  const runs = postgresPort === undefined || hasPostgres()
  if (!runs) process.stdout.write('The crash scenario on PostgreSQL is skipped: PostgreSQL is not installed.\n')

  beforeAll(async () => {
    if (!runs) return
    if (postgresPort !== undefined) postgres = startPostgres(postgresPort)
    mailbox = await startMailbox()
    folder = postgres ? freshFolder() : await preparedFolder()
    node = await startTocsin(port, environment(), folder)
    await must(port, 'POST', '/configuration/apply', { files: organisation })
    await must(port, 'POST', '/integrations', { name: 'Crash', kind: 'alertmanager', key: integrationKey })
  })
  afterAll(async () => {
    await node?.stop()
    await mailbox?.stop()
    postgres?.stop()
    if (runs) rmSync(folder, { recursive: true, force: true })
  })

  test.runIf(runs)(
    'every alert is there, every page was sent exactly once per level and person',
    async () => {
      let sending = true
      const killer = (async () => {
        for (let round = 0; round < kills; round++) {
          await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 2500))
          await node.kill()
          node = await startTocsin(port, environment(), folder)
        }
        sending = false
      })()
      const sender = (async () => {
        for (let group = 0; group < groups; group++) await acceptedSometime(port, batch(group))
      })()
      await Promise.all([sender, killer])
      expect(sending).toBe(false)

      const count = await must<{ open: number }>(port, 'GET', '/alert-counts')
      expect(count.open).toBe(groups * alertsPerGroup)
      // Two levels of one person each; a mail that says that nobody answered is no page, and comes later or not at all.
      const expected = groups * 2
      const pages = () => new Map(mailbox.mails.filter((mail) => !isLast(mail)).map((mail) => [mail.messageId, about(mail)]))
      await eventually(`${expected} different mails`, 240, async () => (pages().size >= expected ? true : undefined))
      await new Promise((resolve) => setTimeout(resolve, 3000))
      const sent = [...pages().values()].sort()
      expect(sent.filter((what, index) => what === sent[index - 1])).toEqual([])
      expect(sent).toHaveLength(expected)
    },
    420_000,
  )
})

/** `first-7@example.org Crash 7`: whom a mail was sent to, and about what. */
const about = ({ to, text }: Mail): string => `${to} ${/Crash \d+/.exec(text)?.[0]}`
/** Also when it comes in a summary: the administrator hears of all of them at once. */
const isLast = ({ text }: Mail): boolean => /^subject: (\d+ more pages?: )?Nobody answered/im.test(text)

/** Sends until it was answered with 200: what a real sender does. */
async function acceptedSometime(port: number, alerts: unknown[]): Promise<void> {
  await eventually('accepted batch', 180, async () => {
    const answer = await ask(port, 'POST', `/in/${integrationKey}/api/v2/alerts`, alerts).catch(() => undefined)
    return answer?.status === 200 ? true : undefined
  })
}
