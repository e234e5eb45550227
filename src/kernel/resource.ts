// A resource: a thing of a slice that can be written as YAML. `tocsin apply`, `check` and `export` and the editors' JSON Schemas come from it.
import type { z } from 'zod'
import type { CommandContext } from './command.ts'
import type { Fault } from './errors.ts'
import type { Scope } from './scope.ts'

export type ResourceDefinition<Spec = unknown> = {
  /** First word of the document: `kind: team`. */
  readonly kind: string
  readonly summary: string
  /** Everything but `kind`. Optional fields have defaults, so that a parsed spec is complete. References to other things are slugs or handles. */
  readonly schema: z.core.$ZodType<Spec, unknown>
  /** Its name among its kind: a slug or handle. */
  readonly key: (spec: Spec) => string
  /** Keys that come with the product: there without being written. */
  readonly builtIn?: readonly string[]
  /** Everything there is, complete: applying what this gives changes nothing. */
  readonly list: (scope: Scope) => Promise<Spec[]>
  /** Makes it be as written; `before` is what `list` gave for its key. Throws AppError with faults (paths are JSON pointers into the spec). */
  readonly save: (context: CommandContext, spec: Spec, before: Spec | undefined) => Promise<void>
  readonly remove?: (context: CommandContext, spec: Spec) => Promise<void>
  /** What is wrong with it beside all the others, without a server. Paths are JSON pointers into the spec. */
  readonly check?: (spec: Spec, all: AllSpecs) => Fault[]
}

/** All specs of a configuration, by kind. */
export type AllSpecs = { of(kind: string): readonly unknown[]; has(kind: string, key: string): boolean }

export function defineResource<Spec, In>(
  definition: Omit<ResourceDefinition<Spec>, 'schema'> & { schema: z.core.$ZodType<Spec, In> },
): ResourceDefinition {
  return definition as unknown as ResourceDefinition
}
