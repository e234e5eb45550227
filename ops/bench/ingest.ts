// Alerts accepted per second, beside Alertmanager, which keeps them in memory, and raw upserts into the same PostgreSQL.
import { startAlertmanager } from '../real/programs.ts'
import { median, perSecond, printTable, ratio, rounds, seconds } from './figures.ts'
import { acceptRate, rawRate, type Load } from './load.ts'
import { addKeys, startNode, type Setting } from './setting.ts'

const loads: { name: string; load: Load }[] = [
  { name: '500 × 8, all new', load: { batch: 500, connections: 8, seconds, fresh: true } },
  { name: '500 × 8, repeated', load: { batch: 500, connections: 8, seconds, fresh: false } },
  { name: '1 × 32, all new', load: { batch: 1, connections: 32, seconds, fresh: true } },
]

export async function ingest(setting: Setting): Promise<void> {
  const node = await startNode(setting, 18091)
  try {
    const keys = await addKeys(node.port, 'ingest', 32)
    const rows: string[][] = []
    for (const { name, load } of loads) {
      const ours: number[] = []
      const theirs: number[] = []
      const raw: number[] = []
      for (let round = 0; round < rounds; round++) {
        ours.push(await acceptRate(node.port, '/api/v2/alerts', load, keys))
        const alertmanager = await startAlertmanager(18093)
        if (alertmanager) {
          theirs.push(await acceptRate(alertmanager.port, '/api/v2/alerts', load))
          await alertmanager.stop()
        }
        if (setting.databaseUrl) raw.push(await rawRate(setting.databaseUrl, load))
      }
      const [a, b, c] = [median(ours), median(theirs), median(raw)]
      rows.push([name, perSecond(a), perSecond(b), ratio(a, b), perSecond(c), ratio(a, c)])
    }
    printTable(
      [`ingest on ${setting.kind}, alerts/s`, 'Tocsin (durable)', 'Alertmanager (memory)', 'ratio', 'raw upserts (durable)', 'ratio'],
      rows,
    )
  } finally {
    await node.stop()
  }
}
