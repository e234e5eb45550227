// A configuration's folder: reads its YAML, writes an export into it.
import { isUtf8 } from 'node:buffer'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '#kernel/errors.ts'
import { configurationLimits, type SourceFile } from '#platform/configuration/read.ts'
import { spokenBytes } from '#platform/http/parse-limits.ts'
import { Usage } from './exit.ts'

/**
 * Every `.yaml` and `.yml` file below `folder`, sorted; what begins with a dot and links to folders are left out. Paths are as they can be opened from here.
 * Throws Usage or AppError 'bad-configuration', naming the path.
 */
export function readFolder(folder: string): SourceFile[] {
  if (!existsSync(folder)) throw new Usage(`There is no folder ${folder}.`)
  const given = statSync(folder)
  if (given.isFile()) return [readOne(folder)]
  if (!given.isDirectory()) throw new Usage(`${folder} is neither a folder nor a file.`)
  const files = yamlBelow(folder).map(readOne)
  if (files.length === 0) throw new Usage(`There is no .yaml file in ${folder}.`)
  return files
}

function yamlBelow(folder: string): string[] {
  return reading(folder, () => readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return yamlBelow(path)
      return /\.ya?ml$/.test(entry.name) && reading(path, () => statSync(path)).isFile() ? [path] : []
    })
}

function readOne(path: string): SourceFile {
  const most = configurationLimits.fileBytes
  // Looked at first: a text of gigabytes cannot be read at all, and a server could not name the file.
  if (reading(path, () => statSync(path)).size > most)
    throw new AppError('bad-configuration', `${path} is larger than ${spokenBytes(most)}: split it.`)
  const bytes = reading(path, () => readFileSync(path))
  if (!isUtf8(bytes)) throw new AppError('bad-configuration', `${path} is not UTF-8 text.`)
  return { path, text: bytes.toString('utf8') }
}

/** What this machine says of a path, with its name. */
function reading<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'it is a link to nothing' : code === 'EACCES' ? 'it may not be read' : String(code)
    throw new AppError('bad-configuration', `${path} cannot be read: ${why}.`, { cause })
  }
}

/** Writes an export. `stale` names files in the folders of `kinds` that are not part of it; they are left for a person to judge. */
export function writeFolder(folder: string, files: readonly SourceFile[], kinds: readonly string[]): { written: number; stale: string[] } {
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
  const known = new Set(files.map(({ path }) => join(folder, path)))
  const folders = kinds.map((kind) => join(folder, kind)).filter((path) => existsSync(path))
  return { written, stale: folders.flatMap(yamlBelow).filter((path) => !known.has(path)) }
}
