// Regular expressions that people write: RE2's syntax on a linear engine, with a bound on pattern times text, so that none can hold up the
// process. The only file that imports re2js.
import { RE2JS } from 're2js'

/** Pattern times text that one match may cost: about half a second in the worst case, microseconds in the usual one. */
const maxSteps = 10_000_000
/** Characters of a pattern. */
const maxPatternLength = 1024
/** Instructions of a compiled pattern; `(a{1,30}){1,30}` has 1,900. */
const maxProgram = 2400

export type Pattern = {
  readonly source: string
  /** Whether the text matches; undefined when the text is too long for this pattern. */
  test(text: string): boolean | undefined
  /** What testing a text of that length costs at worst, in steps. */
  steps(length: number): number
}

/**
 * Compiles a pattern in RE2's syntax (https://github.com/google/re2/wiki/Syntax). `anchored`: it must match the whole text, else any part.
 * Gives `{ error }` with one sentence when it is not one or is too large.
 */
export function compilePattern(source: string, match: 'anchored' | 'anywhere'): Pattern | { error: string } {
  if (source.length > maxPatternLength) return { error: `the pattern is longer than ${maxPatternLength} characters` }
  try {
    // By itself first: `a)(b` would be balanced inside our own group.
    const alone = RE2JS.compile(source)
    const compiled = match === 'anchored' ? RE2JS.compile(`^(?s:${source})$`) : alone
    const size = compiled.programSize()
    if (size > maxProgram)
      return { error: `the pattern is too large: its repetitions multiply to ${size} steps, at most ${maxProgram} are allowed` }
    const steps = (length: number) => size * length
    return { source, steps, test: (text) => (steps(text.length) > maxSteps ? undefined : compiled.test(text)) }
  } catch (cause) {
    return { error: `not a pattern: ${(cause as Error).message.replace(/^error parsing regexp: /, '')}` }
  }
}
