// The language of conditions: CEL with our own functions, only doubles, and bounds that are checked before anything runs. What must stay true:
// no regular expression but ours, no loop that an alert's size could make long, nothing that builds text or lists.
import { Environment, type ASTNode } from '@marcbachmann/cel-js'
import { compilePattern, type Pattern } from './pattern.ts'

/** What a variable holds: `labels` maps names to texts, `instant` is an Instant, `json` is checked only when it is looked at. */
export type ValueType = 'text' | 'number' | 'boolean' | 'instant' | 'texts' | 'labels' | 'json'
/** The variables that a condition may use. Keep one object per use: its environment is kept with it. */
export type Declarations = Readonly<Record<string, ValueType>>

/** A prepared expression, to be run inside `metered` over plain values. */
export type Program = (values: Record<string, unknown>) => unknown
/** Entries of a list or map that a condition looks at. */
export const maxConditionEntries = 500
/** Evaluated nodes in the worst case: one loop over the data, or small written-out lists inside each other. */
const maxCost = 100_000
/** Characters that the text functions of one evaluation may walk over, patterns counted as often as they have steps. */
const maxWork = 20_000_000

/** What the language refuses, with the places in the source; without one when a value is refused. */
export class Refused extends Error {
  readonly nodes: ASTNode[]
  constructor(message: string, ...nodes: ASTNode[]) {
    super(message)
    this.nodes = nodes
  }
}

const celTypes: Record<ValueType, string> = {
  text: 'string',
  number: 'double',
  boolean: 'bool',
  instant: 'google.protobuf.Timestamp',
  texts: 'list<string>',
  labels: 'map<string, string>',
  json: 'dyn',
}

const environments = new WeakMap<Declarations, Environment>()

/** The environment of these variables, made once. */
export function environmentOf(declarations: Declarations): Environment {
  const known = environments.get(declarations)
  if (known) return known
  const environment = new Environment({
    limits: { maxAstNodes: 1000, maxDepth: 40, maxListElements: maxConditionEntries, maxMapEntries: 100 },
  })
  environment.registerOperator('double % double', (a: number, b: number) => a % b)
  for (const [name, [signature, handler]] of Object.entries(functions)) {
    for (const one of signature) environment.registerFunction(one.replace(name, name + ours), handler, { async: false })
  }
  for (const [name, type] of Object.entries(declarations)) environment.registerVariable(name, celTypes[type])
  environments.set(declarations, environment)
  return environment
}

/** Marks our own functions, which stand in for the library's: those know no bound, and `matches` is the backtracking engine. */
const ours = '_bounded'
/** A message of the library in the words of the source. */
export const spoken = (summary: string): string => summary.replaceAll(ours, '')

type Meter = { left: number; patterns: ReadonlyMap<string, Pattern> }
// An evaluation is synchronous and calls no other, so one meter is enough.
let meter: Meter = { left: 0, patterns: new Map() }

/** Runs an evaluation with its budget of text; throws Refused when that is used up. */
export function metered<T>(patterns: ReadonlyMap<string, Pattern>, run: () => T): T {
  meter = { left: maxWork, patterns }
  return run()
}

function charge(work: number): void {
  meter.left -= work
  if (meter.left < 0) throw new Refused('the texts are too long for this condition')
}

const onText =
  <Rest extends unknown[], T>(handler: (text: string, ...rest: Rest) => T) =>
  (text: string, ...rest: Rest): T => {
    charge(text.length)
    return handler(text, ...rest)
  }

const size = (value: string | unknown[] | Record<string, unknown>): number => {
  if (typeof value !== 'string') return Array.isArray(value) ? value.length : Object.keys(value).length
  charge(value.length)
  return Array.from(value).length
}

const functions: Record<string, [signatures: string[], handler: (...args: never[]) => unknown]> = {
  contains: [
    ['string.contains(string): bool'],
    onText((text, part: string) => (charge(text.length * (part.length >> 4)), text.includes(part))),
  ],
  startsWith: [['string.startsWith(string): bool'], onText((text, part: string) => text.startsWith(part))],
  endsWith: [['string.endsWith(string): bool'], onText((text, part: string) => text.endsWith(part))],
  lowerAscii: [['string.lowerAscii(): string'], onText((text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()))],
  upperAscii: [['string.upperAscii(): string'], onText((text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()))],
  trim: [['string.trim(): string'], onText((text) => text.trim())],
  size: [['string', 'list', 'map'].flatMap((type) => [`size(${type}): double`, `${type}.size(): double`]), size],
  matches: [
    ['string.matches(string): bool'],
    (text: string, source: string) => {
      const pattern = meter.patterns.get(source)!
      charge(pattern.steps(text.length))
      const matched = pattern.test(text)
      if (matched === undefined) throw new Refused('the text is too long for this pattern')
      return matched
    },
  ],
}

