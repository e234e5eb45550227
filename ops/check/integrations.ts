// Every integration is in the catalogue, and what is called like a secret is one.
import type { z } from 'zod'
import type { IntegrationDefinition } from '#kernel/integration.ts'
import type { Rule } from './rule.ts'

/** Each folder of src/integrations stands in the catalogue; one that begins with an underscore is there to be copied. */
export const everyIntegrationIsInTheCatalogue: Rule = (sources) => {
  const catalogue = sources.find(({ path }) => path === 'src/integrations/catalogue.ts')?.text ?? ''
  const folders = new Set(sources.flatMap(({ path }) => /^src\/integrations\/([a-z0-9][\w-]*)\//.exec(path)?.[1] ?? []))
  return [...folders]
    .filter((folder) => !catalogue.includes(`'./${folder}/`))
    .map((folder) => ({
      path: `src/integrations/${folder}`,
      line: 1,
      message: `is not in the catalogue: add its line to src/integrations/catalogue.ts`,
    }))
}

const soundsSecret = /(^|[a-z_-])(secret|password|passphrase|token|api[_-]?key|private[_-]?key|credentials?)$/i

/** What an integration's forms ask for under a secret's name must be `secret()`, so that it is stored encrypted and never shown. */
export const secretFaults = (integrations: readonly IntegrationDefinition[]): string[] =>
  integrations.flatMap((integration) => [
    ...Object.entries(integration.channels ?? {}).flatMap(([name, channel]) =>
      plainSecrets(channel.address).map((field) => remark(`${integration.id}, channel ${name}`, field)),
    ),
    ...Object.entries(integration.actions ?? {}).flatMap(([name, action]) =>
      plainSecrets(action.input as unknown as z.ZodType).map((field) => remark(`${integration.id}, action ${name}`, field)),
    ),
  ])

const remark = (place: string, field: string): string =>
  `${place}: the field ${field} is called like a secret and is not one: declare it with secret() of #kernel/secret.ts`

/** Paths of fields in a schema that are named like a secret and are not marked. */
export function plainSecrets(schema: z.ZodType, path = ''): string[] {
  const definition = schema.def as unknown as {
    type: string
    shape?: Record<string, z.ZodType>
    innerType?: z.ZodType
    element?: z.ZodType
    options?: z.ZodType[]
    in?: z.ZodType
  }
  const inner = [definition.innerType, definition.element, definition.in, ...(definition.options ?? [])].filter(
    (part): part is z.ZodType => part?.def !== undefined,
  )
  const fields = Object.entries(definition.shape ?? {}).flatMap(([name, field]) => [
    ...(soundsSecret.test(name) && !isMarked(field) ? [`${path}${name}`] : []),
    ...plainSecrets(field, `${path}${name}.`),
  ])
  return [...fields, ...inner.flatMap((part) => plainSecrets(part, path))]
}

function isMarked(schema: z.ZodType): boolean {
  const definition = schema.def as unknown as { type: string; innerType?: z.ZodType }
  if (['boolean', 'number', 'literal', 'enum'].includes(definition.type)) return true
  return (
    (schema.meta() as { secret?: boolean } | undefined)?.secret === true ||
    (definition.innerType !== undefined && isMarked(definition.innerType))
  )
}
