// A configuration's folder: reads its YAML, writes an export into it.
import { isUtf8 } from 'node:buffer'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '#kernel/errors.ts'
import type { SourceFile } from '#platform/configuration/read.ts'
import { Usage } from './exit.ts'

/** Every `.yaml` and `.yml` file below `folder`, sorted; what begins with a dot and links to folders are left out. Paths are as they can be opened from here. */
export function readFolder(folder: string): SourceFile[] {
  if (!existsSync(folder)) throw new Usage(`There is no folder ${folder}.`)
  if (statSync(folder).isFile()) return [readOne(folder)]
  const files = yamlBelow(folder).map(readOne)
  if (files.length === 0) throw new Usage(`There is no .yaml file in ${folder}.`)
  return files
}

function yamlBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return yamlBelow(path)
      return /\.ya?ml$/.test(entry.name) && statSync(path).isFile() ? [path] : []
    })
}

function readOne(path: string): SourceFile {
  const bytes = readFileSync(path)
  if (!isUtf8(bytes)) throw new AppError('bad-configuration', `${path} is not UTF-8 text.`)
  return { path, text: bytes.toString('utf8') }
}

/** Writes an export. `stale` names files in its kinds' folders that are not part of it; they are left for a person to judge. */
export function writeFolder(folder: string, files: readonly SourceFile[]): { written: number; stale: string[] } {
  for (const { path } of files) {
    if (!/^[a-z-]+\/[\w%.~-]+\.yaml$/.test(path) || path.includes('/.'))
      throw new AppError(
        'unavailable',
        `The server named a file ${JSON.stringify(path)}, which is not below the folder. Nothing was written.`,
      )
  }
  let written = 0
  for (const { path, text } of files) {
    const full = join(folder, path)
    if (existsSync(full) && readFileSync(full, 'utf8') === text) continue
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, text)
    written++
  }
  const kinds = [...new Set(files.map(({ path }) => dirname(path)))]
  const known = new Set(files.map(({ path }) => join(folder, path)))
  return { written, stale: kinds.flatMap((kind) => yamlBelow(join(folder, kind))).filter((path) => !known.has(path)) }
}
