// Whether a configuration is right in itself, without a server: every schema, every doubled name, every reference, every resource's own rules.
import type { Fault } from '#kernel/errors.ts'
import type { ResourceDefinition } from '#kernel/resource.ts'
import { byPlace, spokenPlace, type PlacedFault } from './faults.ts'
import { isSame } from './plan.ts'
import { readFiles, type Reading, type SourceFile, type Written } from './read.ts'

/** Specs that are there already, by kind; a written one of the same key takes its place. */
export type Existing = ReadonlyMap<string, readonly unknown[]>

/** `unchecked` names kinds that are referred to, but of which nothing is written: those references were taken as right. */
export type Checked = { written: Written[]; faults: PlacedFault[]; unchecked: string[] }

/**
 * Reads and checks. With `existing` (a server's), a reference may lead to it. Without, a kind that the files say nothing about may lie
 * elsewhere, and references to it are taken as right.
 */
export const check = (files: readonly SourceFile[], resources: readonly ResourceDefinition[], existing?: Existing): Checked =>
  checkRead(readFiles(files, resources), resources, existing)

/**
 * Checks what was read; the faults of reading are among those that it gives. `now`: all that is there, also what will not stay. What is written as it is
 * there already may name what has gone meanwhile (a person who was disabled): nothing becomes of it.
 */
export function checkRead(
  { written, broken, faults }: Reading,
  resources: readonly ResourceDefinition[],
  existing?: Existing,
  now: Existing = new Map(),
): Checked {
  const first = new Map<string, Written>()
  const unique = written.filter((item) => {
    const name = `${item.resource.kind} ${item.key}`
    const earlier = first.get(name)
    if (earlier)
      faults.push({ place: item.placeOf(''), message: `${name} is written twice, also at ${spokenPlace(earlier.placeOf(''))}: keep one` })
    else first.set(name, item)
    return !earlier
  })
  const unchecked = new Set<string>()
  const all = surroundings(unique, broken, resources, existing, unchecked)
  const allNow = surroundings([], new Set(), resources, now, new Set())
  for (const { resource, key, spec, placeOf } of unique) {
    const found = resource.check?.(spec, all) ?? []
    const isKept = found.length > 0 && (now.get(resource.kind) ?? []).some((one) => resource.key(one) === key && isSame(one, spec))
    const known = new Set(isKept ? resource.check!(spec, allNow).map(nameOfFault) : [])
    for (const fault of found) if (!known.has(nameOfFault(fault))) faults.push({ place: placeOf(fault.path), message: fault.message })
  }
  return { written: unique, faults: faults.sort(byPlace), unchecked: [...unchecked].sort() }
}

const nameOfFault = ({ path, message }: Fault): string => `${path} ${message}`

function surroundings(
  written: readonly Written[],
  broken: ReadonlySet<string>,
  resources: readonly ResourceDefinition[],
  existing: Existing | undefined,
  unchecked: Set<string>,
) {
  const byKind = new Map<string, Map<string, unknown>>()
  const builtIn = new Set(resources.flatMap((resource) => (resource.builtIn ?? []).map((key) => `${resource.kind} ${key}`)))
  for (const { kind, key } of resources) byKind.set(kind, new Map((existing?.get(kind) ?? []).map((spec) => [key(spec), spec])))
  for (const { resource, key, spec } of written) byKind.get(resource.kind)!.set(key, spec)
  return {
    of: (kind: string) => [...(byKind.get(kind)?.values() ?? [])],
    has(kind: string, key: string) {
      if (broken.has(`${kind} ${key}`)) return true
      const known = byKind.get(kind)
      if (known === undefined || (existing === undefined && known.size === 0)) {
        unchecked.add(kind)
        return true
      }
      return known.has(key) || (existing === undefined && builtIn.has(`${kind} ${key}`))
    },
  }
}
