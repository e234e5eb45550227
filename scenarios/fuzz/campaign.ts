// A campaign: mutated requests through the real server, a valid event in every few, and what must hold whatever was sent.
import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { catalogue } from '#app/wiring.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { serveWorld, type Received, type WorldServer } from '../world/server.ts'
import { createWorld, type World } from '../world/world.ts'
import { chanceOf } from './chance.ts'
import { mutated, type Request } from './mutate.ts'
import { keys, protocols, type Protocol } from './protocols.ts'
import { smallest } from './shrink.ts'

/** `late` were answered only when they were sent again: the machine had other things to do. `failure` says what did not hold, by which seed, and with what body. */
export type Outcome = { runs: number; valid: number; refused: number; late: number; failure?: string }

/** `only`: the protocols that are fuzzed; all of them when absent. */
export type Budget = { seed: number; runs: number; seconds: number; only?: readonly Protocol[] }

// As many at once as go into one commit, so that a bad one sits beside a good one.
const atOnce = 16
const roundsBetweenChecks = 30
const deadlineMs = 5000
const heapMarginMiB = 48
const mostKept = 50
// Those that are kept at the same moment do not see each other: until the next one comes, as many more may stand there.
const mostKeptForAMoment = mostKept + atOnce

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Ends with the first failure, with the runs, or with the seconds, whichever is first. */
export async function campaign({ seed, runs, seconds, only = protocols }: Budget): Promise<Outcome> {
  const world = await createWorld(catalogue)
  const server = await serveWorld(world)
  const stray: unknown[] = []
  const onStray = (error: unknown) => void stray.push(error)
  process.on('unhandledRejection', onStray).on('uncaughtException', onStray)
  const outcome: Outcome = { runs: 0, valid: 0, refused: 0, late: 0 }
  const ends = performance.now() + seconds * 1000
  try {
    await addIntegrations(server)
    const valid: Valid[] = []
    const refused = { alertmanager: 0, pagerduty: 0 }
    let heapBefore: number | undefined
    for (let round = 0; outcome.runs < runs && performance.now() < ends; round++) {
      world.clock.set(addSeconds(world.clock.now(), 1))
      const failure = (await roundOf(round)) ?? (round % roundsBetweenChecks === roundsBetweenChecks - 1 ? await check() : undefined)
      if (failure !== undefined)
        return { ...outcome, failure: `${failure}\nseed ${seed}: npm run fuzz -- --seed ${seed} --runs ${outcome.runs}` }
    }
    const failure = await check()
    return failure === undefined ? outcome : { ...outcome, failure: `${failure}\nseed ${seed}, ${outcome.runs} runs` }

    async function roundOf(round: number): Promise<string | undefined> {
      const sent = Array.from({ length: Math.min(atOnce, runs - outcome.runs) }, () => {
        const chance = chanceOf(seed, outcome.runs++)
        const protocol = chance.pick(only)
        return { protocol, request: mutated(chance.pick(protocol.recorded), chance) }
      })
      const good = { protocol: only[round % only.length]!, id: `valid-${seed}-${round}` }
      const [answerOfGood, ...faults] = await Promise.all([
        faultOf(server, good.protocol, good.protocol.valid(good.id)),
        ...sent.map(({ protocol, request }) => faultOf(server, protocol, request)),
      ])
      if (!answerOfGood.late) valid.push({ id: good.id, kept: good.protocol.kept })
      outcome.valid++
      // Its sender gave up, and would send it again.
      if (answerOfGood.late) outcome.late++
      else if (answerOfGood.fault !== undefined || Math.floor(answerOfGood.status / 100) !== 2)
        return `${good.protocol.name}: a valid event was answered ${answerOfGood.status} (${answerOfGood.fault ?? 'refused'}) beside run ${outcome.runs}`
      for (const [index, { status, fault, late }] of faults.entries()) {
        const { protocol, request } = sent[index]!
        if (late && (await faultOf(server, protocol, request)).fault === undefined) outcome.late++
        else if (fault !== undefined) return told(protocol, request, fault)
        if (status < 400) continue
        outcome.refused++
        const reachesKey = request.path.split('?')[0] === protocol.recorded[0]!.path && request.method === 'POST'
        if (protocol.keyInPath && reachesKey && !request.framing && [400, 413, 415].includes(status) && !isNodes(status, request))
          refused[protocol.kind]++
      }
      return stray.length > 0 ? `a rejection that nobody handles: ${String((stray[0] as Error).stack)}` : undefined
    }

    async function told(protocol: Protocol, request: Request, fault: string): Promise<string> {
      const found = await smallest(request, async (smaller) => (await faultOf(server, protocol, smaller)).fault !== undefined)
      return `${protocol.name}: ${fault}\n${found.method} ${found.path} ${JSON.stringify(found.headers)}\nsmallest body (${found.body.length} bytes): ${JSON.stringify(found.body.toString('latin1').slice(0, 300))}`
    }

    async function check(): Promise<string | undefined> {
      const failure = (await storedOnce(world, valid.splice(0))) ?? (await keptWithinBound(world, refused)) ?? (await nothingParked(world))
      if (failure !== undefined) return failure
      collect()
      const heap = process.memoryUsage().heapUsed / 1024 / 1024
      heapBefore ??= heap
      return heap - heapBefore > heapMarginMiB ? `the heap grew from ${heapBefore.toFixed(0)} to ${heap.toFixed(0)} MiB` : undefined
    }
  } finally {
    await server.close()
    await world.close()
    process.off('unhandledRejection', onStray).off('uncaughtException', onStray)
  }
}

