// platform/outbound is the only way out, platform/http the only way in. Whatever opens a socket anywhere else would pass its judgement by.
import { importsOf, packageOf } from './imports.ts'
import { isForTests, lineAt, withoutComments, type Rule } from './rule.ts'

const sockets = new Set([
  'node:http',
  'node:https',
  'node:http2',
  'node:net',
  'node:tls',
  'node:dns',
  'node:dgram',
  'node:child_process',
  'node:cluster',
  'undici',
])
/** Libraries with sockets of their own, and the folder that keeps them in. */
const keptIn: Record<string, string> = { pg: 'src/platform/database/' }

/** The one program that the server runs: its own, which makes the embedded database's files and ends. */
const runsItself = (path: string, name: string) => path === 'src/platform/database/cluster.ts' && name === 'node:child_process'

const isWayOut = (path: string) => path.startsWith('src/platform/outbound/')
const isWayIn = (path: string) => path.startsWith('src/platform/http/')

export const onlyOutboundGoesOut: Rule = (sources) =>
  sources.flatMap((source) => {
    if (!source.path.startsWith('src/') || isForTests(source.path) || isWayOut(source.path)) return []
    const text = withoutComments(source.text)
    const imports = importsOf(source).flatMap((imported) => {
      const name = packageOf(imported)?.replace(/^(https?|http2|net|tls|dns|dgram|child_process|cluster)$/, 'node:$1')
      if (
        name === undefined ||
        (imported.typeOnly && sockets.has(name)) ||
        (name === 'node:http' && isWayIn(source.path) && servesOnly(text)) ||
        runsItself(source.path, name)
      )
        return []
      const folder = keptIn[name]
      if (!sockets.has(name) && (folder === undefined || source.path.startsWith(folder))) return []
      return [
        {
          path: source.path,
          line: imported.line,
          message: `${imported.specifier} opens sockets: ${folder ? `only ${folder} may import it` : 'call `outbound.fetch` of the effect’s or action’s context instead'}`,
        },
      ]
    })
    const calls = [...text.matchAll(/(?<![\w.$])(?:globalThis\.)?fetch\(/g)].map((match) => ({
      path: source.path,
      line: lineAt(text, match.index),
      message: 'a bare fetch goes out unjudged: call `outbound.fetch` of the effect’s or action’s context instead',
    }))
    return [...imports, ...calls.filter(({ line }) => !isDeclaration(text.split('\n')[line - 1]!))]
  })

/** `fetch(request: …): …` in a type, or the beginning of a method. */
const isDeclaration = (line: string): boolean =>
  /^\s*(async )?fetch\(\w+: [^)]*\): /.test(line) || /^\s*(async )?fetch\([^)]*\) \{\s*$/.test(line)

const servesOnly = (text: string): boolean =>
  [...text.matchAll(/import\s+\{([^}]*)\}\s+from\s+'node:http'/g)].every(([, names]) =>
    names!.split(',').every((name) => /^\s*(createServer|type \w+)?\s*$/.test(name)),
  )
