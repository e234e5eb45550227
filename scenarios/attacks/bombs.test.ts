// Bodies that are built to cost more than they weigh, through the real ways in: alerts to an integration, YAML to the configuration. Each is sent
// three times to one process, and the ordinary request after it works. The bare parser meets them in src/platform/http/parse.test.ts.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { sql } from '#kernel/sql.ts'
import { serveWorld, type Received, type WorldServer } from '../world/server.ts'
import { createWorld, type World } from '../world/world.ts'
import { attacksOf, type Case } from './cases.ts'

type Input = { format: string; parts: [string, number][]; header?: Record<string, string> }
type Expected = { refused: boolean; status: number | number[]; say?: string; withinMs?: number; maxHeapGrowthMiB?: number; alerts?: number }
const { cases, attack, close } = attacksOf<Input, Expected>('bombs')

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
let world: World
let server: WorldServer
let admin: Record<string, string>
let key: string

beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  await server.addPerson('ada', 'administrator')
  admin = { ...(await server.signIn('ada')), origin: server.publicUrl }
  const added = await server.send('POST', '/api/v1/integrations', { headers: admin, body: { name: 'Bombs', kind: 'alertmanager' } })
  key = (added.json as { key: string }).key
  server.refreshKeys()
})
afterAll(async () => {
  await server.close()
  await world.close()
})

const written = (parts: Input['parts']): Buffer =>
  Buffer.concat(
    parts.map(([text, times]) =>
      text.includes('%d')
        ? Buffer.from(Array.from({ length: times }, (_, index) => text.replace('%d', String(index))).join(''))
        : Buffer.alloc(Buffer.byteLength(text) * times, text),
    ),
  )

const alert = (body: Buffer, headers: Record<string, string> = {}) =>
  server.send('POST', `/in/${key}`, { headers: { 'content-type': 'application/json', ...headers }, body })
const apply = (text: string) =>
  server.send('POST', '/api/v1/configuration/apply', { headers: admin, body: { files: [{ path: 'bomb.yaml', text }], dryRun: true } })
const ordinary = Buffer.from(
  JSON.stringify({
    version: '4',
    receiver: 'x',
    alerts: [{ status: 'firing', labels: { alertname: 'ordinary' }, startsAt: '2026-11-23T00:00:00Z' }],
  }),
)
const ours = `kind: policy
slug: anchors
name: Anchors
levels:
  - &first { targets: [{ user: ada }], delaySeconds: 300 }
  - { <<: *first, delaySeconds: 60 }
`
const processorMs = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000

/** Sends it by its way in. */
function sent({ input }: Case<Input, Expected>): () => Promise<Received> {
  const [format, packing] = input.format.split('+')
  const body = written(input.parts)
  if (format === 'yaml') return () => apply(body.toString('utf8'))
  const packed = packing === 'gzip' ? gzipSync(body) : body
  return () => alert(packed, input.header)
}

for (const { id, source, input, expect: expected } of cases)
  attack(id, source, async (bomb) => {
    const send = sent(bomb)
    const isYaml = input.format === 'yaml'
    collect()
    const before = process.memoryUsage().heapUsed
    for (let time = 0; time < 3; time++) {
      const began = processorMs()
      const answer = await send()
      expect(processorMs() - began).toBeLessThan(expected.withinMs ?? Infinity)
      if (expected.refused) {
        expect([expected.status].flat()).toContain(answer.status)
        // A place in a file is written as editors read it.
        expect(answer.text).toContain(expected.say ?? '')
      } else if (isYaml) {
        // It is no document of ours, and refused for that alone; the same YAML in one of ours is taken.
        expect(answer.text).not.toMatch(/alias|anchor|merge/i)
        expect((await apply(ours)).status).toBe(200)
      } else expect([expected.status].flat()).toContain(answer.status)
      expect((await alert(ordinary)).status).toBe(200)
      expect((await server.send('GET', '/api/v1/me', { headers: admin })).status).toBe(200)
    }
    collect()
    expect((process.memoryUsage().heapUsed - before) / 1024 / 1024).toBeLessThan(expected.maxHeapGrowthMiB ?? 64)
    if (expected.alerts) {
      const { count } = (await world.read((scope) =>
        scope.first<{ count: number }>(sql`select count(*) as count from alerts where labels->>'i' is not null`),
      ))!
      expect(count).toBe(expected.alerts)
    }
  })

close()
