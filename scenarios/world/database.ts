// A fresh, migrated database for each test file: PGlite from a prepared dump, or a database of its own on the PostgreSQL of TEST_DATABASE_URL.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import type { Database } from '#platform/database/database.ts'
import { embedded } from '#platform/database/embedded.ts'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { openPostgres } from '#platform/database/postgres.ts'
import { noting } from './noted.ts'
import { ownDatabase, sharedDatabase } from './own-database.ts'

const migrations = readMigrations(fileURLToPath(new URL('../../migrations', import.meta.url)))
const options = { startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'] }

/** Closing it removes it. */
export const freshDatabase = async (): Promise<Database> => {
  const server = process.env['TEST_DATABASE_URL']
  return noting(await (server ? onPostgres(server) : inMemory()))
}

/** In memory, with no migration applied. */
export const emptyCluster = (): Promise<Database> => fromDump('cluster', (pglite) => Promise.resolve(pglite))

const migrated = createHash('sha256')
  .update(migrations.map((m) => m.hash).join())
  .digest('hex')
  .slice(0, 16)

const inMemory = (): Promise<Database> =>
  fromDump(migrated, async (pglite) => {
    await migrate(embedded(pglite, nothing), migrations)
    return pglite
  })

const nothing = () => {}

/** Making a cluster costs ten times what loading a dump of it does: `make` prepares it once, and later ones of that name begin with the dump. */
async function fromDump(name: string, make: (pglite: PGlite) => Promise<PGlite>): Promise<Database> {
  const path = join(tmpdir(), `tocsin-small-${name}.tar`)
  if (existsSync(path)) return embedded(await PGlite.create({ ...options, loadDataDir: atHand(path) } as never), nothing)
  const pglite = await make(await PGlite.create(options as never))
  await dropTemplates(pglite)
  const dump = await pglite.dumpDataDir('none')
  const draft = `${path}.${randomUUID()}`
  writeFileSync(draft, Buffer.from(await dump.arrayBuffer()))
  renameSync(draft, path)
  return embedded(pglite, nothing)
}

/** Nothing is made from them, and they are two thirds of the files that a dump puts down, a quarter of what a database costs. */
async function dropTemplates(pglite: PGlite): Promise<void> {
  await pglite.exec('update pg_database set datistemplate = false')
  for (const name of ['template0', 'template1']) await pglite.exec(`drop database ${name}`)
}

const dumps = new Map<string, AtHand>()
/** What a dump holds is copied out of it: one in memory serves all databases of a process. To read it for each was a third of what a database cost. */
function atHand(path: string): Blob {
  const known = dumps.get(path) ?? new AtHand(readFileSync(path))
  dumps.set(path, known)
  return known
}

/** A Blob is put together from a stream of pieces whenever it is read, which takes as long as all the rest of beginning with a dump. */
class AtHand extends Blob {
  readonly #content: ArrayBuffer

  constructor({ buffer, byteOffset, byteLength }: Buffer<ArrayBuffer>) {
    super([])
    this.#content = buffer.slice(byteOffset, byteOffset + byteLength)
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#content)
  }
}

async function onPostgres(server: string): Promise<Database> {
  const { url, drop } = await ownDatabase(server, await migratedOn(server))
  const database = openPostgres(url, { poolSize: 6, onError: () => {} })
  return { ...database, close: async () => (await database.close(), drop()) }
}

let known: Promise<string> | undefined
/** The name of a database on this server in which nothing but the migrations is: to copy it costs half of applying them. It stays there, as the dump stays. */
const migratedOn = (server: string): Promise<string> =>
  (known ??= sharedDatabase(server, `tocsin_migrated_${migrated}`, async (url) => {
    const database = openPostgres(url, { poolSize: 1, onError: () => {} })
    await migrate(database, migrations)
    await database.close()
  }))
