// Many who ask all the time, each from a network of their own: what a node answers them, and how fast.
import { Agent, request } from 'node:http'

/** `method`: GET when it is left out. */
export type Question = { method?: string; path: string; headers?: Record<string, string>; body?: string }
export type Answered = { perSecond: number; took: number[] }

/**
 * One question after the other on each of so many connections, until it is stopped; the node has to trust one proxy. Throws, when it is stopped, if one was not
 * answered with `status`.
 */
export function askAllTheTime(port: number, connections: number, status: number, question: (lane: number, n: number) => Question) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const began = performance.now()
  const took: number[] = []
  let asking = true
  const work = Promise.all(
    Array.from({ length: connections }, async (_, lane) => {
      for (let n = 0; asking; n++) {
        const at = performance.now()
        const { path, ...rest } = question(lane, n)
        const answered = await ask(agent, port, { path, ...rest }, `10.${lane}.${(n >> 8) & 255}.${n & 255}`)
        if (answered !== status) throw new Error(`${path} answered ${answered}`)
        took.push(performance.now() - at)
      }
    }),
  )
  work.catch(() => undefined)
  return {
    async stop(): Promise<Answered> {
      asking = false
      await work
      agent.destroy()
      return { perSecond: took.length / ((performance.now() - began) / 1000), took }
    },
  }
}

const ask = (agent: Agent, port: number, { method = 'GET', path, headers = {}, body = '' }: Question, from: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) }
    const asked = request(
      { agent, host: '127.0.0.1', port, method, path, headers: { ...headers, ...length, 'x-forwarded-for': from } },
      (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
