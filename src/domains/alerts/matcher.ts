// Label matchers, as Alertmanager writes them: `team=payments`, `env!="dev"`, `job=~"api|web"`, `"disk🙂"!~"/var.*"`. What must stay true: a
// missing label is the empty text, and a regular expression must match the whole value.
import { z } from 'zod'
import type { Fault } from '#kernel/errors.ts'
import { compilePattern } from '#kernel/pattern.ts'
import type { Labels } from '#kernel/signal.ts'

type Operator = '=' | '!=' | '=~' | '!~'
export type Matcher = { name: string; operator: Operator; value: string }
export type CompiledMatcher = Matcher & { readonly matches: (labels: Labels) => boolean }

/** A matcher in input and storage. Its pattern compiles. */
export const MatcherSchema = z
  .strictObject({ name: z.string().min(1).max(512), operator: z.enum(['=', '!=', '=~', '!~']), value: z.string().max(4096) })
  .superRefine((matcher, context) => {
    const compiled = compileMatcher(matcher)
    if ('message' in compiled) context.addIssue({ code: 'custom', path: ['value'], message: compiled.message })
  })

/** The value of a label; missing is empty. Only what is the alert's own counts, so that `constructor` is an ordinary name. */
export const labelOf = (labels: Labels, name: string): string => (Object.hasOwn(labels, name) ? labels[name]! : '')

/** Gives a Fault when the pattern is not one. */
function compileMatcher(matcher: Matcher): CompiledMatcher | Fault {
  const { name, operator, value } = matcher
  if (operator === '=' || operator === '!=')
    return { ...matcher, matches: (labels) => (labelOf(labels, name) === value) === (operator === '=') }
  const pattern = compilePattern(value, 'anchored')
  if ('error' in pattern) return { path: spell(matcher), message: pattern.error }
  // A value is at most 4,096 characters, which no pattern is too large for.
  return { ...matcher, matches: (labels) => (pattern.test(labelOf(labels, name)) === true) === (operator === '=~') }
}

/** Compiles all; gives `{ faults }` when one is not right. */
export function compileMatchers(matchers: readonly Matcher[]): CompiledMatcher[] | { faults: Fault[] } {
  const compiled = matchers.map(compileMatcher)
  const faults = compiled.filter((one): one is Fault => 'message' in one)
  return faults.length > 0 ? { faults } : (compiled as CompiledMatcher[])
}

/** All must match; none at all matches everything. */
export const matchesAll = (matchers: readonly CompiledMatcher[], labels: Labels): boolean =>
  matchers.every((matcher) => matcher.matches(labels))

/** The first matcher that does not match, with the label's value: "team is 'web', not 'payments'". Undefined when all match. */
export function mismatch(matchers: readonly CompiledMatcher[], labels: Labels): string | undefined {
  const first = matchers.find((matcher) => !matcher.matches(labels))
  if (first === undefined) return undefined
  const value = labelOf(labels, first.name)
  const is = value === '' ? `${first.name} is not set` : `${first.name} is '${value}'`
  switch (first.operator) {
    case '=':
      return `${is}, not '${first.value}'`
    case '!=':
      return is
    case '=~':
      return `${is}, which does not match ${first.value}`
    case '!~':
      return `${is}, which matches ${first.value}`
  }
}

/** How a matcher is written: `env=~"produ.*"`; the name in quotes when it is not a plain one. */
export const spell = ({ name, operator, value }: Matcher): string =>
  `${plainName.test(name) ? name : quote(name)}${operator}${quote(value)}`

/** Reads one matcher; value and name may stand in double quotes. Gives a Fault with the column. */
export function parseMatcher(text: string): Matcher | Fault {
  const parsed = parseMatchers(text)
  if ('faults' in parsed) return parsed.faults[0]!
  return parsed.length === 1 ? parsed[0]! : { path: '1:1', message: 'write one matcher, like team=payments' }
}

/** Reads `a=b, c=~"d|e"`, with or without braces around it. Gives `{ faults }` with the column where it stopped making sense. */
export function parseMatchers(text: string): Matcher[] | { faults: Fault[] } {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)
  const source = inner ? inner[1]! : text
  const offset = inner ? text.indexOf('{') + 1 : 0
  const matchers: Matcher[] = []
  let at = skipBlanks(source, 0)
  while (at < source.length) {
    one.lastIndex = at
    const found = one.exec(source)
    const name = found && unquote(found[1]!)
    const value = found && unquote(found[3]!.trim())
    if (!found || !name || value === null || value === undefined) {
      return {
        faults: [
          { path: `1:${offset + at + 1}`, message: 'is not a matcher; write team=payments, env!=dev, job=~"api|web" or job!~"test.*"' },
        ],
      }
    }
    matchers.push({ name, operator: found[2] as Operator, value })
    at = skipBlanks(source, one.lastIndex)
    if (at < source.length) {
      if (source[at] !== ',') return { faults: [{ path: `1:${offset + at + 1}`, message: 'expected a comma between two matchers' }] }
      at = skipBlanks(source, at + 1)
    }
  }
  return matchers
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/
const quoted = String.raw`"(?:[^"\\]|\\.)*"`
// A bare name ends at an operator, a bare value at a comma; both may hold any script.
const one = new RegExp(String.raw`(${quoted}|[^\s"{},=!~]+)\s*(=~|!~|!=|=)\s*(${quoted}|[^",]*)`, 'uy')

const skipBlanks = (text: string, at: number): number => {
  let next = at
  while (next < text.length && /\s/.test(text[next]!)) next++
  return next
}

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`

/** Inside quotes `\"`, `\\` and `\n` are escapes; any other backslash stays, so that patterns need not be doubled. */
function unquote(text: string): string | undefined {
  if (!text.startsWith('"')) return text
  if (text.length < 2 || !text.endsWith('"')) return undefined
  return text.slice(1, -1).replace(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
