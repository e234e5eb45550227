// The fields of a schema as rows: what the reference pages and the generated documents show of an input, an answer, an event or a YAML kind.
import { z } from 'zod'
import { branchesOf, type JsonSchema } from '../configuration/schemas.ts'

/** `name` is a path: `members[].user`, `facts.*`. `type` is in words; `preset` is the default, as JSON. */
export type Field = { name: string; type: string; required: boolean; preset: string | undefined; description: string }

const deepest = 4

/** Every field of an object schema, those inside of it after it. `io`: as it is sent, or as it is answered. */
export function fieldsOf(schema: z.ZodType, io: 'input' | 'output'): Field[] {
  const root = z.toJSONSchema(schema, { io, target: 'draft-7', unrepresentable: 'any', cycles: 'ref' }) as JsonSchema
  return inside(root, root, '', [])
}

function inside(schema: unknown, root: JsonSchema, before: string, above: readonly unknown[]): Field[] {
  const rows = new Map<string, Field>()
  for (const branch of branchesOf(schema, root)) {
    if (above.includes(branch)) continue
    const next = above.length + 1 < deepest ? [...above, branch] : undefined
    const required = (branch['required'] as string[] | undefined) ?? []
    const children: [string, unknown, boolean][] = [
      ...Object.entries((branch['properties'] as Record<string, unknown> | undefined) ?? {}).map(
        ([name, inner]): [string, unknown, boolean] => [`${before}${before ? '.' : ''}${name}`, inner, required.includes(name)],
      ),
      ...(isSchema(branch['additionalProperties'])
        ? [[`${before}${before ? '.' : ''}*`, branch['additionalProperties'], false] as [string, unknown, boolean]]
        : []),
    ]
    for (const [name, inner, isRequired] of children) {
      if (rows.has(name)) continue
      rows.set(name, {
        name,
        type: typeOf(inner, root),
        required: isRequired,
        preset: presetOf(inner),
        description: textOf(inner, 'description'),
      })
      for (const row of next ? inside(inner, root, name, next) : []) if (!rows.has(row.name)) rows.set(row.name, row)
    }
    if (isSchema(branch['items']) && next)
      for (const row of inside(branch['items'], root, `${before}[]`, next)) if (!rows.has(row.name)) rows.set(row.name, row)
  }
  return [...rows.values()]
}

/** What a value is, in words. */
function typeOf(schema: unknown, root: JsonSchema): string {
  if (!isSchema(schema)) return 'anything'
  if (schema['const'] !== undefined) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' or ')
  const union = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as unknown[] | undefined
  if (union) return [...new Set(union.map((branch) => typeOf(branch, root)))].join(' or ')
  if (typeof schema['$ref'] === 'string')
    return schema['$ref'].startsWith('#/') ? typeOf(branchesOf(schema, root)[0] ?? referred(schema['$ref'], root), root) : 'object'
  const type = schema['type']
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one as unknown }, root)).join(' or ')
  if (type === 'array') return isSchema(schema['items']) ? `list of ${typeOf(schema['items'], root)}` : 'list'
  if (type === 'string') return schema['format'] === 'date-time' ? 'time' : 'text'
  if (type === 'integer') return 'whole number'
  if (type === 'null') return 'nothing'
  if (type === 'object' || schema['properties']) return 'object'
  return typeof type === 'string' ? type : 'anything'
}

const referred = (reference: string, root: JsonSchema): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, name) => (isSchema(at) ? at[name] : undefined), root)
const presetOf = (schema: unknown): string | undefined =>
  isSchema(schema) && 'default' in schema ? JSON.stringify(schema['default']) : undefined
const textOf = (schema: unknown, keyword: string): string =>
  isSchema(schema) && typeof schema[keyword] === 'string' ? schema[keyword] : ''
const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value)
