// `tocsin apply`, `check` and `export`: a folder of YAML, against a server or by itself.
import { join } from 'node:path'
import type { ResourceDefinition } from '#kernel/resource.ts'
import { check } from '#platform/configuration/check.ts'
import { asFault } from '#platform/configuration/faults.ts'
import type { SourceFile } from '#platform/configuration/read.ts'
import { exitCodes } from './exit.ts'
import { readFolder, writeFolder } from './files.ts'
import type { Ask } from './server.ts'
import { paint, write, writeJson } from './show.ts'

type Applied = {
  counts: { added: number; changed: number; removed: number; unchanged: number }
  changes: {
    kind: string
    key: string
    does: 'add' | 'change' | 'remove'
    differences: { path: string; before?: unknown; after?: unknown }[]
  }[]
}
const signs = { add: { sign: '+', style: 'green' }, change: { sign: '~', style: 'yellow' }, remove: { sign: '-', style: 'red' } } as const

/** Sends the folder to the server and shows what became of it, field by field. */
export async function applyFolder(ask: Ask, folder: string, options: { dryRun: boolean; prune: boolean; json: boolean }): Promise<void> {
  const { dryRun, prune } = options
  const answer = (await ask('POST /configuration/apply', { files: readFolder(folder), dryRun, prune })) as Applied
  if (options.json) return writeJson(answer)
  for (const { kind, key, does, differences } of answer.changes) {
    write(paint(signs[does].style, `${signs[does].sign} ${kind} ${key}`))
    for (const { path, before, after } of differences) write(`    ${path}: ${short(before)} → ${short(after)}`)
  }
  const { added, changed, removed, unchanged } = answer.counts
  write(
    `${dryRun ? 'Would be' : 'Applied:'} ${added} added, ${changed} changed, ${removed} removed; ${unchanged} as they are.${dryRun ? ' Nothing was changed.' : ''}`,
  )
}

/** Checks the folder without a server; every fault on a line of its own, as compilers write them. */
export function checkFolder(resources: readonly ResourceDefinition[], folder: string, options: { json: boolean }): void {
  const files = readFolder(folder)
  const { written, faults, unchecked } = check(files, resources)
  if (faults.length > 0) process.exitCode = exitCodes.refused
  if (options.json)
    return writeJson({ documents: written.length, faults: faults.map(({ place, message }) => ({ ...place, message })), unchecked })
  for (const { path, message } of faults.map(asFault)) write(`${paint('red', path)}: ${message}`)
  if (unchecked.length > 0) write(paint('dim', `Not followed: references to ${unchecked.join(', ')}, for these files define none.`))
  write(
    faults.length === 0
      ? `${written.length} documents in ${files.length} files are right.`
      : `${faults.length} ${faults.length === 1 ? 'thing is' : 'things are'} wrong.`,
  )
}

/**
 * Writes what the server has into the folder, and says what it names that is not part of it, like people who have left: the server takes that as long as it
 * stays as it is, another one would not.
 */
export async function exportFolder(ask: Ask, resources: readonly ResourceDefinition[], folder: string): Promise<void> {
  const { files } = (await ask('GET /configuration', {})) as { files: SourceFile[] }
  const { written, stale } = writeFolder(
    folder,
    files,
    resources.map(({ kind }) => kind),
  )
  write(`${files.length} files in ${folder}, ${written} of them new or changed.`)
  for (const path of stale) write(paint('yellow', `No longer on the server: ${path}`))
  const { faults } = check(
    files.map(({ path, text }) => ({ path: join(folder, path), text })),
    resources,
  )
  for (const { path, message } of faults.map(asFault)) write(`${paint('yellow', path)}: ${message}`)
  if (faults.length > 0) write('Until that is mended, another installation would not take it.')
}

const short = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
