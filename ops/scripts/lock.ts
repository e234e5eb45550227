// The lock file read: every package, and those of them that are shipped, on the server or within the pages.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isForTests, type Source } from '../check/rule.ts'

export type Locked = {
  version?: string
  integrity?: string
  resolved?: string
  license?: string
  dev?: boolean
  inBundle?: boolean
  optional?: boolean
  link?: boolean
  hasInstallScript?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
/** By its folder (`node_modules/a`); the project itself is the empty one. */
export type Lock = { packages: Record<string, Locked> }

/** `where`: on the server, within the pages, or both. `needs`: folders of what it needs. */
export type Shipped = Locked & {
  folder: string
  name: string
  version: string
  where: 'server' | 'pages' | 'server and pages'
  needs: string[]
}

export const readLock = (folder: string): Lock => JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as Lock

/** node_modules/a/node_modules/@b/c → @b/c. */
export const nameOf = (folder: string): string => folder.replace(/^.*node_modules\//, '')

/** What goes out with the product, sorted by folder: what is not for development, and what the pages import, with all that these need. */
export function shippedPackages(lock: Lock, sources: readonly Source[]): Shipped[] {
  const within = new Set<string>()
  const add = (folder: string | undefined) => {
    if (folder === undefined || within.has(folder)) return
    within.add(folder)
    needsOf(lock, folder).forEach(add)
  }
  for (const name of importedByPages(sources)) add(foundFrom(lock, '', name))
  return Object.entries(lock.packages)
    .filter(([folder, { dev }]) => folder !== '' && (!dev || within.has(folder)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, locked]) => ({
      ...locked,
      folder,
      name: nameOf(folder),
      version: locked.version ?? '',
      where: !within.has(folder) ? 'server' : locked.dev ? 'pages' : 'server and pages',
      needs: needsOf(lock, folder),
    }))
}

/** Packages that the browser's files name, in scripts and in style sheets. */
function importedByPages(sources: readonly Source[]): string[] {
  const named = sources
    .filter(({ path }) => /^web\/.*\.(tsx?|css)$/.test(path) && !isForTests(path) && path !== 'web/vite.config.ts')
    .flatMap(({ text }) =>
      [...text.matchAll(/(?:from |import |import\(|url\()'((?:@[\w-]+\/)?[\w-][\w.-]*)[^']*'/g)].map((match) => match[1]!),
    )
  return [...new Set(named)].sort()
}

const needsOf = (lock: Lock, folder: string): string[] => {
  const { dependencies, optionalDependencies } = lock.packages[folder] ?? {}
  return Object.keys({ ...dependencies, ...optionalDependencies })
    .flatMap((name) => foundFrom(lock, folder, name) ?? [])
    .sort()
}

/** As Node finds it: in the nearest node_modules upwards. */
function foundFrom(lock: Lock, folder: string, name: string): string | undefined {
  for (let at = folder; ; at = at.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) {
    const candidate = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (lock.packages[candidate]) return candidate
    if (at === '') return undefined
  }
}
