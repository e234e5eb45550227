// Hands a piece of a node's file over to the database. What must stay true: one line that can never be taken in costs none behind it.
import { unreadOf, type SpoolPiece } from '#domains/alerts/index.ts'
import { isAway } from '#platform/database/database.ts'
import type { Log } from '#platform/log.ts'

/** What fails may be a passing trouble of the database: a line that failed by itself in so many looks, one a second, is set aside. */
const mostTries = 5

/** `take` takes in what it has not taken before, and answers whether nothing was set aside. So does this; it throws what may still be done. */
export function createHandOver(take: (piece: SpoolPiece) => Promise<boolean>, log: Log): (piece: SpoolPiece) => Promise<boolean> {
  let failing = { file: '', from: -1, times: 0 }

  async function takeLine(piece: SpoolPiece): Promise<boolean> {
    const { file, from, lines } = piece
    try {
      return await take(piece)
    } catch (error) {
      const line = lines[0]!
      if (isAway(error) || line.kind === 'unread') throw error
      failing = { file, from, times: failing.file === file && failing.from === from ? failing.times + 1 : 1 }
      if (failing.times < mostTries) throw error
      const reason = error instanceof Error ? error.message : String(error)
      log.error({ err: error, file, line: from }, 'a line that was kept while the database was away can never be taken in: it is set aside')
      return await take({ file, from, lines: [unreadOf(line, reason)] })
    }
  }

  return async (piece) => {
    const { file, from, lines } = piece
    for (const [n, { kind }] of lines.entries())
      if (kind === 'unread')
        log.error({ file, line: from + n }, 'a line that was kept while the database was away cannot be read: it is set aside')
    try {
      return await take(piece)
    } catch (error) {
      if (isAway(error)) throw error
      log.error(
        { err: error, file, from, lines: lines.length },
        'a piece of what was kept could not be taken in: each of its lines is, by itself',
      )
    }
    let isWhole = true
    for (const [n, line] of lines.entries()) if (!(await takeLine({ file, from: from + n, lines: [line] }))) isWhole = false
    return isWhole
  }
}
