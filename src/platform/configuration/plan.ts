// What applying would do: pure, from what is written and what is there. Each change says why, and field by field what becomes of it.

/** One thing of a kind. `canBeRemoved`: the kind knows how. */
export type Thing = { kind: string; key: string; spec: unknown }
/** `path` is a JSON pointer into the spec; `before` or `after` is absent where there is nothing. */
export type Difference = { path: string; before?: unknown; after?: unknown }
export type Change = { kind: string; key: string; does: 'add' | 'change' | 'keep' | 'remove'; reason: string; differences: Difference[] }

/** Changes in the order of `written`; after them, with `prune`, removals of what is not written, in the reverse order of `existing`. */
export function plan(
  written: readonly Thing[],
  existing: readonly Thing[],
  options: { prune: boolean; canRemove: (kind: string) => boolean },
): Change[] {
  const nameOf = ({ kind, key }: Thing) => `${kind} ${key}`
  const before = new Map(existing.map((thing) => [nameOf(thing), thing]))
  const names = new Set(written.map(nameOf))
  const changes = written.map((thing): Change => {
    const { kind, key, spec } = thing
    const known = before.get(nameOf(thing))
    if (!known) return { kind, key, does: 'add', reason: `there is no ${kind} ${key} yet`, differences: [] }
    const found = differences(known.spec, spec)
    if (found.length === 0) return { kind, key, does: 'keep', reason: 'it is as it is written', differences: [] }
    const fields = [...new Set(found.map(({ path }) => path.split('/')[1]!))]
    return {
      kind,
      key,
      does: 'change',
      reason: `${fields.join(', ')} ${fields.length === 1 ? 'is' : 'are'} written otherwise`,
      differences: found,
    }
  })
  if (!options.prune) return changes
  const gone = existing.filter((thing) => !names.has(nameOf(thing)) && options.canRemove(thing.kind)).reverse()
  return [
    ...changes,
    ...gone.map(({ kind, key }): Change => ({ kind, key, does: 'remove', reason: 'it is no longer written', differences: [] })),
  ]
}

/** Every place where two specs differ. The order of an object's keys means nothing, a key without a value is no key. */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])]
    return names.flatMap((name) => differences(before[name], after[name], `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`))
  }
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every((item) => isObject(item))) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
      differences(before[index], after[index], `${path}/${index}`),
    ).flat()
  }
  if (isSame(before, after)) return []
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }]
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether two specs say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => isSame(a[name], b[name]))
}

/** The fields that are written otherwise than they were: whatever else somebody has changed meanwhile stays. */
export const changesOf = <Spec extends object>(before: Spec | undefined, spec: Spec): Partial<Spec> =>
  Object.fromEntries(
    Object.entries(spec).filter(([field, value]) => before === undefined || !isSame(before[field as keyof Spec], value)),
  ) as Partial<Spec>
