// Every query of the product, asked with what lists have shown: an id or a name for each place in a path.
import type { AnyOperation } from '#kernel/command.ts'
import type { Program } from './program.ts'

/** Lists first, so that the paths of the others can be filled in. Says how many were answered with 200. */
export async function askEverything(
  program: Program,
  operations: readonly AnyOperation[],
  headers: Record<string, string>,
): Promise<number> {
  const queries = operations.flatMap(({ kind, http }) => (kind === 'query' && http.startsWith('GET ') ? [http.replace('GET ', '')] : []))
  const known = new Map<string, string>()
  let answered = 0
  for (const path of queries.sort((a, b) => a.split('{').length - b.split('{').length)) {
    const filled = path.replace(/\{(\w+)\}/g, (all, name: string) => known.get(name) ?? all)
    if (filled.includes('{')) continue
    const { status, json } = await program.ask('GET', `/api/v1${filled}`, { headers, handsOut: handedOut(path) })
    if (status === 200) answered++
    const [first] = (json as { items?: Record<string, unknown>[] } | undefined)?.items ?? []
    for (const name of namesIn(path)) {
      const value = first?.['slug'] ?? first?.['handle'] ?? first?.['id']
      if (typeof value === 'string' && !known.has(name)) known.set(name, value)
    }
  }
  return answered
}

/** `/alert-groups` shows what `{groupId}` and `{alertGroup}` may be. */
function namesIn(path: string): string[] {
  const words = (path.split('/').at(-1) ?? '').replace(/s$/, '').replace(/ie$/, 'y').split('-')
  const name = words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('')
  const last = words.at(-1) ?? ''
  return [name, last, `${name}Id`, `${last}Id`]
}

const handedOut = (path: string): string[] => (path.startsWith('/integrations/') ? ['integration key'] : [])
