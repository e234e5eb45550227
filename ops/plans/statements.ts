// The statements that stand in the sources, to be held against those that were sent.
import { lineAt, withoutComments, type Source } from '../check/rule.ts'

/** `place`: its file and line. `parts`: what stands in it as it is, without the values and fragments between. */
export type Written = { place: string; parts: string[] }

const begins = /\bsql`/g
const isStatement = /^\s*(select|insert|update|delete|with|merge)\b/i

/** Every statement of a file, also one inside of another; what is only a part of some is left out. */
export function statementsIn({ path, text }: Source): Written[] {
  const code = withoutComments(text)
  return [...code.matchAll(begins)]
    .map((found) => ({ place: `${path}:${lineAt(code, found.index)}`, parts: partsFrom(code, found.index + found[0].length) }))
    .filter(({ parts }) => isStatement.test(parts[0]!))
}

/** Whether this text, `inOneLine`, may be that statement: all that stands in it stands there too, in this order. */
export function isOf({ parts }: Written, sent: string): boolean {
  let from = 0
  return parts.every((part) =>
    // What is escaped in the source may be anything.
    part.split(/\\./).every((piece) => {
      const words = inOneLine(piece)
      const at = sent.indexOf(words, from)
      from = at + words.length
      return at >= 0
    }),
  )
}

export const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** The template from here to its end, cut at its values. */
function partsFrom(code: string, start: number): string[] {
  const parts: string[] = []
  let from = start
  for (let at = start; at < code.length; at++) {
    if (code[at] === '\\') at++
    else if (code[at] === '`') return [...parts, code.slice(from, at)]
    else if (code.startsWith('${', at)) {
      parts.push(code.slice(from, at))
      at = endOfValue(code, at + 2)
      from = at + 1
    }
  }
  return parts
}

/** Where the bracket stands that ends a value; templates inside of it have values of their own. */
function endOfValue(code: string, start: number): number {
  let depth = 1
  for (let at = start; at < code.length; at++) {
    if (code[at] === '`') at = endOfTemplate(code, at + 1)
    else if (code[at] === '{') depth++
    else if (code[at] === '}' && --depth === 0) return at
  }
  return code.length
}

function endOfTemplate(code: string, start: number): number {
  for (let at = start; at < code.length; at++) {
    if (code[at] === '\\') at++
    else if (code[at] === '`') return at
    else if (code.startsWith('${', at)) at = endOfValue(code, at + 2)
  }
  return code.length
}
