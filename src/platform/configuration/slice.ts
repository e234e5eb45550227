// Configuration as code, as the product is asked for it: apply, export, and the schemas that editors read.
import { z } from 'zod'
import { RollBack } from '#kernel/command.ts'
import { defineCommand, defineEvent, definePage, defineQuery, defineSlice } from '#kernel/define.ts'
import type { ResourceDefinition } from '#kernel/resource.ts'
import { applyFiles, readExisting } from './apply.ts'
import { filesOf } from './export.ts'
import type { Change } from './plan.ts'
import { configurationLimits } from './read.ts'
import { anyDocumentSchema, documentSchema } from './schemas.ts'

const File = z.strictObject({ path: z.string().min(1).max(400), text: z.string().max(configurationLimits.fileBytes) })

export const configurationApplied = defineEvent({
  type: 'configuration.applied',
  version: 1,
  data: z.object({ added: z.number(), changed: z.number(), removed: z.number() }),
  about: () => ({ configuration: 'configuration' }),
  sentence: (event, name) =>
    `${name(event.actor)} applied a configuration: ${event.data.added} added, ${event.data.changed} changed, ${event.data.removed} removed`,
})

const AppliedView = z
  .object({
    dryRun: z.boolean(),
    counts: z.object({ added: z.number(), changed: z.number(), removed: z.number(), unchanged: z.number() }),
    changes: z.array(
      z.object({
        kind: z.string(),
        key: z.string(),
        does: z.enum(['add', 'change', 'remove']),
        reason: z.string(),
        differences: z.array(z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })),
      }),
    ),
  })
  .meta({ id: 'AppliedConfiguration' })

/** Where a kind's JSON Schema is found; `any` is the one for every document. */
const schemaPlace = (publicUrl: string) => (kind: string) => `${publicUrl}/schemas/${kind}.json`

/** The slice over what the other slices can write. `resources` in the order in which they are applied. */
export const configurationOf = (resources: readonly ResourceDefinition[]) =>
  defineSlice({
    name: 'configuration',
    operations: { applyConfiguration: apply(resources), exportConfiguration: exporting(resources) },
    events: { configurationApplied },
    pages: [schemaPage(resources)],
  })

const apply = (resources: readonly ResourceDefinition[]) =>
  defineCommand({
    name: 'configuration.apply',
    summary: 'Make the installation be as these files say: all of it or nothing',
    http: 'POST /configuration/apply',
    needs: 'platform:configure',
    on: 'organisation',
    large: true,
    input: z.strictObject({
      files: z.array(File).max(configurationLimits.files),
      dryRun: z.boolean().default(false).meta({ description: 'Do everything, tell what came of it, and roll it back' }),
      prune: z.boolean().default(false).meta({ description: 'Remove what these files do not say' }),
    }),
    output: AppliedView,
    examples: [{ files: [{ path: 'teams.yaml', text: 'kind: team\nslug: payments\nname: Payments\n' }], dryRun: true }],
    async run(context, { files, dryRun, prune }) {
      const changes = await applyFiles(context, resources, files, { prune })
      const count = (does: Change['does']) => changes.filter((change) => change.does === does).length
      const counts = { added: count('add'), changed: count('change'), removed: count('remove'), unchanged: count('keep') }
      const answer = {
        dryRun,
        counts,
        changes: changes.flatMap((change) => (change.does === 'keep' ? [] : [{ ...change, does: change.does }])),
      }
      if (dryRun) throw new RollBack(answer)
      const { unchanged: _, ...happened } = counts
      if (answer.changes.length > 0) await context.emit(configurationApplied, happened)
      return answer
    },
  })

const exporting = (resources: readonly ResourceDefinition[]) =>
  defineQuery({
    name: 'configuration.export',
    summary: 'Everything that can be written as YAML, as files; applying them changes nothing',
    http: 'GET /configuration',
    needs: 'platform:configure',
    on: 'organisation',
    input: z.strictObject({}),
    output: z.object({ files: z.array(z.object({ path: z.string(), text: z.string() })) }),
    examples: [{}],
    run: async ({ scope, publicUrl }) => ({ files: filesOf(resources, await readExisting(scope, resources), schemaPlace(publicUrl)) }),
  })

const schemaPage = (resources: readonly ResourceDefinition[]) =>
  definePage({
    http: 'GET /schemas/{file}',
    async run({ publicUrl }, { params }) {
      const placeOf = schemaPlace(publicUrl)
      const kind = /^([a-z-]+)\.json$/.exec(params['file'] ?? '')?.[1]
      const resource = resources.find((candidate) => candidate.kind === kind)
      const schema = kind === 'any' ? anyDocumentSchema(resources, placeOf) : resource && documentSchema(resource, placeOf(resource.kind))
      if (!schema)
        return {
          status: 404,
          body: `There is no such kind. There are: any, ${resources.map((one) => one.kind).join(', ')}.\n`,
          contentType: 'text/plain; charset=utf-8',
        }
      return {
        status: 200,
        body: `${JSON.stringify(schema, null, 2)}\n`,
        contentType: 'application/json; charset=utf-8',
        cacheSeconds: 300,
      }
    },
  })
