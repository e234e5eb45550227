// Every command and query is complete: summary, known permission, an example that its own schema takes, and a path made of its input.
import type { z } from 'zod'
import type { AnyOperation } from '#kernel/command.ts'

/** What is wrong, one sentence each, beginning with the operation's name. `permissions`: those that roles can carry. */
export function operationFaults(operations: readonly AnyOperation[], permissions: ReadonlySet<string>): string[] {
  return operations.flatMap((operation) => [
    ...nameFaults(operation),
    ...(['public', 'signed-in'].includes(operation.needs) || permissions.has(operation.needs)
      ? []
      : [`${operation.name} needs ${operation.needs}, which no role has: add it to the permissions of the directory, or use one of them`]),
    ...exampleFaults(operation),
    ...pathFaults(operation),
  ])
}

function nameFaults({ name, summary }: AnyOperation): string[] {
  return [
    ...(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/.test(name) ? [] : [`${name} is not called slice.verbObject: rename it`]),
    ...(/^[A-Z].{5,98}[^.]$/.test(summary)
      ? []
      : [
          `${name}: write its summary as a sentence of at most 100 characters with a capital and without a full stop; it is what API, CLI and palette show`,
        ]),
  ]
}

function exampleFaults({ name, examples, input }: AnyOperation): string[] {
  if (examples.length === 0) return [`${name} has no example: add one to \`examples\`; the docs show it`]
  return examples.flatMap((example, index) => {
    const result = (input as unknown as z.ZodType).safeParse(example)
    if (result.success) return []
    const issue = result.error.issues[0]!
    return [`${name}: example ${index + 1} does not pass its own schema at /${issue.path.join('/')}: ${issue.message}`]
  })
}

function pathFaults({ name, http, input }: AnyOperation): string[] {
  const fields = Object.keys((input as unknown as { shape?: Record<string, unknown> }).shape ?? {})
  if (fields.length === 0) return []
  return [...http.matchAll(/\{(\w+)\}/g)].flatMap(([, field]) =>
    fields.includes(field!) ? [] : [`${name}: {${field}} in its path is not a field of its input: name both alike`],
  )
}

/** Every schema that takes input is strict: a field that nobody knows is an error, not a silent nothing. */
export const strictnessFaults = (operations: readonly AnyOperation[]): string[] =>
  operations.flatMap(({ name, input }) => {
    const definition = (input as unknown as { def: { type: string; catchall?: { def: { type: string } } } }).def
    return definition.type === 'object' && definition.catchall?.def.type !== 'never'
      ? [`${name}: its input lets unknown fields pass: write z.strictObject`]
      : []
  })
