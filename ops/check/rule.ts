// What a rule of the house is: a function over the sources that names each violation with its place and what to do about it.

/** `path` is relative to the project, with slashes. */
export type Source = { path: string; text: string }

export type Violation = { path: string; line: number; message: string }

/** A pure function over all sources. `message` says what to do, not only what is wrong. */
export type Rule = (sources: readonly Source[]) => Violation[]

/** One line for a terminal: `src/a.ts:3  message`. */
export const spoken = ({ path, line, message }: Violation): string => `${path}:${line}  ${message}`

/** Line of an offset, from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** Whether a file is only for tests: the tests themselves, fixtures, and fake worlds beside them. */
export const isForTests = (path: string): boolean => /\.test\.tsx?$|\/fixtures\/|\/fake-[\w-]+\.ts$|^scenarios\/|^e2e\//.test(path)

/** The text with comments blanked, lines kept. A `//` in an address (after a colon) is no comment. */
export const withoutComments = (text: string): string =>
  text
    .replace(/(^|[\s;{(,])\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '))
