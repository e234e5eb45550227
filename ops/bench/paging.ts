// Pages of people on call at an even pace, while something else is done: what that costs whoever is paged.
import { Agent } from 'node:http'
import { pause } from './figures.ts'
import { post } from './load.ts'
import type { Receiver } from './receivers.ts'

const people = 300
const pageEveryMs = 250

/** Documents: each of them has a service of their own, and is paged so seldom that no summary comes instead. */
export const onCall = Array.from({ length: people }, (_, n) =>
  [
    `kind: user\nhandle: p${n}\nname: P${n}\nemail: p${n}@example.org\n`,
    `kind: policy\nslug: p${n}\nname: P${n}\nrepeat: 0\nlevels: [{ targets: [{ user: p${n} }], delaySeconds: 3600 }]\n`,
    `kind: service\nslug: p${n}\nname: P${n}\npolicy: p${n}\n`,
  ].join('---\n'),
)

let named = 0

/** One page after the other, each to somebody else. Answers how many milliseconds each took from its alert to its mail. */
export async function pagesUntil(isOver: (sent: number) => boolean, port: number, key: string, mails: Receiver): Promise<number[]> {
  const agent = new Agent({ keepAlive: true })
  const took: number[] = []
  for (let n = 0; !isOver(n); n++) {
    const name = `Page${++named}x`
    const arrival = mails.arrival(name)
    const began = performance.now()
    const labels = { alertname: name, severity: 'critical', service: `p${named % people}` }
    const status = await post(agent, port, '/api/v2/alerts', JSON.stringify([{ labels, annotations: { summary: name } }]), key)
    if (status !== 200) throw new Error(`a paging alert was answered with ${status}`)
    took.push((await arrival) - began)
    await pause(Math.max(0, pageEveryMs - (performance.now() - began)))
  }
  agent.destroy()
  return took
}