async function addIntegrations(server: WorldServer): Promise<void> {
  await server.addPerson('ada', 'administrator')
  const headers = { ...(await server.signIn('ada')), origin: server.publicUrl }
  for (const [kind, key] of Object.entries(keys)) {
    const { status, text } = await server.send('POST', '/api/v1/integrations', { headers, body: { name: kind, kind, key } })
    if (status !== 201) throw new Error(`the integration could not be added: ${status} ${text}`)
  }
  server.refreshKeys()
}

/** Refused by Node's parser of HTTP, before anything of ours sees it. */
const isNodes = (status: number, request: Request): boolean => status === 400 && Object.keys(request.headers).length > 100

type Verdict = { status: number; fault: string | undefined; late?: boolean }

async function faultOf(server: WorldServer, protocol: Protocol, request: Request): Promise<Verdict> {
  if (request.framing) return framingVerdict(server, request.framing)
  const began = performance.now()
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    const { method, path, headers, body, chunked = false } = request
    const answer = await server.send(method, path, { headers, body, chunked, signal })
    if (performance.now() - began > deadlineMs) return { status: answer.status, fault: `answered after ${deadlineMs} ms`, late: true }
    // Not for the ways in at all, or refused by Node before anything is read: no protocol's shape.
    const elsewhere = [417, 431].includes(answer.status) || method === 'HEAD' || (answer.status < 500 && isOther(answer))
    return { status: answer.status, fault: elsewhere ? undefined : protocol.fault(answer) }
  } catch (error) {
    if (signal.aborted) return { status: 0, fault: `no answer within ${deadlineMs} ms`, late: true }
    const { code, message } = error as NodeJS.ErrnoException
    // A body that is refused while it is sent ends the connection; what Node's client does not send is none of ours.
    if (['EPIPE', 'ECONNRESET', 'ERR_INVALID_CHAR', 'ERR_UNESCAPED_CHARACTERS'].includes(code ?? ''))
      return { status: 400, fault: undefined }
    return { status: 0, fault: `no answer: ${code ?? ''} ${message}` }
  }
}

/** An answer that the rest of the server gives (problem details, a page), or Node's own to what is no HTTP. */
const isOther = ({ headers, text }: Received): boolean =>
  (headers['content-security-policy'] === undefined && text === '') ||
  String(headers['content-type']).startsWith('application/problem+json')

/** The connection is answered or ended within the deadline, and no answer is a 5xx. */
function framingVerdict(server: WorldServer, bytes: Buffer): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.address).port) })
    let text = ''
    const done = (fault?: string, late = false) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ status: 400, fault, late })
    }
    const timer = setTimeout(() => done(`a connection with odd framing was not ended within ${deadlineMs} ms`, true), deadlineMs)
    socket.on('data', (chunk) => void (text += chunk.toString('latin1')))
    socket.on('error', () => done())
    socket.on('close', () => done(/^HTTP\/1\.1 5/m.test(text) ? `odd framing was answered ${text.slice(0, 40)}` : undefined))
    socket.end(bytes)
  })
}

type Valid = { id: string; kept: Protocol['kept'] }

async function storedOnce(world: World, valid: readonly Valid[]): Promise<string | undefined> {
  const rows = await world.read((scope) =>
    scope.query<{ kept: string; id: string; count: number }>(sql`
      select kept, id, sum(count)::int as count from (
        select 'alerts' as kept, coalesce(labels->>'id', dedup_key) as id, count from alerts
        union all select 'changes', substr(summary, 7), 1 from changes where summary like 'valid %') as stored
      where id = any(${valid.map(({ id }) => id)}) group by kept, id`),
  )
  const counts = new Map(rows.map(({ kept, id, count }) => [`${kept} ${id}`, count]))
  const timesOf = ({ kept, id }: Valid) => counts.get(`${kept} ${id}`) ?? 0
  const wrong = valid.find((event) => timesOf(event) !== 1)
  return wrong && `the valid event ${wrong.id} is stored ${timesOf(wrong)} times among the ${wrong.kept}`
}

async function keptWithinBound(world: World, refused: Record<string, number>): Promise<string | undefined> {
  const rows = await world.read((scope) =>
    scope.query<{ kind: string; kept: number; longest: number }>(sql`
      select integrations.kind, count(*) as kept, max(length(body)) as longest
      from refused_requests join integrations on integrations.id = integration_id group by 1`),
  )
  for (const [kind, count] of Object.entries(refused)) {
    const { kept, longest } = rows.find((row) => row.kind === kind) ?? { kept: 0, longest: 0 }
    if (kept > mostKeptForAMoment || longest > 65_536)
      return `${kind}: ${kept} refused requests are kept, the longest with ${longest} characters`
    if (kept < Math.min(mostKept, count)) return `${kind}: ${count} requests were refused, and ${kept} are kept`
  }
  return undefined
}

async function nothingParked(world: World): Promise<string | undefined> {
  await world.settle()
  const parked = await world.read((scope) =>
    scope.query<{ lane: string; error: string }>(sql`select lane, last_error as error from jobs where last_error is not null limit 1`),
  )
  return parked[0] && `what follows from an alert failed in ${parked[0].lane}: ${parked[0].error}`
}
