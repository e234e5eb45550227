// An update for many followers of a status page: until the last of them is told, and what a page of somebody on call takes meanwhile.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { sql } from '../../src/kernel/sql.ts'
import { openEmbedded } from '../../src/platform/database/embedded.ts'
import { openPostgres } from '../../src/platform/database/postgres.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { hashOfToken } from '../../src/platform/secrets/token.ts'
import { createVault, masterKeys } from '../../src/platform/secrets/vault.ts'
import { freshFolder } from '../real/programs.ts'
import { median, milliseconds, percentile, print, printTable } from './figures.ts'
import { onCall, pagesUntil } from './paging.ts'
import { mailReceiver } from './receivers.ts'
import { addKeys, apply, must, startNode, type Setting } from './setting.ts'

const followers = Number(process.env['BENCH_FOLLOWERS'] ?? 10_000)
const secretKey = 'a-secret-key-for-the-bench-0123456789abcdef'
const pagesBefore = 20
const patienceMs = 600_000

const organisation = [
  'kind: component\nslug: payments\nname: Payments\n',
  'kind: status-page\nslug: shop\nname: Shop\nvisibility: public\nzone: Europe/Berlin\ncomponents: [payments]\n',
  ...onCall,
].join('---\n')

export async function manyFollowers(setting: Setting): Promise<void> {
  const mails = await mailReceiver()
  const folder = freshFolder()
  const environment = { TOCSIN_SMTP_URL: mails.url, TOCSIN_SECRET_KEY: secretKey }
  const first = await startNode(setting, 18099, environment, folder)
  await apply(first.port, organisation)
  await first.stop()
  await addFollowers(setting, folder)
  const node = await startNode(setting, 18099, environment, folder)
  try {
    const [key] = await addKeys(node.port, 'followers', 1)
    const { id } = await must<{ id: string }>(node.port, 'POST', '/incidents', { title: 'Payments fail', type: 'sre', severity: 'SEV2' })
    const before = await pagesUntil((n) => n >= pagesBefore, node.port, key!, mails)
    const taken = mails.taken()
    const began = performance.now()
    const components = [{ component: 'payments', status: 'partly-down' }]
    await must(node.port, 'POST', '/updates', { incident: id, text: 'Some payments fail. We undo the change that did it.', components })
    const published = performance.now() - began
    let told: number | undefined
    let pages = 0
    const meanwhile = await pagesUntil(
      (n) => {
        pages = n
        if (mails.taken() - taken - n >= followers) told ??= performance.now() - began
        return told !== undefined || performance.now() - began > patienceMs
      },
      node.port,
      key!,
      mails,
    )
    const row = (what: string, took: readonly number[]) => [
      what,
      milliseconds(median(took)),
      milliseconds(percentile(took, 0.99)),
      milliseconds(Math.max(...took)),
    ]
    printTable(
      [`an update for ${followers} followers on ${setting.kind}, ms`, 'p50', 'p99', 'slowest'],
      [row('a page before', before), row('a page meanwhile', meanwhile)],
    )
    print(
      `Published after ${milliseconds(published)} ms; ${told === undefined ? `only ${mails.taken() - taken - pages}` : 'all'} told after ${((told ?? patienceMs) / 1000).toFixed(1)} s.`,
    )
  } finally {
    await node.stop()
    await mails.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** As if each had pressed the button of its invitation: nobody is invited ten thousand times within an hour. */
async function addFollowers({ databaseUrl }: Setting, folder: string): Promise<void> {
  const database = databaseUrl ? openPostgres(databaseUrl, { poolSize: 1, onError: () => undefined }) : await openEmbedded(folder)
  const vault = createVault(masterKeys(new Secret(secretKey), ''))
  const rows = Array.from({ length: followers }, (_, n) => {
    const id = `sub_${String(n).padStart(26, '0')}`
    const email = `follower-${n}@example.org`
    const secret = () => randomBytes(24).toString('base64url')
    const [yes, leave] = [secret(), secret()]
    return {
      id,
      email,
      address: hashOfToken(email),
      confirm: hashOfToken(yes),
      confirmSealed: vault.seal(yes, `subscribers.confirm_sealed.${id}`),
      leave: hashOfToken(leave),
      leaveSealed: vault.seal(leave, `subscribers.leave_sealed.${id}`),
    }
  })
  await database.transaction(async (tx) => {
    await tx.query(sql`insert into subscribers (id, page_id, email, address_hash, asked_at, confirmed_at, confirm_hash, confirm_sealed, leave_hash, leave_sealed)
      select id, (select id from status_pages where slug = 'shop'), email, address, now(), now(), confirm, "confirmSealed", leave, "leaveSealed"
      from json_to_recordset(${JSON.stringify(rows)}::json) as row (id text, email text, address text, confirm text, "confirmSealed" text, leave text, "leaveSealed" text)`)
  })
  await database.close()
}
