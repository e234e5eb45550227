// Slices see only those before them, and only through their door.
import { importsOf } from './imports.ts'
import { isForTests, type Rule } from './rule.ts'

/** From the first, which sees none, to the last, which sees all. */
export const sliceOrder = [
  'directory',
  'alerts',
  'changes',
  'notifications',
  'oncall',
  'incidents',
  'runbooks',
  'status',
  'reviews',
  'monitors',
  'insights',
  'watchdog',
]

/** `src/domains/alerts/store.ts` → `alerts`. */
export const sliceOf = (path: string): string | undefined => /^src\/domains\/([\w-]+)\//.exec(path)?.[1]

export const slicesSeeOnlyThoseBefore: Rule = (sources) =>
  sources.flatMap((source) => {
    const own = sliceOf(source.path)
    if (own === undefined || isForTests(source.path)) return []
    if (!sliceOrder.includes(own))
      return [
        {
          path: source.path,
          line: 1,
          message: `${own} has no place in the order of slices: add it to ops/check/slices.ts and to ARCHITECTURE.md`,
        },
      ]
    return importsOf(source).flatMap((imported) => {
      const other = sliceOf(imported.target)
      if (other === undefined || other === own || sliceOrder.indexOf(other) < sliceOrder.indexOf(own)) return []
      return [
        {
          path: source.path,
          line: imported.line,
          message: `${own} may not see ${other}, which stands after it: let ${other} react to an event of ${own}, or ask its command by name from an effect`,
        },
      ]
    })
  })

export const slicesMeetAtTheDoor: Rule = (sources) =>
  sources.flatMap((source) => {
    if (isForTests(source.path)) return []
    return importsOf(source).flatMap((imported) => {
      const other = sliceOf(imported.target)
      if (other === undefined || other === sliceOf(source.path) || imported.target === `src/domains/${other}/index.ts`) return []
      return [
        {
          path: source.path,
          line: imported.line,
          message: `${imported.target} is inside the slice ${other}: import from #domains/${other}/index.ts, and export there what is needed`,
        },
      ]
    })
  })
