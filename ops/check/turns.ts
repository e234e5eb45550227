// What is asked of one transaction at the same moment ends before anything is said about it: `Promise.all` gives up at the first failure while the others
// still ask, in a transaction that is rolled back by then or already somebody else's. `allOfThem` (`kernel/gather`) waits.
import { isForTests, lineAt, withoutComments, type Rule } from './rule.ts'

const gathers = /\bPromise\.(?:all|allSettled|any|race)\(/g
/** What carries a transaction, by the names that the house gives it. */
const carriers = /\b(?:scope|tx|context)\b/

/** What is awaited together in one transaction is awaited by `allOfThem`. Seen by the names inside the call; also through a list that was made right before. */
export const aTransactionIsAskedInTurn: Rule = (files) =>
  files.flatMap((file) => {
    if (!file.path.startsWith('src/') || isForTests(file.path)) return []
    const text = withoutComments(file.text)
    return [...text.matchAll(gathers)]
      .filter((match) => {
        const gathered = argumentsFrom(text, match.index + match[0].length)
        return carriers.test(gathered) || carriers.test(madeBefore(text.slice(0, match.index), gathered))
      })
      .map((match) => ({
        path: file.path,
        line: lineAt(text, match.index),
        message:
          'these share one transaction, and one that fails must not leave the others behind: await them in turn, or by allOfThem (kernel/gather)',
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
