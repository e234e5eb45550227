// What a node that does nothing costs: the time until it is ready, and its resident memory half a minute later. After the first start and the second.
import { rmSync } from 'node:fs'
import { freshFolder, residentMiB } from '../real/programs.ts'
import { pause, print, printTable } from './figures.ts'
import { startNode, type Setting } from './setting.ts'

const settleSeconds = Number(process.env['BENCH_SETTLE'] ?? 20)

export async function idle(setting: Setting): Promise<void> {
  const folder = freshFolder()
  const rows: string[][] = []
  try {
    for (const start of ['first start', 'second start']) {
      const began = performance.now()
      const node = await startNode(setting, 18097, {}, folder)
      const ready = (performance.now() - began) / 1000
      await pause(settleSeconds * 1000)
      rows.push([start, ready.toFixed(1), String(residentMiB(node.pid))])
      await node.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  printTable([`idle on ${setting.kind}`, 'ready after s', `resident MiB, ${settleSeconds} s later`], rows)
  print('Ready is asked ten times a second.')
}
