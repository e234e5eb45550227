// `tocsin serve`: starts a node, tells where the page is and how to fire a first alert, and stops gracefully.
import { sql } from '#kernel/sql.ts'
import { setupTokenText } from '#domains/directory/index.ts'
import { readConfig } from '#platform/config/config.ts'
import { startNode, type RunningNode } from './node.ts'

/** Runs until SIGTERM or SIGINT. */
export async function serve(options: { only?: 'web' | 'worker' }): Promise<void> {
  const config = readConfig(process.env)
  const node = await startNode(config, options.only)
  if (options.only !== 'worker') process.stdout.write(await greeting(node, config.publicUrl))
  stopOnSignal(node)
}

/** Ends the process when it is asked to, after the node has finished what it does; at once when asked again. */
export function stopOnSignal(node: RunningNode): void {
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      void node.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
}

async function greeting({ engine }: RunningNode, publicUrl: string): Promise<string> {
  const people = await engine.database.transaction((tx) => tx.query<{ count: number }>(sql`select count(*) as count from users`))
  const lines = ['', `  Tocsin is at ${publicUrl}`]
  if (people[0]!.count === 0) {
    lines.push(
      '  Open it to make the first administrator.',
      `  From another machine the set-up token is ${engine.signer.sign(setupTokenText, 'setup')}`,
    )
  }
  return `${lines.join('\n')}\n\n`
}
