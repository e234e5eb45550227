// A transaction is one connection, and a connection does one statement at a time: asking for several at once gains a slice nothing, hides which one
// failed, and pg deprecates it wherever it does not pipeline.
import { isForTests, lineAt, withoutComments, type Rule } from './rule.ts'

const gathers = /\bPromise\.(?:all|allSettled|any|race)\(/g
/** What carries a transaction, by the names that the house gives it. */
const carriers = /\b(?:scope|tx|context)\b/
/** The way of an alert, where a round trip counts: these send statements that do not need each other's answers without waiting, on purpose. */
const pipelined = new Set(['src/domains/alerts/ingest.ts', 'src/platform/events/outbox.ts'])

/** Nothing that is awaited together may use one transaction. Seen by the names inside the call; also through a list that was made right before. */
export const aTransactionIsAskedInTurn: Rule = (files) =>
  files.flatMap((file) => {
    if (!file.path.startsWith('src/') || isForTests(file.path) || pipelined.has(file.path)) return []
    const text = withoutComments(file.text)
    return [...text.matchAll(gathers)]
      .filter((match) => {
        const gathered = argumentsFrom(text, match.index + match[0].length)
        return carriers.test(gathered) || carriers.test(madeBefore(text.slice(0, match.index), gathered))
      })
      .map((match) => ({
        path: file.path,
        line: lineAt(text, match.index),
        message: 'these share one transaction, which answers one statement at a time: await them in turn, or join them into one statement',
      }))
  })

/** The text up to the bracket that closes the call. */
function argumentsFrom(text: string, start: number): string {
  let depth = 1
  let end = start
  while (end < text.length && depth > 0) {
    if ('([{'.includes(text[end]!)) depth++
    else if (')]}'.includes(text[end]!)) depth--
    end++
  }
  return text.slice(start, end - 1)
}

/** When only a name is gathered: what that name was last given, up to the end of that statement. */
function madeBefore(before: string, gathered: string): string {
  if (!/^\s*\w+\s*$/.test(gathered)) return ''
  const made = before.lastIndexOf(`const ${gathered.trim()} = `)
  return made < 0 ? '' : before.slice(made)
}
