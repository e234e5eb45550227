// The project's own source files, read from disk.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Source } from './rule.ts'

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

const rooms = ['src', 'web', 'scenarios', 'migrations', 'ops', 'e2e']
const skipped = /(^|\/)(node_modules|dist)(\/|$)/

/** Every ts, tsx, mjs, css and sql file of the rooms that exist, in order. */
export function readSources(folder: string = projectFolder): Source[] {
  return rooms
    .filter((room) => existsSync(join(folder, room)))
    .flatMap((room) => readdirSync(join(folder, room), { recursive: true, encoding: 'utf8' }).map((path) => `${room}/${path}`))
    .filter((path) => !skipped.test(path) && /\.(tsx?|mjs|css|sql)$/.test(path) && statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
}
