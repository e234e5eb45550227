// `tocsin serve`: starts a node, tells where the page is and how to fire a first alert, and stops gracefully.
import { system } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { addIntegration, listIntegrations } from '#domains/alerts/index.ts'
import { setupTokenText } from '#domains/directory/index.ts'
import { readConfig } from '#platform/config/config.ts'
import { createLog } from '#platform/log.ts'
import { startHeadsLog } from './heads-log.ts'
import { closeGaps } from './heap.ts'
import { startNode, type RunningNode } from './node.ts'

/** Runs until SIGTERM or SIGINT. */
export async function serve(options: { only?: 'web' | 'worker' }): Promise<void> {
  const config = readConfig(process.env)
  const starting = startNode(config, options.only)
  stopOnSignal(starting)
  const node = await starting
  if (!(await node.whole)) return
  startHeadsLog(node.engine, createLog(config.logLevel))
  // A node that serves does not end because its greeting could not be made.
  if (options.only !== 'worker')
    process.stdout.write(
      await greeting(node, config.publicUrl).catch(
        () => `\n  Tocsin is at ${config.publicUrl}; its database does not answer at this moment.\n\n`,
      ),
    )
  await closeGaps().catch(() => undefined)
}

/** A start that hangs, in a database that says nothing to its migrations, is not waited for longer than this. The end of a node takes less. */
const mostEndingMs = 18_000

/** Ends the process when it is asked to, after the node has started and finished what it does; at once when asked again. */
export function stopOnSignal(starting: Promise<RunningNode>): void {
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      setTimeout(() => process.exit(1), mostEndingMs).unref()
      void starting
        .then((node) => node.stop())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        )
    })
  }
}

async function greeting({ engine }: RunningNode, publicUrl: string): Promise<string> {
  const people = await engine.database.transaction((tx) => tx.query(sql`select id from users limit 1`))
  const lines = ['', `  Tocsin is at ${publicUrl}`]
  if (people.length === 0) {
    lines.push(
      '  Open it to make the first administrator.',
      `  From another machine, or at an address of its own, the set-up token is ${engine.signer.sign(setupTokenText, 'setup')}`,
    )
  }
  const url = await firstIntegration(engine)
  if (url !== undefined)
    lines.push(
      '',
      '  A first alert:',
      `  curl -X POST ${url}/api/v2/alerts -H 'Content-Type: application/json' \\`,
      `    -d '${firstAlert}'`,
    )
  return `${lines.join('\n')}\n\n`
}

const firstAlert = JSON.stringify([
  { labels: { alertname: 'FirstAlert', severity: 'critical' }, annotations: { summary: 'The first alert works' } },
])

/** The address of an integration that is made while there is none, so that a first alert needs no setting up. Undefined when there was one. */
async function firstIntegration(engine: RunningNode['engine']): Promise<string | undefined> {
  const actor = system('first start')
  const { items } = (await engine.execute(actor, listIntegrations as never, { limit: 1 })) as { items: unknown[] }
  if (items.length > 0) return undefined
  return (await engine.run(actor, addIntegration, { name: 'First alerts', kind: 'alertmanager' })).url
}
