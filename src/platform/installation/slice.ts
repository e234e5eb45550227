// The installation as it can be asked: whether it is quiet after a restore and what is due then, saying go, and what the machinery's health is.
import { z } from 'zod'
import type { QueryContext } from '#kernel/command.ts'
import { defineCommand, defineEvent, defineQuery, defineSlice } from '#kernel/define.ts'
import { refuse } from '#kernel/errors.ts'
import type { ObjectDefinition } from '#kernel/object.ts'
import { InstantOut, spokenTime } from '#kernel/time.ts'
import { namesWithin } from '../events/describe.ts'
import type { ReactionPayload } from '../events/outbox.ts'
import { countDueWork, dueWork, type DueWork } from '../jobs/store.ts'
import { Health, readHealth } from './health.ts'
import { endQuiet, readQuiet } from './quiet.ts'

const Quiet = z.object({ since: InstantOut, backupAt: InstantOut, backupVersion: z.string() })
const Counted = z.object({ kind: z.string(), name: z.string(), count: z.number() })
const InstallationView = z
  .object({
    quiet: Quiet.nullable(),
    due: z.object({
      total: z.number(),
      counts: z.array(Counted).meta({ description: 'By what it is: a reaction, a process or an effect, with its name' }),
      items: z.array(z.object({ at: InstantOut, kind: z.string(), name: z.string(), sentence: z.string() })),
    }),
  })
  .meta({ id: 'Installation' })

/** How many of what is due are named one by one. */
const namedOneByOne = 100

export const saidGo = defineEvent({
  type: 'installation.said-go',
  version: 1,
  data: z.object({ quietSince: InstantOut, backupAt: InstantOut, due: z.number() }),
  about: () => ({ installation: 'installation' }),
  sentence: ({ actor, data }, name) =>
    `${name(actor)} said go: this copy, restored ${spokenTime(data.quietSince, 'UTC')} from the back-up of ${spokenTime(data.backupAt, 'UTC')}, pages again; ${data.due} ${data.due === 1 ? 'thing was' : 'things were'} due`,
})

const show = (objects: ReadonlyMap<string, ObjectDefinition>) =>
  defineQuery({
    name: 'installation.show',
    summary: 'Whether this is a restored copy that is quiet, and what is due',
    http: 'GET /installation',
    needs: 'platform:configure',
    on: 'organisation',
    input: z.strictObject({}),
    output: InstallationView,
    examples: [{}],
    async run(context) {
      const { scope, now } = context
      const counts = await countDueWork(scope, now)
      return {
        quiet: (await readQuiet(scope)) ?? null,
        due: {
          total: counts.reduce((sum, { count }) => sum + count, 0),
          counts,
          items: await sentencesOf(context, await dueWork(scope, now, namedOneByOne), objects),
        },
      }
    },
  })

const go = defineCommand({
  name: 'installation.go',
  summary: 'Let a restored copy work again: what is due goes out now',
  http: 'POST /installation/go',
  needs: 'platform:configure',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ due: z.number() }),
  examples: [{}],
  async run({ scope, now, emit }) {
    const quiet = await endQuiet(scope)
    if (!quiet) return refuse('This installation is not quiet: it pages and acts already.')
    const due = (await countDueWork(scope, now)).reduce((sum, { count }) => sum + count, 0)
    await emit(saidGo, { quietSince: quiet.since, backupAt: quiet.backupAt, due })
    return { due }
  },
})

const health = defineQuery({
  name: 'installation.health',
  summary: 'The state of the machinery: database, clock, work that is late, nodes, the record',
  http: 'GET /installation/health',
  needs: 'platform:configure',
  on: 'organisation',
  input: z.strictObject({}),
  output: Health,
  examples: [{}],
  run: ({ scope }) => readHealth(scope),
})

async function sentencesOf({ scope, describe }: QueryContext, work: readonly DueWork[], objects: ReadonlyMap<string, ObjectDefinition>) {
  const named = await namesWithin(
    scope,
    work.map(({ lane }) => lane),
    objects,
  )
  const items: { at: DueWork['due']; kind: string; name: string; sentence: string }[] = []
  for (const { kind, name, lane, due, payload, reason } of work) {
    const subject = named(lane)
    const [event] = kind === 'reaction' ? await describe(scope, [(payload as ReactionPayload).event]) : []
    const what = event ? `What follows from this: ${event.sentence}` : kind === 'effect' ? `Goes out, as ${subject}` : subject
    items.push({ at: due, kind, name, sentence: reason === null ? what : `${what}: ${reason}` })
  }
  return items
}

/** The slice over what the others can name. */
export const installationOf = (objects: readonly ObjectDefinition[]) =>
  defineSlice({
    name: 'installation',
    operations: { show: show(new Map(objects.map((object) => [object.kind, object]))), go, health },
    events: { saidGo },
  })
