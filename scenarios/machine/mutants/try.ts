// Tries every deliberate bug: in a copy of the sources, until some seed fails. One that no seed finds says that the machine does not bite there.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutants, type Mutant } from './mutants.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** 1 when one survives so many seeds. `only`: those whose file or reason holds this text. */
export async function tryMutants(say: (text: string) => void, seeds: number, only = ''): Promise<number> {
  let survivors = 0
  const chosen = mutants.filter(({ file, why }) => `${file} ${why}`.includes(only))
  for (const mutant of chosen) {
    const foundBy = await tryOne(mutant, seeds)
    if (foundBy === undefined) survivors++
    say(`${foundBy === undefined ? 'SURVIVES' : 'killed  '} ${mutant.file}: ${mutant.why}${foundBy === undefined ? '' : ` — ${foundBy}`}`)
  }
  say(`${chosen.length - survivors} of ${chosen.length} deliberate bugs were found`)
  return survivors > 0 ? 1 : 0
}

/** What failed, or undefined when nothing did. Throws when the mutant no longer fits the sources, or does not run at all. */
async function tryOne({ file, find, replace }: Mutant, seeds: number): Promise<string | undefined> {
  const place = mkdtempSync(join(tmpdir(), 'tocsin-mutant-'))
  try {
    for (const folder of ['src', 'scenarios', 'migrations', 'ops']) cpSync(join(root, folder), join(place, folder), { recursive: true })
    cpSync(join(root, 'package.json'), join(place, 'package.json'))
    mkdirSync(join(place, 'web'), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
    const path = join(place, file)
    const text = readFileSync(path, 'utf8')
    if (text.split(find).length !== 2)
      throw new Error(`the mutant of ${file} no longer fits: ${find} is there ${text.split(find).length - 1} times`)
    writeFileSync(
      path,
      text.replace(find, () => replace),
    )
    const output = await outputOf(place, ['scenarios/machine/run.ts', '--seeds', String(seeds), '--from', 'tocsin', '--no-shrink'])
    const failed = /^it failed: (.{0,160})/m.exec(output)?.[1]
    if (failed === undefined && !/^machine: /m.test(output)) throw new Error(`the mutant of ${file} does not run: ${output.slice(-300)}`)
    return failed
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

const outputOf = (folder: string, args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.on('error', reject)
    child.on('close', () => resolve(text))
  })
