// The real program under a canary's eyes: every line that it says, every answer that it gives, and what its commands print.
import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = ['src/app/main.ts']

export type Said = { place: string; text: string; handsOut?: readonly string[] }
export type Asked = { headers?: Record<string, string>; body?: unknown; handsOut?: readonly string[] }
type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string; json: never }

export type Program = {
  /** Sends one request and keeps its answer, with its headers, as a place where a secret may not be. */
  ask(method: string, path: string, asked?: Asked): Promise<Answer>
  answers: Said[]
  /** http://127.0.0.1:PORT. */
  address: string
  /** What it wrote so far, without what `tocsin serve` prints for whoever starts it. */
  log(): Said
  stop(): Promise<void>
}

/** Starts `tocsin serve` and waits until it says its address. */
export async function startProgram(environment: Record<string, string>): Promise<Program> {
  const child = spawn(process.execPath, [...main, 'serve'], { cwd: root, env: { PATH: process.env['PATH'], ...environment } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void (said += text))
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  let died = false
  void ended.then(() => (died = true))
  const address = await until('address', () => {
    if (died) throw new Error(`it ended: ${said}`)
    return /"address":"(http[^"]+)"/.exec(said)?.[1]
  })
  const answers: Said[] = []
  return {
    answers,
    address,
    log: () => ({
      place: 'the log',
      text: said
        .split('\n')
        .filter((line) => line.startsWith('{') || / (Error|at) /.test(line))
        .join('\n'),
    }),
    async ask(method, path, { headers = {}, body, handsOut = [] } = {}) {
      const answer = await exchange(address, method, path, headers, body)
      answers.push({ place: `${method} ${path}: ${answer.status}`, text: `${JSON.stringify(answer.headers)}\n${answer.text}`, handsOut })
      return answer
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs another command of the program to its end. */
export function run(environment: Record<string, string>, ...argv: string[]): Promise<Said & { output: Buffer }> {
  const child = spawn(process.execPath, [...main, ...argv], { cwd: root, env: { PATH: process.env['PATH'], ...environment } })
  const parts: Buffer[] = []
  let errors = ''
  child.stdout.on('data', (part: Buffer) => void parts.push(part))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (errors += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => {
      const output = Buffer.concat(parts)
      resolve({ place: `tocsin ${argv[0]}`, text: `${output.toString('utf8')}\n${errors}`, output })
    })
  })
}

export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + 120_000; performance.now() < end; await new Promise((resolve) => void setTimeout(resolve, 50))) {
    const found = await look()
    if (found !== undefined) return found
  }
  throw new Error(`there was no ${what} within 2 minutes`)
}

function exchange(address: string, method: string, path: string, headers: Record<string, string>, body: unknown): Promise<Answer> {
  const bytes = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const type = bytes && typeof body !== 'string' ? { 'content-type': 'application/json' } : {}
  return new Promise((resolve, reject) => {
    const length = bytes ? { 'content-length': String(bytes.length) } : {}
    const asked = request(new URL(path, address), { method, agent: false, headers: { ...type, ...length, ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
        // A live stream has no end.
        if (response.headers['content-type']?.startsWith('text/event-stream')) response.destroy()
      })
      response.on('close', () => {
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: (isJson ? JSON.parse(text) : undefined) as never,
        })
      })
    })
    asked.on('error', reject)
    asked.end(bytes)
  })
}
