// The operations as a reader meets them: by area, with what each asks for, answers and costs, and a call that can be copied.
import type { z } from 'zod'
import type { AnyOperation } from '#kernel/command.ts'
import { fieldsOf, type Field } from './fields.ts'

export type Described = {
  name: string
  summary: string
  method: string
  path: string
  access: string
  input: (Field & { place: 'path' | 'query' | 'body' })[]
  output: Field[]
  status: number
  example: string
}

/** `alerts` → the operations whose names begin with it, in the order of their definition. */
export function areasOf(operations: readonly AnyOperation[]): Map<string, AnyOperation[]> {
  const areas = new Map<string, AnyOperation[]>()
  for (const operation of operations) {
    const area = operation.name.split('.')[0]!
    areas.set(area, [...(areas.get(area) ?? []), operation])
  }
  return areas
}

export function describe(operation: AnyOperation): Described {
  const [method, path] = operation.http.split(' ') as [string, string]
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))
  const otherwise = method === 'GET' || method === 'DELETE' ? 'query' : 'body'
  return {
    name: operation.name,
    summary: operation.summary,
    method,
    path: `/api/v1${path}`,
    access: accessOf(operation),
    input: fieldsOf(operation.input as unknown as z.ZodType, 'input').map((field) => ({
      ...field,
      place: inPath.has(field.name) ? 'path' : otherwise,
    })),
    output: fieldsOf(operation.output as unknown as z.ZodType, 'output'),
    status: operation.status ?? 200,
    example: exampleOf(operation, method, path),
  }
}

const accessOf = ({ needs }: AnyOperation): string =>
  needs === 'public' ? 'Open to anybody.' : needs === 'signed-in' ? 'Needs a signed-in person.' : `Needs \`${needs}\`.`

function exampleOf(operation: AnyOperation, method: string, pattern: string): string {
  const rest = { ...(operation.examples[0] as Record<string, unknown> | undefined) }
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value ?? name))
  })
  const signed = operation.needs === 'public' ? '' : ` -H "Authorization: Bearer $TOCSIN_TOKEN"`
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams(Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)])).toString()
    return `curl${method === 'GET' ? '' : ` -X ${method}`}${signed} "$TOCSIN_URL/api/v1${path}${query === '' ? '' : `?${query}`}"`
  }
  const body = JSON.stringify(rest).replaceAll("'", `'\\''`)
  return `curl -X ${method}${signed} -H "Content-Type: application/json" \\\n  -d '${body}' "$TOCSIN_URL/api/v1${path}"`
}
