// Whether this node has ever reached its database, in a file of its data folder. Until then a host that does not exist is one that was misspelt: nobody is
// helped by waiting for it. Afterwards it is an outage like any other.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Secret } from '#kernel/secret.ts'

/** A name may come a moment later than whoever asks for it: where everything is started at once. */
const nameIsAwaitedMs = 7000

export type FirstReach = {
  /** False also when it was another database. */
  isOver(): boolean
  /** It answers. Throws what the disk says. */
  note(): void
  /** What ends a node that has been trying for so long; undefined for whatever may be waited for. */
  mistakeIn(error: unknown, triedMs: number): Error | undefined
}

/** `of` is the address of the database. `knewBefore`: what shows as well that it was reached. */
export function openFirstReach(folder: string, of: Secret, knewBefore: () => boolean = () => false): FirstReach {
  const path = join(folder, 'reached')
  const name = addressHash(of)
  let reached = false
  const isOver = () => reached || knewBefore() || noted(path) === name
  return {
    isOver,
    note() {
      reached = true
      if (noted(path) === name) return
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeFileSync(path, name, { mode: 0o600 })
    },
    mistakeIn(error, triedMs) {
      const { code, hostname } = error as { code?: unknown; hostname?: unknown }
      if (code !== 'ENOTFOUND' || triedMs < nameIsAwaitedMs || isOver()) return undefined
      return new Error(
        `DATABASE_URL names the host ${String(hostname)}, and there is no such name. This node has never reached its database, so it does not wait for it: write the host right, or make its name known to this machine.`,
        { cause: error },
      )
    },
  }
}

/** Of where the database is and not of who asks it, so that it is the same with another password. */
export function addressHash(address: Secret): string {
  const url = URL.canParse(address.open()) ? new URL(address.open()) : undefined
  return createHash('sha256')
    .update(url ? `${url.host}${url.pathname}` : address.open())
    .digest('hex')
    .slice(0, 16)
}

function noted(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
