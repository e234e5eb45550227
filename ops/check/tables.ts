// A table has one owner: the slice whose migration makes it, and only its code holds SQL on it.
// Four may be read elsewhere, and written by nobody else: users, teams and services are joined for names, slugs and walls; events are the record,
// which timelines, figures and live pages are views of.
import { isForTests, lineAt, withoutComments, type Rule, type Source } from './rule.ts'

const readableByAll = new Set(['users', 'teams', 'services', 'events'])
const reads = /\b(?:from|join)\s+([a-z_]+)\b/g
const writes = /\b(?:insert\s+into|update|delete\s+from|truncate)\s+([a-z_]+)\b/g

export const aTableHasOneOwner: Rule = (sources) => {
  const owners = ownersOf(sources)
  return sources.flatMap((source) => {
    const room = ownerOf(source.path)
    if (room === undefined || isForTests(source.path)) return []
    const text = withoutComments(source.text)
    if (!/\bsql`/.test(text)) return []
    const mentions = [
      ...[...text.matchAll(writes)].map((match) => ({ match, writing: true })),
      ...[...text.matchAll(reads)].map((match) => ({ match, writing: false })),
    ]
    return mentions.flatMap(({ match, writing }) => {
      const table = match[1]!
      const owner = owners.get(table)
      if (owner === undefined || owner === room || (!writing && readableByAll.has(table))) return []
      if (!writing && /^delete\s+from/.test(text.slice(match.index - 7))) return []
      return [
        {
          path: source.path,
          line: lineAt(text, match.index),
          message: `the table ${table} belongs to ${owner}: put the statement there and export a function from its door`,
        },
      ]
    })
  })
}

/** Every migration says whose tables it makes. */
export const migrationsNameTheirOwner: Rule = (sources) =>
  sources
    .filter((source) => /^migrations\/\d{4}-/.test(source.path) && !/^-- Owner: [a-z]+\b/.test(source.text))
    .map((source) => ({ path: source.path, line: 1, message: 'begin the file with `-- Owner: <slice>.` and why it is there' }))

/** Table → slice, from the migrations. */
function ownersOf(sources: readonly Source[]): Map<string, string> {
  const owners = new Map<string, string>()
  for (const { path, text } of sources) {
    const owner = /^migrations\/\d{4}-/.test(path) ? /^-- Owner: ([a-z]+)\b/.exec(text)?.[1] : undefined
    if (owner === undefined) continue
    for (const match of text.matchAll(/^create table (?:if not exists )?([a-z_]+)/gm)) owners.set(match[1]!, owner)
  }
  return owners
}

/** Who a file speaks for: its slice, `platform`, or the room that owns no table at all. */
function ownerOf(path: string): string | undefined {
  const [first, second, third] = path.split('/')
  if (first !== 'src') return undefined
  return second === 'domains' ? third : second
}
