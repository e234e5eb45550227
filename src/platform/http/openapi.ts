// The OpenAPI 3.1 document, generated from the operations.
import { z } from 'zod'
import type { AnyOperation } from '#kernel/command.ts'

/** The whole document as plain data. */
export function openApi(operations: readonly AnyOperation[], version: string): object {
  const components: Record<string, object> = {}
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of operations) {
    const [method, path] = operation.http.split(' ') as [string, string]
    ;(paths[path] ??= {})[method.toLowerCase()] = describe(operation, method, path, components)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tocsin',
      version,
      description: 'Lists answer `{ items, nextCursor }`. Failures are RFC 9457 problem details. POST honours `Idempotency-Key`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-tocsin' },
      },
      schemas: { ...components, Problem: problemSchema },
      responses: {
        Problem: {
          description: 'What went wrong, and what to do',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

/** JSON Schema of one side of an operation, with named parts moved to `components`. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Record<string, object>): Record<string, unknown> {
  const whole = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    cycles: 'ref',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
    },
  }) as Record<string, unknown> & { $defs?: Record<string, object> }
  delete whole['$schema']
  const { $defs, ...own } = whole
  const rename = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll('#/$defs/', '#/components/schemas/')) as unknown
  for (const [name, part] of Object.entries($defs ?? {})) components[name] = withoutIds(rename(part) as Record<string, unknown>)
  return withoutIds(rename(own) as Record<string, unknown>)
}

function describe(operation: AnyOperation, method: string, path: string, components: Record<string, object>): object {
  const input = schemaOf(operation.input as unknown as z.ZodType, 'input', components) as {
    properties?: Record<string, Record<string, unknown>>
    required?: string[]
  }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
  const others = Object.entries(input.properties ?? {}).filter(([name]) => !inPath.includes(name))
  const reads = method === 'GET' || method === 'DELETE'
  const required = (input.required ?? []).filter((name) => !inPath.includes(name))
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: input.properties?.[name] ?? { type: 'string' } })),
    ...(reads ? others.map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema })) : []),
    ...(method === 'POST' ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string' } }] : []),
  ]
  return {
    operationId: operation.name,
    tags: [operation.name.split('.')[0]],
    summary: operation.summary,
    description:
      operation.needs === 'public'
        ? 'Open to anybody.'
        : operation.needs === 'signed-in'
          ? 'Needs a signed-in person.'
          : `Needs \`${operation.needs}\`.`,
    ...(operation.needs === 'public' ? { security: [] } : {}),
    parameters,
    ...(reads || others.length === 0
      ? {}
      : {
          requestBody: {
            required: required.length > 0,
            content: {
              'application/json': {
                schema: { type: 'object', properties: Object.fromEntries(others), required, additionalProperties: false },
                examples: examplesOf(operation, inPath),
              },
            },
          },
        }),
    responses: {
      [operation.status ?? 200]: {
        description: 'Done',
        content: { 'application/json': { schema: schemaOf(operation.output as unknown as z.ZodType, 'output', components) } },
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const examplesOf = (operation: AnyOperation, inPath: string[]) =>
  Object.fromEntries(
    operation.examples.map((example, index) => [
      `example${index + 1}`,
      { value: Object.fromEntries(Object.entries(example as object).filter(([name]) => !inPath.includes(name))) },
    ]),
  )

function withoutIds(schema: Record<string, unknown>): Record<string, unknown> {
  const { id: _, $id: __, ...rest } = schema
  return rest
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'reference'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What failed and what to do' },
    code: { type: 'string' },
    reference: { type: 'string', description: 'Find it in the log' },
    faults: { type: 'array', items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } } },
  },
}
