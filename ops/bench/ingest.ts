// Alerts accepted per second, and read and decided about in the end, beside Alertmanager, which keeps them in memory, and raw upserts into the same PostgreSQL.
import { startAlertmanager } from '../real/programs.ts'
import { median, perSecond, printTable, ratio, rounds, seconds } from './figures.ts'
import { accept, acceptRate, rawRate, type Load } from './load.ts'
import { addKeys, allRead, startNode, type Setting } from './setting.ts'

// Enough for a flood; all of it has to be read before the next is measured.
const most = 60_000
const loads: { name: string; load: Load }[] = [
  { name: '500 × 8, all new', load: { batch: 500, connections: 8, seconds, fresh: true, most } },
  { name: '500 × 8, repeated', load: { batch: 500, connections: 8, seconds, fresh: false, most } },
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
      const read: number[] = []
      for (let round = 0; round < rounds; round++) {
        const { rate, accepted, seconds: took } = await accept(node.port, '/api/v2/alerts', load, keys)
        ours.push(rate)
        // What was kept is read before anything else is measured: it would take the time of others.
        read.push(accepted / (took + (await allRead(node.port))))
        const alertmanager = await startAlertmanager(18093)
        if (alertmanager) {
          theirs.push(await acceptRate(alertmanager.port, '/api/v2/alerts', load))
          await alertmanager.stop()
        }
        if (setting.databaseUrl) raw.push(await rawRate(setting.databaseUrl, load))
      }
      const [a, b, c] = [median(ours), median(theirs), median(raw)]
      rows.push([name, perSecond(a), perSecond(b), ratio(a, b), perSecond(c), ratio(a, c), perSecond(median(read))])
    }
    printTable(
      [
        `ingest on ${setting.kind}, alerts/s`,
        'Tocsin (durable)',
        'Alertmanager (memory)',
        'ratio',
        'raw upserts (durable)',
        'ratio',
        'read and decided',
      ],
      rows,
    )
  } finally {
    await node.stop()
  }
}
