// JSON Schemas of what can be written as YAML: for editors (`# yaml-language-server: $schema=…`), and for naming the fields that a place may have.
import { z } from 'zod'
import type { ResourceDefinition } from '#kernel/resource.ts'

export type JsonSchema = { readonly [keyword: string]: unknown }

/** The schema of a spec, without `kind`, as it is written (draft 7, which editors know best). */
export const specSchema = (resource: Pick<ResourceDefinition, 'schema'>): JsonSchema =>
  z.toJSONSchema(resource.schema as z.ZodType, { io: 'input', target: 'draft-7', unrepresentable: 'any', cycles: 'ref' }) as JsonSchema

/** The schema of one kind's documents; `place` is where it is found. */
export function documentSchema(resource: ResourceDefinition, place: string): JsonSchema {
  const { $schema, properties, required, ...rest } = specSchema(resource)
  return {
    $schema,
    $id: place,
    title: resource.kind,
    description: resource.summary,
    ...rest,
    properties: { kind: { const: resource.kind, description: resource.summary }, ...(properties as object) },
    required: ['kind', ...((required as string[] | undefined) ?? [])],
  }
}

/** The schema of any document: its `kind` says which one holds. `placeOf` is where a kind's schema is found. */
export const anyDocumentSchema = (resources: readonly ResourceDefinition[], placeOf: (kind: string) => string): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: placeOf('any'),
  title: 'Any document of a Tocsin configuration',
  type: 'object',
  required: ['kind'],
  properties: { kind: { enum: resources.map((resource) => resource.kind) } },
  allOf: resources.map((resource) => ({ if: { properties: { kind: { const: resource.kind } } }, then: { $ref: placeOf(resource.kind) } })),
})

/** Everything that a schema may be at a place: the branches of unions, with references followed. */
export function branchesOf(schema: unknown, root: JsonSchema): JsonSchema[] {
  if (typeof schema !== 'object' || schema === null) return []
  const own = schema as JsonSchema
  if (typeof own['$ref'] === 'string') return branchesOf(followed(own['$ref'], root), root)
  const unions = [...list(own['anyOf']), ...list(own['oneOf']), ...list(own['allOf'])]
  return [
    ...(own['properties'] || own['items'] || own['additionalProperties'] ? [own] : []),
    ...unions.flatMap((branch) => branchesOf(branch, root)),
  ]
}

/** The names of the fields that an object at `path` may have. */
export function fieldNamesAt(root: JsonSchema, path: readonly PropertyKey[]): string[] {
  let branches = branchesOf(root, root)
  for (const step of path) branches = branches.flatMap((branch) => branchesOf(childOf(branch, step), root))
  return [...new Set(branches.flatMap((branch) => Object.keys((branch['properties'] as object | undefined) ?? {})))]
}

function childOf(branch: JsonSchema, step: PropertyKey): unknown {
  if (typeof step === 'number') return branch['items']
  const properties = branch['properties'] as Record<string, unknown> | undefined
  return properties?.[String(step)] ?? branch['additionalProperties']
}

function followed(reference: string, root: JsonSchema): unknown {
  if (reference === '#') return root
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[decodeURIComponent(name)], root)
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
