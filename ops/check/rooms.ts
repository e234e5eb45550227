// The arrows between the rooms only run down; types count, for a type is knowledge too.
import { importsOf, packageOf } from './imports.ts'
import { isForTests, type Rule } from './rule.ts'

/** Each room with those it may import beside itself. What stands below knows nothing of what stands above. */
const mayImport: Record<string, readonly string[]> = {
  kernel: [],
  platform: ['kernel'],
  domains: ['kernel', 'platform'],
  integrations: ['kernel'],
  app: ['kernel', 'platform', 'domains', 'integrations'],
  web: ['kernel'],
  scenarios: ['kernel', 'platform', 'domains', 'integrations', 'app'],
  ops: ['kernel', 'platform', 'domains', 'integrations', 'app', 'scenarios', 'web'],
  e2e: ['kernel', 'platform', 'domains', 'integrations', 'app', 'scenarios', 'web', 'ops'],
}
/** The browser's client is made of the operations' types: types of these rooms may cross, values may not. */
const typesFor: Record<string, readonly string[]> = { web: ['domains', 'app'] }

/** `src/platform/http/api.ts` → `platform`, `web/ui/clock.tsx` → `web`. */
export function roomOf(path: string): string | undefined {
  const [first, second] = path.split('/')
  return first === 'src' ? second : first
}

export const arrowsRunDown: Rule = (sources) =>
  sources.flatMap((source) => {
    const room = roomOf(source.path)
    if (room === undefined || !(room in mayImport) || isForTests(source.path)) return []
    return importsOf(source).flatMap((imported) => {
      if (packageOf(imported) !== undefined) return []
      const other = roomOf(imported.target)
      const at = { path: source.path, line: imported.line }
      if (isForTests(imported.target) && room !== 'ops')
        return [{ ...at, message: `${imported.target} is only for tests: move what is needed here out of it` }]
      if (other === undefined || other === room || mayImport[room]!.includes(other)) return []
      if (imported.typeOnly && typesFor[room]?.includes(other)) return []
      return [{ ...at, message: `${room} may not import ${other}${remedy(room, other)}` }]
    })
  })

function remedy(room: string, other: string): string {
  if (room === 'web') return ': ask the server through web/api/hooks.ts, or import the type only'
  if (other === 'app') return ': nothing imports the composition root; take the value as a parameter and hand it in from src/app'
  return `: describe what is needed as a type in src/kernel, and let src/app/wiring.ts hand the value in`
}

/** An integration knows its outside system and no other integration. */
export const integrationsStandAlone: Rule = (sources) =>
  sources.flatMap((source) => {
    const own = /^src\/integrations\/([\w-]+)\//.exec(source.path)?.[1]
    if (own === undefined) return []
    return importsOf(source).flatMap((imported) => {
      const other = /^src\/integrations\/([\w-]+)\//.exec(imported.target)?.[1]
      if (other === undefined || other === own) return []
      return [
        {
          path: source.path,
          line: imported.line,
          message: `the integration ${own} may not import ${other}: copy the few lines, or put what both need into src/kernel`,
        },
      ]
    })
  })
