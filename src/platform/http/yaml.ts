// YAML as plain data. The library's own lexer is read first (it is linear and does not recurse), and depth, keys, items, strings, documents
// and aliases are counted on its lexemes: what goes on to the recursive composer is small. (Unbounded, 100 kB of `[` end the process.)
import { Composer, Parser, isAlias, isMap, isScalar, isSeq, type Document, type ParsedNode } from 'yaml'
import { invalidAt, isReservedKey, placeOf } from './place.ts'
import type { ParseLimits } from './parse-limits.ts'
import { lexYaml } from './yaml-scan.ts'

/** `line` is where the document begins, from 1. */
export type YamlDocument = {
  value: unknown
  line: number
  placeOf: (path: readonly (string | number)[]) => { line: number; column: number }
  /** As it is written there, when it is one word: `0123`, which is read as 123. */
  wordAt: (path: readonly (string | number)[]) => string | undefined
}

const composing = {
  version: '1.2',
  merge: false,
  uniqueKeys: false,
  stringKeys: true,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const

/**
 * Every document of `bytes` (UTF-8), in order; core schema of YAML 1.2 plus merge keys. `placeOf` finds the value at a path, or the nearest
 * one around it. Throws AppError 'invalid-input' or 'too-large' with the place; a warning of the parser is an error.
 */
export function readYaml(bytes: Uint8Array, limits: ParseLimits): YamlDocument[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  return withoutStackTraces(() => compose(text, lexYaml(text, limits))).map((document) => {
    const fault = document.errors[0] ?? document.warnings[0]
    if (fault) throw invalidAt(text, fault.pos[0], `The body is not the YAML that is read here: ${firstLine(fault.message)}`)
    return {
      value: plain(document.contents, text, limits),
      line: placeOf(text, document.contents?.range[0] ?? document.range[0]).line,
      placeOf: (path) => placeOf(text, nearest(document, path)),
      wordAt: (path) => {
        const node = document.getIn(path, true)
        return isScalar(node) ? node.source : undefined
      },
    }
  })
}

function compose(text: string, lexemes: readonly string[]): Document.Parsed[] {
  const parser = new Parser()
  const tokens = function* () {
    for (const lexeme of lexemes) yield* parser.next(lexeme)
    yield* parser.end()
  }
  const documents: Document.Parsed[] = []
  for (const document of new Composer(composing).compose(tokens(), false, text.length)) documents.push(document as Document.Parsed)
  return documents
}

/** The composer makes an Error object for every fault: with their traces, a text of nothing but faults takes a second. */
function withoutStackTraces<T>(work: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

const firstLine = (message: string): string => message.slice(0, 160).split('\n')[0] ?? ''

function nearest(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    const range = (node as { range?: readonly number[] | null } | undefined)?.range
    if (range?.[0] !== undefined) return range[0]
  }
  return document.contents?.range[0] ?? document.range[0]
}

/** The scan lets 10,000 keys and as many items pass, so that without an alias no text comes near. */
const mostNodes = 30_000

type Built = { value: unknown; nodes: number; depth: number }

/**
 * The value of a document. Depth and number of nodes are counted as if every alias were written out, because that is what the value is when
 * it is stored or copied.
 */
function plain(root: ParsedNode | null, text: string, limits: ParseLimits): unknown {
  const anchors = new Map<string, Built | 'open'>()
  return root === null ? null : build(root, 0).value

  function build(node: ParsedNode, level: number): Built {
    if (isAlias(node)) return follow(node.source, node.range[0])
    if (node.anchor !== undefined) anchors.set(node.anchor, 'open')
    if (isScalar(node)) storable(node.value, node.range[0])
    const built = isMap(node) ? map(node, level + 1) : isSeq(node) ? list(node, level + 1) : { value: node.value, nodes: 1, depth: 0 }
    if (built.depth > 0 && level + built.depth > limits.depth)
      throw invalidAt(text, node.range[0], `The body is nested too deep: more than ${limits.depth} levels`)
    if (built.nodes > mostNodes)
      throw invalidAt(text, node.range[0], `With every alias written out, the body has more than ${mostNodes} values`)
    if (node.anchor !== undefined) anchors.set(node.anchor, built)
    return built
  }

  /** What an escape can write and no text of the database holds. A text of the outside is mended (parse.ts); this one, a person wrote and can mend. */
  function storable(value: unknown, offset: number): void {
    if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
      throw invalidAt(text, offset, 'A text holds a NUL or half of a character, which cannot be stored: leave it out')
  }

  function follow(name: string, offset: number): Built {
    const built = anchors.get(name)
    if (built === 'open')
      throw invalidAt(text, offset, `The alias *${name} stands inside of what it names: an alias may not contain itself`)
    if (built === undefined) throw invalidAt(text, offset, `The alias *${name} names nothing that stands before it`)
    return built
  }

  function list(node: { items: ParsedNode[] }, level: number): Built {
    const built = { value: [] as unknown[], nodes: 1, depth: 1 }
    for (const item of node.items) built.value.push(take(built, build(item, level)))
    return built
  }

  function map(node: { items: { key: ParsedNode; value: ParsedNode | null }[] }, level: number): Built {
    const own = new Map<string, unknown>()
    const merged: [string, unknown][] = []
    const built = { nodes: 1, depth: 1 }
    for (const { key, value } of node.items) {
      if (!isScalar(key)) throw invalidAt(text, key.range[0], 'A key is not a plain text')
      const name = String(key.value)
      storable(name, key.range[0])
      if (isReservedKey(name)) throw invalidAt(text, key.range[0], `The key ${name} is reserved: rename it`)
      if (own.has(name)) throw invalidAt(text, key.range[0], `The key ${JSON.stringify(name.slice(0, 80))} stands twice in one object`)
      if (key.anchor !== undefined) anchors.set(key.anchor, { value: name, nodes: 1, depth: 0 })
      const content = value === null ? null : take(built, build(value, level))
      if (name === '<<' && key.type === 'PLAIN') merged.push(...mergeable(content, key.range[0]))
      else own.set(name, content)
    }
    // The first of several merged objects wins, and what is written here wins over all (yaml.org/type/merge.html).
    return { value: Object.fromEntries([...merged.reverse(), ...own]), ...built }
  }

  function mergeable(content: unknown, offset: number): [string, unknown][] {
    return (Array.isArray(content) ? content : [content]).flatMap((source: unknown) => {
      if (typeof source !== 'object' || source === null || Array.isArray(source))
        throw invalidAt(text, offset, 'The merge key << wants an object or a list of objects')
      return Object.entries(source)
    })
  }
}

/** Adds what a child counts to its parent, and hands its value on. */
function take(parent: { nodes: number; depth: number }, child: Built): unknown {
  parent.nodes += child.nodes
  parent.depth = Math.max(parent.depth, child.depth + 1)
  return child.value
}
