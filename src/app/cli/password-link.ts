// `tocsin password-link`: a link to set a password, for an administrator who locked themselves out and is at the machine. Works on this installation's database.
import { system } from '#kernel/actor.ts'
import { spokenTime } from '#kernel/time.ts'
import { readConfig } from '#platform/config/config.ts'
import { silentLog } from '#platform/log.ts'
import { linkAtTheMachine } from '#domains/directory/index.ts'
import { assembleEngine, openDatabase } from '../node.ts'
import { write } from './show.ts'

/** Writes the link, and beside it what is to be known of it, so that the link alone can be handed on. */
export async function passwordLink(environment: Record<string, string | undefined>, email: string): Promise<void> {
  const config = readConfig(environment)
  const database = await openDatabase(config, silentLog())
  try {
    const engine = assembleEngine(config, database)
    const { link, expiresAt } = await engine.transact(system('command line'), (context) => linkAtTheMachine(context, email))
    write(link)
    process.stderr.write(
      `Whoever opens it sets the password of ${email} and is signed in. It works once, until ${spokenTime(expiresAt, 'UTC')}; links made before no longer do.\n`,
    )
  } finally {
    await database.close()
  }
}
