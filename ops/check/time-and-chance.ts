// Time and chance are parameters, so that a scenario repeats itself. They enter the server in src/app/node.ts and the browser in web/ui/now.ts.
import { isForTests, lineAt, withoutComments, type Rule } from './rule.ts'

const sources = [
  { pattern: /\bDate\.now\(/g, what: 'Date.now()' },
  { pattern: /\bnew Date\(\s*\)/g, what: 'new Date()' },
  { pattern: /\bTemporal\.Now\b/g, what: 'Temporal.Now' },
  { pattern: /\bMath\.random\(/g, what: 'Math.random()' },
]
const clocks = new Set(['src/app/node.ts', 'web/ui/now.ts'])

export const timeAndChanceAreParameters: Rule = (files) =>
  files.flatMap((file) => {
    if (!/^(src|web)\//.test(file.path) || isForTests(file.path) || clocks.has(file.path) || file.path.startsWith('web/public/')) return []
    const text = withoutComments(file.text)
    return sources.flatMap(({ pattern, what }) =>
      [...text.matchAll(pattern)].map((match) => ({
        path: file.path,
        line: lineAt(text, match.index),
        message: `${what} cannot be repeated: ${file.path.startsWith('web/') ? 'use nowMs() or useNow() of web/ui/now.ts' : 'take `now`, `clock` or `newId` from the context'}`,
      })),
    )
  })

const sqlClock = /\b(?:now\(\)|current_timestamp|clock_timestamp\(\))/g

/** Where SQL asks the clock: two nodes' clocks must not decide who is dead, and all of them follow the database's. */
const clocksOfTheDatabase = new Set(['src/platform/jobs/store.ts', 'src/platform/database/clock.ts'])

/** Elsewhere SQL asks no clock either. */
export const sqlAsksNoClock: Rule = (files) =>
  files.flatMap((file) => {
    if (!file.path.startsWith('src/') || isForTests(file.path) || clocksOfTheDatabase.has(file.path)) return []
    const text = withoutComments(file.text)
    return [...text.matchAll(/\bsql`[^`]*`/g)].flatMap((statement) =>
      [...statement[0].replaceAll(/\$\{[^}]*\}/g, (hole) => ' '.repeat(hole.length)).matchAll(sqlClock)].map((match) => ({
        path: file.path,
        line: lineAt(text, statement.index + match.index),
        message: `SQL asks no clock: pass \${scope.now} as a parameter`,
      })),
    )
  })
