// Files are small and named after what they hold.
import { lineAt, type Rule, type Source } from './rule.ts'

const mostLines = 400
const saysNothing = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'base', 'manager'])

export const noFileIsTooLong: Rule = (sources) =>
  sources
    .filter(({ path, text }) => lines(text) > mostLines && !/\/fixtures\//.test(path) && !/\.generated\./.test(path))
    .map(({ path, text }) => ({
      path,
      line: mostLines + 1,
      message: `has ${lines(text)} lines, ${mostLines} are allowed: cut it where its subject changes`,
    }))

const lines = (text: string): number => text.replace(/\n$/, '').split('\n').length

export const namesSayWhatIsHeld: Rule = (sources) => [...emptyPaths(sources), ...sources.flatMap(emptyExports)]

/** Each folder or file once, at the first file in it. */
function emptyPaths(sources: readonly Source[]) {
  const seen = new Map<string, string>()
  for (const { path } of sources) {
    for (const [index, part] of path.split('/').entries()) {
      const bad = wordsOf(part.replace(/\..*$/, '')).find((word) => saysNothing.has(word))
      const place = path
        .split('/')
        .slice(0, index + 1)
        .join('/')
      if (bad !== undefined && !seen.has(place)) seen.set(place, bad)
    }
  }
  return [...seen].map(([path, bad]) => ({ path, line: 1, message: `"${bad}" does not say what is in it: name it after what it holds` }))
}

function emptyExports({ path, text }: Source) {
  if (!/\.tsx?$/.test(path)) return []
  return [...text.matchAll(/^export (?:async )?(?:const|function|class|type|interface) (\w+)/gm)].flatMap((match) => {
    const bad = wordsOf(match[1]!).find((word) => saysNothing.has(word))
    return bad === undefined
      ? []
      : [{ path, line: lineAt(text, match.index), message: `"${bad}" in ${match[1]} says nothing: name it after what it does` }]
  })
}

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)

/** Whoever opens a file learns in its first line what it owns. */
export const filesOpenWithTheirPurpose: Rule = (sources) =>
  sources
    .filter(
      ({ path, text }) =>
        /^(src|scenarios|ops|web)\/.*\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !/^(#!.*\n)?(\/\/ |\/\*)/.test(text),
    )
    .map(({ path }) => ({ path, line: 1, message: 'open the file with one to three lines of comment: what it owns, what must stay true' }))
