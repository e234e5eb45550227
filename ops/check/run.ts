// `npm run check`: whether the code is as the house wants it, in seconds. Every step runs, so that one run tells everything;
// `npm run check -- lint cycles` runs those whose names contain a word.
import { spawn } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { join } from 'node:path'
import { readLock } from '../scripts/lock.ts'
import { spoken } from './rule.ts'
import { rules } from './rules.ts'
import { projectFolder, readSources } from './sources.ts'
import { supplyChainFaults } from './supply-chain.ts'

type Step = { name: string; run: () => Promise<string[]> }

const modules = join(projectFolder, 'node_modules')
const tool = (name: string, program: string, ...args: string[]): Step => ({ name, run: () => complaints(join(modules, program), args) })

/** The second run looks again only at what changed. */
const remembering = (name: string) => ['--incremental', '--tsBuildInfoFile', `node_modules/.cache/${name}.tsbuildinfo`]

const steps: Step[] = [
  tool('types of the server', 'typescript/bin/tsc', '--noEmit', '--pretty', 'false', ...remembering('types-server')),
  tool('types of the web', 'typescript/bin/tsc', '--noEmit', '--pretty', 'false', '-p', 'web', ...remembering('types-web')),
  tool('lint', 'oxlint/bin/oxlint', '--type-aware', '--format', 'unix'),
  tool(
    'format',
    'prettier/bin/prettier.cjs',
    '--check',
    '--log-level',
    'warn',
    '--cache',
    '--cache-location',
    'node_modules/.cache/check-prettier',
    '.',
  ),
  tool('nothing unused', 'knip/bin/knip.js', '--no-progress', '--reporter', 'compact'),
  { name: 'catalogue', run: () => complaints(join(projectFolder, 'ops/check/catalogue.ts'), []) },
  { name: 'what is taken from others may be shipped', run: async () => supplyChainFaults(readLock(projectFolder), readSources()) },
  ...Object.entries(rules).map(([name, rule]) => ({ name, run: async () => rule(readSources()).map(spoken) })),
]

/** Runs a program of Node; what it printed is its complaint when it fails. */
function complaints(program: string, args: string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: projectFolder, stdio: ['ignore', 'pipe', 'pipe'] })
    const printed: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void printed.push(chunk.toString('utf8')))
    child.on('error', reject)
    child.on('close', (code) => {
      const lines = printed
        .join('')
        .split('\n')
        .filter((line) => line.trim() !== '')
      resolve(code === 0 ? [] : lines.length > 0 ? lines : [`${program} ended with ${code} and said nothing`])
    })
  })
}

/** Runs all steps, two programs at a time. True when none complained. */
async function check(write: (line: string) => void): Promise<boolean> {
  const began = performance.now()
  const wanted = process.argv.slice(2)
  const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  const waiting = [...chosen]
  let failed = 0
  const runNext = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const start = performance.now()
      const found = await step.run()
      write(
        `${found.length === 0 ? 'ok  ' : 'FAIL'}  ${step.name}${performance.now() - start > 500 ? `  ${((performance.now() - start) / 1000).toFixed(1)} s` : ''}`,
      )
      for (const line of found) write(`        ${line}`)
      if (found.length > 0) failed++
    }
  }
  await Promise.all([runNext(), runNext()])
  write(
    `check: ${chosen.length - failed} of ${chosen.length} rules hold, ${failed} do not (${((performance.now() - began) / 1000).toFixed(1)} s)`,
  )
  return failed === 0
}

process.exitCode = (await check((line) => void process.stdout.write(`${line}\n`))) ? 0 : 1
