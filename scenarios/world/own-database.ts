// A database of a test's own on a PostgreSQL that is there.
import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** Made empty on the server at this address, or as a copy of another database. `drop` ends whoever is still connected to it. */
export async function ownDatabase(server: string, of?: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = freshName()
  await administer(server, (client) => client.query(`create database ${name}${of === undefined ? '' : ` template ${of}`}`))
  return {
    url: addressOf(server, name),
    drop: async () => void (await administer(server, (client) => client.query(`drop database ${name} with (force)`))),
  }
}

/** The name of a database that everybody on this server begins from: whoever comes first makes it. */
export async function sharedDatabase(server: string, name: string, make: (url: string) => Promise<void>): Promise<string> {
  await administer(server, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [name])
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rows.length > 0) return
    const draft = freshName()
    await client.query(`create database ${draft}`)
    await make(addressOf(server, draft))
    await client.query(`alter database ${draft} rename to ${name}`)
  })
  return name
}

const freshName = () => `tocsin_test_${randomUUID().replaceAll('-', '')}`

function addressOf(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

async function administer<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
