// What the bench on many open alerts puts in: an organisation with walls, and alerts through the real way in, into Tocsin or into Alertmanager.
import { Agent, request } from 'node:http'
import { pause } from './figures.ts'
import { post } from './load.ts'
import { addKeys, allRead, must } from './setting.ts'

const services = 200
export const teams = 10
const clusters = Number(process.env['BENCH_GROUPS'] ?? 20_000) / services
const perRequest = 500
const password = 'a long sentence for the bench'

/** Two hundred services of ten teams; Mara is in the first, and the last shows itself to its members alone. */
export async function organise(port: number): Promise<void> {
  const numbered = (count: number, of: (n: number) => string) => Array.from({ length: count }, (_, n) => of(n))
  const documents = [
    'kind: route\nslug: bench\nname: Bench\ngroupBy: [service, cluster]\npages: false',
    ...numbered(teams, (n) => `kind: team\nslug: team-${n}\nname: Team ${n}\nmembersOnly: ${n === teams - 1}`),
    ...numbered(services, (n) => `kind: service\nslug: service-${n}\nname: Service ${n}\nteam: team-${n % teams}`),
  ]
  const files = [documents.slice(0, 100), documents.slice(100)].map((some, n) => ({ path: `${n}.yaml`, text: some.join('\n---\n') }))
  await must(port, 'POST', '/configuration/apply', { files })
  await must(port, 'POST', '/users', { handle: 'mara', name: 'Mara', email: 'mara@example.org', password })
  await must(port, 'PATCH', '/teams/team-0', { members: [{ user: 'mara', role: 'member' }] })
  // What is held back is in the list too.
  const window = { startsAt: new Date(Date.now() - 1000).toISOString(), endsAt: new Date(Date.now() + 86_400_000).toISOString() }
  await must(port, 'POST', '/silences', { name: 'Bench', matchers: 'service="service-7", severity="info"', ...window })
}

/** Puts all of them in; some of their groups are acknowledged. Done when what follows from them is done too. */
export async function fillTocsin(port: number, open: number): Promise<void> {
  await fill(port, open, await addKeys(port, 'many', 4))
  await allRead(port)
  const { items } = await must<{ items: { id: string }[] }>(port, 'GET', '/alert-groups?state=triggered&limit=20')
  for (const { id } of items) await must(port, 'POST', `/alert-groups/${id}/acknowledge`, {})
  const late = async () => (await must<{ jobs: { overdue: number } }>(port, 'GET', '/installation/health')).jobs.overdue
  for (let calm = 0; calm < 3; await pause(2000)) calm = (await late()) === 0 ? calm + 1 : 0
}

/** The same into whatever speaks Alertmanager's API v2; each lane uses one of the keys. */
export async function fill(port: number, open: number, keys: readonly (string | undefined)[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: keys.length })
  const endsAt = new Date(Date.now() + 7 * 86_400_000).toISOString()
  await Promise.all(
    keys.map(async (key, lane) => {
      for (let from = lane * perRequest; from < open; from += keys.length * perRequest) {
        const body = JSON.stringify(Array.from({ length: Math.min(perRequest, open - from) }, (_, n) => alert(from + n, open, endsAt)))
        const status = await post(agent, port, '/api/v2/alerts', body, key).catch(() => post(agent, port, '/api/v2/alerts', body, key))
        if (status !== 200) throw new Error(`alerts were answered with ${status}`)
      }
    }),
  )
  agent.destroy()
}

/** One in a thousand is critical and of a kind of its own, the first thousandth of all. */
function alert(n: number, open: number, endsAt: string) {
  const isRare = n < open / 1000
  const severity = isRare ? 'critical' : n % 10 === 0 ? 'error' : n % 2 === 0 ? 'warning' : 'info'
  const kind = isRare ? 'Certificate of the gateway expires' : `Latency of instance ${n} is high`
  return {
    labels: {
      alertname: isRare ? 'Certificate' : 'Latency',
      severity,
      service: `service-${n % services}`,
      cluster: `cluster-${Math.floor(n / services) % clusters}`,
      instance: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}:9100`,
      job: 'node',
    },
    annotations: {
      summary: kind,
      description: 'p95 above 2 s for 5 min. Look at the dashboard of the cluster before anything is restarted.',
    },
    generatorURL: `http://prometheus.example/graph?g0.expr=latency&g0.instance=${n}`,
    endsAt,
  }
}

/** The cookie of Mara, who sees what a member of one team sees. */
export async function signIn(port: number): Promise<{ cookie: string }> {
  const body = JSON.stringify({ email: 'mara@example.org', password })
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'sec-fetch-site': 'same-origin',
    }
    const asked = request({ host: '127.0.0.1', port, path: '/api/v1/session', method: 'POST', headers }, (response) => {
      response.resume()
      const [set] = response.headers['set-cookie'] ?? []
      if (set === undefined) reject(new Error(`signing in was answered with ${response.statusCode}`))
      else resolve({ cookie: set.split(';')[0]! })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
