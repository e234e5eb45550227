// What a node last knew, in a file of its data folder: with it, a node that starts while its database is away recognises senders and tells people. The file
// is sealed as a whole under the master key: it names people, addresses and alerts, and whoever can write it must not choose who is told.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Secret, Vault } from '#kernel/secret.ts'
import type { Log } from '#platform/log.ts'
import { addressHash } from '../first-reach.ts'
import type { LastKnown } from './last-known.ts'

export type KnownFile = {
  /** Undefined when there is none that this node can read. */
  read(): LastKnown | undefined
  /** Resolves when it is on the disk, or need not be written: what only alerts have changed is written once a minute. */
  write(known: LastKnown): Promise<void>
}

/** What an earlier format has written is not read. */
const format = 1
const alertsEveryMs = 60_000

export const knownFileName = 'last-known'

/** `of` is the address of the database: what was known of another one does not open. */
export function openKnownFile(folder: string, { vault, of, log }: { vault: Vault; of: Secret; log: Log }): KnownFile {
  const path = join(folder, knownFileName)
  const place = `last-known of ${addressHash(of)}`
  let written: { digest: string; at: number } | undefined

  return {
    read() {
      const text = textOf(path)
      if (text === undefined) return undefined
      try {
        const kept = deserialize(Buffer.from(vault.unseal(text, place).open(), 'base64')) as { format: number; known: LastKnown }
        if (kept.format !== format) throw new Error(`it has the format ${kept.format}, and this version reads ${format}`)
        return kept.known
      } catch (error) {
        log.warn({ err: error, path }, 'what was last known of the database cannot be read: it is read anew when the database answers')
        return undefined
      }
    },

    async write(known) {
      const digest = digestOf(known)
      if (written?.digest === digest && performance.now() - written.at < alertsEveryMs) return
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const handle = await open(`${path}.new`, 'w', 0o600)
      try {
        await handle.writeFile(vault.seal(serialize({ format, known }).toString('base64'), place))
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await rename(`${path}.new`, path)
      written = { digest, at: performance.now() }
    },
  }
}

/** Of everything but what each alert changes. */
const digestOf = ({ at: _, rules: { openGroups: _groups, inhibitors: _inhibitors, ...rules }, ...rest }: LastKnown): string =>
  sha256(serialize({ ...rest, rules }))

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
