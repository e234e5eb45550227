// `tocsin verify`: walks every chain of the record in this installation's database, and names the first entry of each that was touched.
import { system } from '#kernel/actor.ts'
import { readConfig } from '#platform/config/config.ts'
import { listStreams, verifyStream } from '#platform/events/read.ts'
import { silentLog } from '#platform/log.ts'
import { assembleEngine, openDatabase } from '../node.ts'
import { exitCodes } from './exit.ts'
import { paint, write, writeJson } from './show.ts'

/** Exit code 1 when a chain is broken. */
export async function verifyRecord(environment: Record<string, string | undefined>, options: { json: boolean }): Promise<void> {
  const config = readConfig(environment)
  const database = await openDatabase(config, silentLog())
  try {
    const engine = assembleEngine(config, database)
    const verify = <T>(work: Parameters<typeof engine.transact<T>>[1]) => engine.transact<T>(system('verify'), work, { durable: false })
    const streams = await verify(({ scope }) => listStreams(scope))
    const broken: { stream: string; sequence: number; reason: string }[] = []
    let entries = 0
    for (const stream of streams) {
      const verdict = await verify(({ scope }) => verifyStream(scope, stream))
      if (verdict.intact) entries += verdict.length
      else broken.push({ stream, sequence: verdict.sequence, reason: verdict.reason })
    }
    if (broken.length > 0) process.exitCode = exitCodes.refused
    if (options.json) return writeJson({ chains: streams.length, entries, broken })
    for (const { stream, reason } of broken) write(`${paint('red', stream)}: ${reason}`)
    write(
      broken.length === 0
        ? `${streams.length} chains with ${entries} entries are intact.`
        : `${broken.length} of ${streams.length} chains are broken.`,
    )
  } finally {
    await database.close()
  }
}
