// The public one-line name of what is wrong. It never comes from the incident's title: that one is written for the people inside.
import { plainText } from '#platform/text/markdown.ts'

const longest = 100

/** The first sentence of an update's Markdown, on one line, at most 100 characters, without its full stop. */
export function headlineFrom(text: string): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim()
  const sentence = /^.*?[.!?](?=\s+\p{Lu}|\s*$)/u.exec(line)?.[0] ?? line
  const bare = sentence.replace(/[.\s]+$/u, '')
  if (bare.length <= longest) return bare
  const cut = bare.slice(0, longest - 1)
  return `${cut.slice(0, cut.lastIndexOf(' ') > 60 ? cut.lastIndexOf(' ') : cut.length)}…`
}