/** The functions that go through a list or map. */
export const loops = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])
/** Of the library's own, only these: they build nothing larger than what they were given, and ask no clock or zone. */
const conversions = new Set(['has', 'double', 'string', 'bool', 'timestamp', 'duration'])

/** Parses, puts our functions in the place of the library's, makes every number a double, checks types and bounds. Throws what it refuses. */
export function prepare(environment: Environment, source: string, patterns: Map<string, Pattern>): { ast: ASTNode; run: Program } {
  const program = environment.parse(source)
  // In place: serialising and parsing again, the other way, loses parentheses (`a - (b - c)`), digits and emoji.
  rewrite(program.ast, patterns)
  const checked = program.check()
  if (!checked.valid) throw checked.error
  if (checked.type !== 'bool' && checked.type !== 'dyn')
    throw new Refused(`is ${nameOf(checked.type)}; a condition is yes or no`, program.ast)
  refuseBuilding(program.ast)
  if (costOf(program.ast) > maxCost)
    throw new Refused('loops too often: one loop over the data, or lists written out inside each other', program.ast)
  return { ast: program.ast, run: program }
}

function rewrite(node: ASTNode, patterns: Map<string, Pattern>, isIndex = false): void {
  const writable = node as { args: unknown }
  if (node.op === 'value' && typeof node.args === 'bigint' && !isIndex) writable.args = Number(node.args)
  if (node.op === 'call' || node.op === 'rcall') {
    const [name] = node.args
    if (name === 'matches') addPattern(node, patterns)
    if (Object.hasOwn(functions, name)) node.args[0] = name + ours
    else if (!(node.op === 'call' ? conversions : loops).has(name)) throw new Refused(`there is no function \`${spoken(name)}\` here`, node)
  }
  for (const child of childrenOf(node)) rewrite(child, patterns, node.op === '[]' && child === node.args[1])
}

function addPattern(node: ASTNode & { op: 'call' | 'rcall' }, patterns: Map<string, Pattern>): void {
  const argument = (node.op === 'rcall' ? node.args[2] : node.args[1])[0]
  // A pattern that comes out of an alert would be written by whoever can send one.
  if (argument?.op !== 'value' || typeof argument.args !== 'string')
    throw new Refused('matches() needs its pattern written out in quotes', node)
  const pattern = compilePattern(argument.args, 'anywhere')
  if ('error' in pattern) throw new Refused(pattern.error, argument)
  patterns.set(argument.args, pattern)
}

/** Refuses `+` where it could join texts or lists: a condition compares, and what grows in a loop is a bomb. */
function refuseBuilding(node: ASTNode): void {
  if (node.op === '+') {
    const [left, right] = node.args.map((side) => typeOf(side))
    const known = left === 'dyn' ? right : left
    if (known === 'dyn') throw new Refused('write double(…) around one side, so that it is clear that numbers are added', node)
    if (known === 'string' || known === undefined || /^(list|map|bytes)/.test(known))
      throw new Refused('a condition does not join texts or lists: compare the parts', node)
  }
  for (const child of childrenOf(node)) refuseBuilding(child)
}

const typeOf = (node: ASTNode): string | undefined => (node as { checkedType?: { name: string } }).checkedType?.name

const nameOf = (type: string | undefined): string =>
  type === 'string' ? 'a text' : type === 'double' ? 'a number' : type?.startsWith('list') ? 'a list' : `a ${type ?? 'thing'}`

function costOf(node: ASTNode): number {
  if (node.op !== 'rcall' || !loops.has(node.args[0])) return childrenOf(node).reduce((sum, child) => sum + costOf(child), 1)
  const [, receiver, [, ...body]] = node.args
  return costOf(receiver) + entriesOf(receiver) * body.reduce((sum, child) => sum + costOf(child), 1)
}

function entriesOf(node: ASTNode): number {
  if (node.op === 'list' || node.op === 'map') return node.args.length
  if (node.op === 'rcall' && loops.has(node.args[0])) return entriesOf(node.args[1])
  return maxConditionEntries
}

/** The nodes directly below, whatever the shape of a node's arguments. */
export function childrenOf(node: ASTNode): ASTNode[] {
  if (node.op === 'value') return []
  const found: ASTNode[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (typeof value === 'object' && value !== null && 'op' in value) found.push(value as ASTNode)
  }
  visit(node.args)
  return found
}
