// The imports of a file, type-only ones and `import('…')` included, resolved to paths of the project or names of packages.
import { posix } from 'node:path'
import { lineAt, withoutComments, type Source } from './rule.ts'

export type Import = {
  line: number
  specifier: string
  /** Path in the project, or the specifier itself for a package. */
  target: string
  /** Whether only types cross: `import type`, or a mention inside a type. */
  typeOnly: boolean
}

const statement = /(?:^|\n|;)\s*(import|export)\s+(type\s+)?(?:[\w*${},\s]+?\sfrom\s+)?['"]([^'"\n]+)['"]/g
const mention = /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g

/** In the order in which they stand. */
export function importsOf(source: Source): Import[] {
  const text = withoutComments(source.text)
  const found: Import[] = []
  const add = (offset: number, specifier: string, typeOnly: boolean) =>
    found.push({ line: lineAt(text, offset), specifier, target: resolved(source.path, specifier), typeOnly })
  for (const match of text.matchAll(statement)) add(match.index + match[0].search(/\S/), match[3]!, match[2] !== undefined)
  for (const match of text.matchAll(mention))
    add(match.index, match[1]!, /[<:=|&]\s*$/.test(text.slice(0, match.index)) && /^[^;\n]*\)\./.test(text.slice(match.index)))
  return found.sort((a, b) => a.line - b.line)
}

function resolved(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), specifier))
  if (specifier.startsWith('#scenarios/')) return specifier.slice(1)
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  return specifier
}

/** The package of an import: `@scope/name` of `@scope/name/part`, `node:net` of `node:net`; undefined for a file of the project. */
export function packageOf({ specifier }: Pick<Import, 'specifier'>): string | undefined {
  if (/^[.#/]/.test(specifier)) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
