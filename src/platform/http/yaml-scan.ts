// Counts a YAML text on the lexemes of the library's own lexer, so that there is one opinion on what is a string and what is structure.
import { CST, Lexer } from 'yaml'
import { invalidAt, tooLargeAt } from './place.ts'
import { spokenBytes, type ParseLimits } from './parse-limits.ts'

const mostBytes = 1024 * 1024
const mostDocuments = 200
const mostAliases = 100
/** Keys that one text may have whatever it is for: a composed node weighs a kilobyte. */
const mostKeys = 10_000
/** About 300 ms of the lexer; a text of `mostKeys` ordinary lines has 80,000. */
const mostLexemes = 150_000

/**
 * The lexemes of `text`, ready for `Parser.next`. Throws AppError 'invalid-input' or 'too-large' as soon as a bound is passed: 1 MiB, 200
 * documents, 100 aliases, 10,000 keys, and those of `limits`. Depth is bounded here to twice `limits.depth`, and exactly by who builds the value.
 */
export function lexYaml(text: string, limits: ParseLimits): string[] {
  if (text.length > mostBytes) throw tooLargeAt(text, mostBytes, `The body is larger than the ${spokenBytes(mostBytes)} that YAML may have`)
  // The lexer marks its own lexemes with control characters, which YAML does not allow in a text.
  const control = /[^\t\n\r\x20-\x7e\x80-\uffff]/.exec(text)
  if (control) throw invalidAt(text, control.index, 'The body has a control character')

  const lexemes: string[] = []
  const count = counter(text, limits)
  for (const lexeme of new Lexer().lex(text)) {
    count(lexeme)
    if (lexemes.push(lexeme) > mostLexemes)
      throw tooLargeAt(text, text.length, 'The body has too many lines and words for one YAML text: send it in parts')
  }
  return lexemes
}

function counter(text: string, limits: ParseLimits): (lexeme: string) => void {
  const bound = Math.min(limits.keys, mostKeys)
  let offset = 0
  let lineStart = 0
  let keyColumn = -1
  let flowDepth = 0
  let keys = 0
  let items = 0
  let containers = 0
  let documents = 1
  let aliases = 0
  let isScalarText = false
  /** The columns of the block collections that are open: each deeper one is a deeper level. */
  const columns: number[] = []

  const nest = (column: number) => {
    while (columns.length > 0 && (columns.at(-1) as number) > column) columns.pop()
    if (columns.at(-1) !== column) columns.push(column)
    if (columns.length > limits.depth) throw invalidAt(text, offset, `The body is nested too deep: more than ${limits.depth} levels`)
  }

  const structure = (lexeme: string, type: CST.TokenType | null) => {
    const column = offset - lineStart
    switch (type) {
      case 'flow-map-start':
      case 'flow-seq-start':
        if (++flowDepth > limits.depth) throw invalidAt(text, offset, `The body is nested too deep: more than ${limits.depth} levels`)
        if (++containers > bound) throw tooLargeAt(text, offset, `The body has more than ${bound} lists and objects`)
        break
      case 'flow-map-end':
      case 'flow-seq-end':
        flowDepth = Math.max(0, flowDepth - 1)
        break
      case 'seq-item-ind':
      case 'comma':
        if (++items > bound) throw tooLargeAt(text, offset, `The lists of the body have more than ${bound} items`)
        if (type === 'seq-item-ind') nest(column)
        return
      case 'explicit-key-ind':
      case 'map-value-ind':
        if (++keys > bound) throw tooLargeAt(text, offset, `The body has more than ${bound} keys`)
        if (flowDepth === 0) nest(type === 'map-value-ind' && keyColumn >= 0 ? keyColumn : column)
        return
      case 'doc-start':
        if (++documents > mostDocuments + 1) throw tooLargeAt(text, offset, `The body has more than ${mostDocuments} documents`)
        columns.length = 0
        flowDepth = 0
        return
      case 'alias':
        if (++aliases > mostAliases) throw invalidAt(text, offset, `The body has more than ${mostAliases} aliases: write the values out`)
        break
      case 'directive-line':
        if (!/^%YAML[ \t]+1\.2\b/.test(lexeme)) throw invalidAt(text, offset, 'Only the directive %YAML 1.2 is read here')
        return
      case 'space':
      case 'newline':
      case 'comment':
        return
      default:
    }
    if (keyColumn < 0) keyColumn = column
  }

  return (lexeme) => {
    const type = isScalarText ? 'scalar' : CST.tokenType(lexeme)
    isScalarText = false
    if (lexeme === CST.DOCUMENT || lexeme === CST.FLOW_END || lexeme === CST.SCALAR) {
      // A mark of the lexer, which stands for nothing in the text.
      isScalarText = lexeme === CST.SCALAR
      if (lexeme === CST.FLOW_END) flowDepth = 0
      return
    }
    if (lexeme.length > limits.stringBytes && type !== 'comment')
      throw invalidAt(text, offset, `A string is longer than ${spokenBytes(limits.stringBytes)}`)
    structure(lexeme, type)
    const lastNewline = lexeme.lastIndexOf('\n')
    if (lastNewline >= 0) {
      lineStart = offset + lastNewline + 1
      keyColumn = -1
    }
    offset += lexeme.length
  }
}
