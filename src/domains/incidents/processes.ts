// Processes as they are asked for, and as code: YAML in, versions kept, nothing of an incident's own version ever changed.
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { actorRef } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineQuery, defineResource } from '#kernel/define.ts'
import { AppError, missing } from '#kernel/errors.ts'
import { InstantOut } from '#kernel/time.ts'
import { Slug } from '#domains/directory/index.ts'
import { checkProcess, edgesOf } from './check.ts'
import { processRemoved, processSaved } from './events.ts'
import { ProcessSpec, type Process } from './process-definition.ts'
import * as store from './process-store.ts'
import { shippedProcesses } from './shipped.ts'

const Fault = z.object({ path: z.string(), message: z.string() })
const ProcessView = z.object({
  version: z.number(),
  definition: ProcessSpec,
  problems: z.array(Fault),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
  versions: z.array(z.object({ version: z.number(), savedBy: z.string(), savedAt: InstantOut, shipped: z.boolean() })),
})

export const listProcesses = defineQuery({
  name: 'incidents.listProcesses',
  summary: 'List the processes that an incident can follow',
  http: 'GET /processes',
  needs: 'incidents:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({
    items: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        summary: z.string(),
        version: z.number(),
        problems: z.number(),
        definition: ProcessSpec,
      }),
    ),
  }),
  examples: [{}],
  async run({ scope }) {
    const processes = await store.listProcesses(scope)
    return {
      items: processes.map((process) => ({
        slug: process.slug,
        name: process.name,
        summary: process.summary,
        version: process.version,
        problems: checkProcess(process).length,
        definition: specOf(process),
      })),
    }
  },
})

export const getProcess = defineQuery({
  name: 'incidents.getProcess',
  summary: 'Show a process: states, transitions, matrix, targets, and what is wrong with it',
  http: 'GET /processes/{process}',
  needs: 'incidents:read',
  on: ({ process }) => ({ process }),
  input: z.strictObject({ process: Slug }),
  output: ProcessView,
  examples: [{ process: 'itil' }],
  async run({ scope }, { process: slug }) {
    const process = await store.findProcess(scope, slug)
    if (!process) throw missing('process')
    const versions = (await store.versionsOf(scope, slug)) as {
      version: number
      savedBy: string
      savedAt: z.output<typeof InstantOut>
      shipped: boolean
    }[]
    return { version: process.version, definition: specOf(process), problems: checkProcess(process), edges: edgesOf(process), versions }
  },
})

export const processResource = defineResource({
  kind: 'process',
  summary: 'How an incident goes from its first moment to its last: states, roles, priorities, targets, closure',
  schema: ProcessSpec,
  key: (spec) => spec.slug,
  builtIn: shippedProcesses.map((process) => process.slug),
  list: async (scope) => (await store.listProcesses(scope)).map(specOf),
  async save({ scope, emit }: CommandContext, spec, before) {
    const faults = checkProcess(spec)
    if (faults.length > 0)
      throw new AppError('bad-configuration', `The process ${spec.slug} is not right: ${faults[0]!.path} ${faults[0]!.message}.`, {
        faults,
      })
    if (before !== undefined && isDeepStrictEqual(before, spec)) return
    await emit(processSaved, { slug: spec.slug, processVersion: await store.saveProcess(scope, spec, actorRef(scope.actor)) })
  },
  async remove({ scope, emit }, spec) {
    await store.retireProcess(scope, spec, actorRef(scope.actor))
    await emit(processRemoved, { slug: spec.slug })
  },
  check: (spec, all) =>
    checkProcess(spec, { hasRunbook: (slug) => all.has('runbook', slug), hasPolicy: (slug) => all.has('policy', slug) }),
})

const specOf = ({ version: _, ...spec }: Process): ProcessSpec => spec
