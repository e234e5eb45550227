// What one sender's flood costs another: milliseconds from POST to answer of a key that sends one alert at a time, by itself and while another key sends as
// much as it can on eight connections, and after it, while what was kept is read; one after the other in the same round. What is refused to the flood with
// 429 is part of it.
import { Agent } from 'node:http'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { median, milliseconds, pause, percentile, perSecond, print, printTable, ratio, rounds, seconds } from './figures.ts'
import { alertsBody, post } from './load.ts'
import { addKeys, allRead, startNode, type Setting } from './setting.ts'

const floodConnections = 8
const states: State[] = [
  { name: 'by itself', batch: 0 },
  { name: 'beside 1 × 8', batch: 1 },
  { name: 'beside 500 × 8', batch: 500 },
  { name: 'behind it, while it is read', batch: 500, isOver: true },
]

/** `batch`: how many alerts each request of the flood holds; 0 is no flood. `isOver`: it has stopped, and what it left is being read. */
type State = { name: string; batch: number; isOver?: boolean }

type Measured = { p50: number; p99: number; flooded: number }

export async function flood(setting: Setting): Promise<void> {
  const node = await startNode(setting, 18098)
  try {
    const [loud, quiet] = (await addKeys(node.port, 'flood', 2)) as [string, string]
    const found = new Map<string, Measured[]>(states.map(({ name }) => [name, []]))
    await measured(node.port, quiet, loud, states[0]!)
    for (let round = 0; round < rounds; round++)
      for (const state of states) {
        found.get(state.name)!.push(await measured(node.port, quiet, loud, state))
        // What was kept is read before the next is measured.
        await allRead(node.port)
      }
    const of = (name: string, which: keyof Measured) => median(found.get(name)!.map((one) => one[which]))
    printTable(
      [`one alert at a time on ${setting.kind}, ms`, 'p50', 'p99', 'p99 to that by itself', 'alerts/s of the flood'],
      states.map(({ name }) => [
        name,
        milliseconds(of(name, 'p50')),
        milliseconds(of(name, 'p99')),
        ratio(of(name, 'p99'), of('by itself', 'p99')),
        perSecond(of(name, 'flooded')),
      ]),
    )
    print('No request of the quiet key was refused.')
  } finally {
    await node.stop()
  }
}

async function measured(port: number, quiet: string, loud: string, { batch, isOver = false }: State): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const run = `flood-${performance.now()}`
  let stop = batch === 0 ? undefined : floodWith(port, loud, batch, run)
  if (isOver) {
    await pause(seconds * 1000)
    await stop?.()
    stop = undefined
  }
  const took: number[] = []
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    const began = performance.now()
    const status = await post(agent, port, '/api/v2/alerts', alertsBody(1, `${run}-quiet-${took.length}`, 'Quiet'), quiet)
    if (status !== 200) throw new Error(`the quiet key was answered ${status}`)
    took.push(performance.now() - began)
  }
  const flooded = (await stop?.()) ?? NaN
  agent.destroy()
  return { p50: median(took), p99: percentile(took, 0.99), flooded }
}

/** From a thread of its own, so that what it costs to send is not held against the quiet key. Answers how many alerts a second were taken when it is stopped. */
function floodWith(port: number, key: string, batch: number, run: string): () => Promise<number> {
  const thread = new Worker(new URL(import.meta.url), { workerData: { port, key, batch, run } satisfies Flooding })
  const failed = new Promise<never>((_, reject) => void thread.once('error', reject))
  failed.catch(() => undefined)
  return () => {
    thread.postMessage('stop')
    return Promise.race([new Promise<number>((resolve) => void thread.once('message', resolve)), failed])
  }
}

type Flooding = { port: number; key: string; batch: number; run: string }

if (!isMainThread && parentPort) {
  const { port, key, batch, run } = workerData as Flooding
  const agent = new Agent({ keepAlive: true, maxSockets: floodConnections })
  const began = performance.now()
  let flooding = true
  let taken = 0
  parentPort.once('message', () => void (flooding = false))
  const lanes = Array.from({ length: floodConnections }, async (_, lane) => {
    for (let n = 0; flooding; n++) {
      const status = await post(agent, port, '/api/v2/alerts', alertsBody(batch, `${run}-${lane}-${n}`), key)
      if (status === 200) taken += batch
      else if (status !== 429) throw new Error(`the flood was answered ${status}`)
    }
  })
  await Promise.all(lanes)
  agent.destroy()
  parentPort.postMessage(taken / ((performance.now() - began) / 1000))
}
