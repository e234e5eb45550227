// Everything that can be written, written: one file for each thing, always the same for the same state. Applying it changes nothing.
import { stringify } from 'yaml'
import type { z } from 'zod'
import type { ResourceDefinition } from '#kernel/resource.ts'
import type { SourceFile } from './read.ts'
import { isSame } from './plan.ts'
import { branchesOf, specSchema, type JsonSchema } from './schemas.ts'

/** `schemaUrl` gives where a kind's JSON Schema is found. Files in the catalogue's order, and by key within a kind. */
export function filesOf(
  resources: readonly ResourceDefinition[],
  existing: ReadonlyMap<string, readonly unknown[]>,
  schemaUrl: (kind: string) => string,
): SourceFile[] {
  return resources.flatMap((resource) =>
    [...(existing.get(resource.kind) ?? [])]
      .map((spec) => ({ key: resource.key(spec), spec }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ key, spec }) => ({
        path: `${resource.kind}/${encodeURIComponent(key)}.yaml`,
        text: textOf(resource, spec, schemaUrl(resource.kind)),
      })),
  )
}

/** The document of one spec, without what its schema fills in anyway. */
export function textOf(resource: ResourceDefinition, spec: unknown, schemaUrl: string): string {
  const short = { kind: resource.kind, ...(shortened(resource, spec) as object) }
  return `# yaml-language-server: $schema=${schemaUrl}\n${yamlOf(short)}`
}

const written = { lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false, version: '1.2' } as const

/**
 * As people write it; all in quotes where a text would not be read again as it is: one with a DEL, and one of nothing but blanks and the ends of lines. All
 * keys in quotes where one of them would be a merge key.
 */
function yamlOf(value: unknown): string {
  const json = JSON.stringify(value)
  const options = json.includes('"<<":') ? ({ ...written, defaultKeyType: 'QUOTE_DOUBLE' } as const) : written
  const text = stringify(value, options)
  if (!text.includes('\x7f') && !blankLines.test(json)) return text
  return stringify(value, { ...options, defaultStringType: 'QUOTE_DOUBLE', blockQuote: false }).replaceAll('\x7f', '\\x7f')
}

const blankLines = /"(?: |\\t)+(?:\\n)+"/

function shortened(resource: ResourceDefinition, spec: unknown): unknown {
  const schema = specSchema(resource)
  const short = withoutDefaults(spec, schema, schema)
  const again = (resource.schema as z.ZodType).safeParse(short)
  return again.success && isSame(again.data, spec) ? short : spec
}

function withoutDefaults(value: unknown, schema: unknown, root: JsonSchema): unknown {
  if (typeof value !== 'object' || value === null) return value
  const branches = branchesOf(schema, root)
  if (Array.isArray(value))
    return value.map((item) => withoutDefaults(item, branches.find((branch) => branch['items'] !== undefined)?.['items'], root))
  // Of a union, the branch that has every field that is there.
  const fields = (branch: JsonSchema) => (branch['properties'] ?? {}) as Record<string, JsonSchema>
  const branch =
    branches.find((one) => Object.keys(value).every((name) => name in fields(one))) ?? branches.find((one) => one['additionalProperties'])
  if (branch === undefined) return value
  const required = (branch['required'] as string[] | undefined) ?? []
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const field = fields(branch)[name] ?? (branch['additionalProperties'] as JsonSchema | undefined)
      if (inner === undefined || (!required.includes(name) && field !== undefined && 'default' in field && isSame(field['default'], inner)))
        return []
      return [[name, withoutDefaults(inner, field, root)]]
    }),
  )
}
