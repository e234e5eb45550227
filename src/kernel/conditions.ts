// Conditions that people write (https://cel.dev), over plain values. What must stay true: every answer comes with its reason, and what cannot
// be told is an error, never a "no".
import type { ASTNode, EvaluationError } from '@marcbachmann/cel-js'
import {
  childrenOf,
  environmentOf,
  loops,
  maxConditionEntries,
  metered,
  prepare,
  Refused,
  spoken,
  type Declarations,
  type Program,
  type ValueType,
} from './condition-language.ts'
import type { Fault } from './errors.ts'
import type { Pattern } from './pattern.ts'

export type { Declarations }

/** A fault with its place: `path` is `line:column`, `range` are offsets into the source. */
export type ConditionFault = Fault & { range: { start: number; end: number } }

export type CompiledCondition = {
  readonly source: string
  readonly declarations: Declarations
  readonly run: Program
  /** The parts of an outermost `&&` or `||`, to tell which one decided. */
  readonly clauses: readonly Clause[]
  readonly joinedBy: '&&' | '||' | undefined
  readonly patterns: ReadonlyMap<string, Pattern>
}
type Clause = { source: string; run: Program; terms: readonly Term[] }
/** A variable and the fields that are read of it. */
type Term = { source: string; path: readonly string[] }

/** Bytes of a source. */
export const maxConditionBytes = 4096
const maxDataDepth = 32
/**
 * Compiles a condition and checks its types. Numbers are doubles, written `5` or `5.0`; a missing key is an error at evaluation, which
 * `has(labels.team)` or `'team' in labels` asks first. Gives `{ faults }` with the place of each.
 */
export function compileCondition(source: string, declarations: Declarations): CompiledCondition | { faults: ConditionFault[] } {
  if (Buffer.byteLength(source) > maxConditionBytes)
    return { faults: [fault(source, `is longer than ${maxConditionBytes} bytes`, { start: 0, end: source.length })] }
  const patterns = new Map<string, Pattern>()
  const environment = environmentOf(declarations)
  try {
    const { ast, run } = prepare(environment, source, patterns)
    const joinedBy = ast.op === '&&' || ast.op === '||' ? ast.op : undefined
    const parts = joinedBy === undefined ? [ast] : flatten(ast, joinedBy)
    const clauses = parts.map((part) => {
      const text = source.slice(part.start, part.end)
      return {
        source: text,
        run: part === ast ? run : prepare(environment, text, patterns).run,
        terms: termsOf(part, source, declarations),
      }
    })
    return { source, declarations, run, clauses, joinedBy, patterns }
  } catch (error) {
    if (error instanceof Refused) return { faults: error.nodes.map((node) => fault(source, error.message, node)) }
    const { summary, range } = error as EvaluationError
    if (summary === undefined) throw error
    return { faults: [fault(source, spoken(summary), range ?? { start: 0, end: source.length })] }
  }
}

/**
 * Whether the condition holds for these values, with the clause and the values that decided. `{ error }` when it cannot be told: a key is
 * missing, a list is too long. An error is never a "no"; the caller says what it means there.
 */
export function evaluate(
  compiled: CompiledCondition,
  values: Readonly<Record<string, unknown>>,
): { holds: boolean; reason: string } | { error: string } {
  try {
    const data: Record<string, unknown> = Object.create(null)
    for (const [name, type] of Object.entries(compiled.declarations)) {
      if (Object.hasOwn(values, name) && values[name] !== undefined) data[name] = plain(values[name], type, name, 0)
    }
    const holds = metered(compiled.patterns, () => compiled.run(data))
    if (typeof holds !== 'boolean') return { error: `\`${short(compiled.source)}\` is not yes or no` }
    return { holds, reason: reasonOf(compiled, data, holds) }
  } catch (error) {
    if (error instanceof Refused) return { error: error.message }
    if (error instanceof RangeError) return { error: 'it needs more room than a condition may use' }
    const { summary } = error as EvaluationError
    if (summary === undefined) throw error
    return { error: spoken(summary) }
  }
}

const flatten = (node: ASTNode, op: '&&' | '||'): ASTNode[] =>
  node.op === op ? (node.args as [ASTNode, ASTNode]).flatMap((side) => flatten(side, op)) : [node]

/** Checks shape and bounds of a value and gives it as the library wants it. */
function plain(value: unknown, type: ValueType | undefined, path: string, depth: number): unknown {
  if (type === 'instant') return new Date(value as string)
  if (value === null || typeof value !== 'object') return value
  if (depth > maxDataDepth) throw new Refused(`${path} is nested deeper than ${maxDataDepth}`)
  const entries = Object.entries(value)
  if (entries.length > maxConditionEntries)
    throw new Refused(`${path} has ${entries.length} entries; a condition looks at ${maxConditionEntries} at most`)
  if (Array.isArray(value)) return value.map((item, index) => plain(item, undefined, `${path}[${index}]`, depth + 1))
  return Object.fromEntries(
    entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, plain(item, undefined, `${path}.${key}`, depth + 1)]])),
  )
}

function reasonOf(compiled: CompiledCondition, data: Record<string, unknown>, holds: boolean): string {
  // The clause that decided: the one false part of an `and`, the one true part of an `or`; otherwise all of them together did.
  const decides = compiled.joinedBy === (holds ? '||' : '&&')
  const deciding = decides ? compiled.clauses.filter((clause) => answerOf(compiled, clause, data) === holds).slice(0, 1) : compiled.clauses
  const source = deciding.length === 1 ? deciding[0]!.source : compiled.source
  const seen = new Map(deciding.flatMap((clause) => clause.terms).map((term) => [term.source, valueAt(data, term.path)]))
  const facts = [...seen].slice(0, 4).map(([name, value]) => `${name} is ${value === undefined ? 'missing' : short(JSON.stringify(value))}`)
  return `\`${short(source)}\` ${holds ? 'holds' : 'does not hold'}${facts.length > 0 ? `: ${facts.join(', ')}` : ''}`
}

function answerOf(compiled: CompiledCondition, clause: Clause, data: Record<string, unknown>): unknown {
  try {
    return metered(compiled.patterns, () => clause.run(data))
  } catch {
    // The whole was decided although this part cannot be told: it is not the part that decided.
    return undefined
  }
}

function termsOf(node: ASTNode, source: string, declarations: Declarations): Term[] {
  const path = pathOf(node)
  if (path !== undefined) return Object.hasOwn(declarations, path[0]!) ? [{ source: source.slice(node.start, node.end), path }] : []
  const children = node.op === 'rcall' && loops.has(node.args[0]) ? [node.args[1]] : childrenOf(node)
  return children.flatMap((child) => termsOf(child, source, declarations))
}

function pathOf(node: ASTNode): string[] | undefined {
  if (node.op === 'id') return [node.args]
  if (node.op !== '.' && node.op !== '[]') return undefined
  const [left, right] = node.args
  const field = typeof right === 'string' ? right : right.op === 'value' ? String(right.args) : undefined
  const before = pathOf(left)
  return before === undefined || field === undefined ? undefined : [...before, field]
}

const valueAt = (data: Record<string, unknown>, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined,
    data,
  )

const short = (text: string): string => (text.length <= 120 ? text : `${text.slice(0, 119)}…`)

function fault(source: string, message: string, range: { start: number; end: number }): ConditionFault {
  const before = source.slice(0, range.start).split('\n')
  return { path: `${before.length}:${before.at(-1)!.length + 1}`, message, range: { start: range.start, end: range.end } }
}
