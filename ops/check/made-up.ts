// Made-up sources for the tests of the rules.
import type { Rule, Source } from './rule.ts'

const asSources = (files: Record<string, string>): Source[] => Object.entries(files).map(([path, text]) => ({ path, text }))

/** What a rule says about these files: `path:line message`. */
export const said = (rule: Rule, files: Record<string, string>): string[] =>
  rule(asSources(files)).map(({ path, line, message }) => `${path}:${line} ${message}`)
