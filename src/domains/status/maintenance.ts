// Planned work: announced, begun and ended on time by a process, so that nobody has to be awake for it.
import { z } from 'zod'
import { defineCommand, defineProcess, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import type { Decision } from '#kernel/process.ts'
import type { Scope } from '#kernel/scope.ts'
import { InstantOut, InstantSchema, type Instant } from '#kernel/time.ts'
import { done, Done, Name, Slug } from '#domains/directory/index.ts'
import { audienceOf } from './audience.ts'
import { releaseHealth, setMaintenance } from './component-health.ts'
import { MaintenanceIdSchema, maintenanceChanged } from './events.ts'
import { allPlaces } from './pages.ts'
import { publishAboutMaintenance } from './publishing.ts'
import { findComponents } from './store.ts'
import * as store from './update-store.ts'

const MaintenanceView = z
  .object({
    id: MaintenanceIdSchema,
    title: z.string(),
    text: z.string(),
    startsAt: InstantOut,
    endsAt: InstantOut,
    components: z.array(z.string()),
    beganAt: InstantOut.nullable(),
    endedAt: InstantOut.nullable(),
    canceledAt: InstantOut.nullable(),
    reason: z.string(),
  })
  .meta({ id: 'Maintenance' })

const Text = z.string().trim().min(1).max(4000)
const Times = z.object({ startsAt: InstantOut, endsAt: InstantOut })
const MaintenanceState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('new') }),
  Times.extend({ kind: z.literal('planned') }),
  Times.extend({ kind: z.literal('running') }),
  z.object({ kind: z.literal('over') }),
])
type MaintenanceState = z.output<typeof MaintenanceState>
const MaintenanceInput = z.discriminatedUnion('type', [
  Times.extend({ type: z.literal('planned') }),
  z.object({ type: z.literal('called-off') }),
])

export const plannedWork = defineProcess<MaintenanceState, z.output<typeof MaintenanceInput>>({
  name: 'status.planned-work',
  version: 1,
  state: MaintenanceState,
  input: MaintenanceInput,
  initial: () => ({ kind: 'new' }),
  decide(state, input, now): Decision<MaintenanceState> {
    if (input.type === 'called-off') return { state: { kind: 'over' }, reason: 'called off', ended: true }
    const times = input.type === 'planned' ? input : state.kind === 'planned' || state.kind === 'running' ? state : undefined
    return times ? at(times, now) : { state, reason: 'nothing is planned' }
  },
  async record(context, key, before, decision, input) {
    const id = key as store.MaintenanceId
    const after = decision.state.kind
    const maintenance = await store.lockMaintenance(context.scope, id)
    if (!maintenance || after === before.kind) return
    const calledOff = input.type === 'called-off'
    // It was called off, and its time came before that was read here.
    if (!calledOff && (maintenance.canceledAt || maintenance.endedAt)) return
    const isEnd = after === 'over' && !maintenance.canceledAt && (!calledOff || before.kind === 'running')
    await store.saveMaintenance(context.scope, {
      ...maintenance,
      beganAt: maintenance.beganAt ?? (after === 'running' ? context.now : null),
      endedAt: maintenance.endedAt ?? (isEnd ? context.now : null),
      canceledAt: maintenance.canceledAt ?? (after === 'over' && !isEnd && !maintenance.endedAt ? context.now : null),
    })
    if (after === 'running') await setMaintenance(context, maintenance.componentIds, id)
    if (after === 'over') await releaseHealth(context, id, maintenance.componentIds)
    if (after !== 'planned' && !calledOff)
      await context.emit(maintenanceChanged, { maintenanceId: id, what: after === 'running' ? 'began' : 'ended' })
  },
})

/** Where planned work stands at a moment, and when it changes next. */
function at({ startsAt, endsAt }: { startsAt: Instant; endsAt: Instant }, now: Instant): Decision<MaintenanceState> {
  if (now >= endsAt) return { state: { kind: 'over' }, reason: `its time ended at ${endsAt}`, ended: true }
  if (now >= startsAt) return { state: { kind: 'running', startsAt, endsAt }, reason: `runs until ${endsAt}`, wakeAt: endsAt }
  return { state: { kind: 'planned', startsAt, endsAt }, reason: `begins at ${startsAt}`, wakeAt: startsAt }
}

export const planMaintenance = defineCommand({
  name: 'status.planMaintenance',
  summary: 'Announce planned work',
  http: 'POST /maintenances',
  status: 201,
  needs: 'status:publish',
  on: 'organisation',
  input: z.strictObject({
    title: Name,
    text: Text,
    startsAt: InstantSchema,
    endsAt: InstantSchema,
    components: z.array(Slug).min(1).max(50),
    pages: z.array(Slug).max(50).optional(),
  }),
  output: MaintenanceView,
  examples: [
    {
      title: 'Planned work on orders',
      text: 'Orders can be read, not placed.',
      startsAt: '2026-11-24T01:00:00Z',
      endsAt: '2026-11-24T02:00:00Z',
      components: ['orders'],
    },
  ],
  async run(context, { title, text, startsAt, endsAt, components: slugs, pages }) {
    const { scope, now, newId, emit, tell } = context
    if (endsAt <= startsAt || endsAt <= now) return refuse('Planned work ends after it begins, and in the future.')
    const found = await findComponents(scope, slugs)
    const unknown = slugs.find((slug) => !found.some((component) => component.slug === slug))
    if (unknown) throw missing(`component ${unknown}`)
    const places = await allPlaces(scope)
    const nowhere = pages?.find((slug) => !places.some((page) => page.slug === slug))
    if (nowhere) throw missing(`status page ${nowhere}`)
    const id = newId('mnt')
    await store.insertMaintenance(scope, { id, title, startsAt, endsAt, componentIds: found.map((component) => component.id) })
    const audience = audienceOf({ pages: places, chosen: pages, earlier: [], named: found })
    await publishAboutMaintenance(context, { id, title }, { state: 'Planned', text, components: [], audience })
    await emit(maintenanceChanged, { maintenanceId: id, what: 'planned' })
    await tell(plannedWork, id, { type: 'planned', startsAt, endsAt })
    return (await views(scope, [(await store.findMaintenance(scope, id))!]))[0]!
  },
})

export const callOffMaintenance = defineCommand({
  name: 'status.callOffMaintenance',
  summary: 'Call off planned work, or end it early',
  http: 'POST /maintenances/{maintenance}/call-off',
  needs: 'status:publish',
  on: ({ maintenance }) => ({ maintenance }),
  input: z.strictObject({
    maintenance: MaintenanceIdSchema,
    text: Text.optional().meta({ description: 'What followers and the pages that announced it read; else one sentence that says so' }),
  }),
  output: Done,
  examples: [{ maintenance: 'mnt_01k3v0v5b8e6w9d2m4q7r1s5t8', text: 'The new version is not ready. We will announce another date.' }],
  async run(context, { maintenance: id, text }) {
    const { scope, emit, tell, now } = context
    const maintenance = await store.lockMaintenance(scope, id)
    if (!maintenance) throw missing('maintenance')
    if (maintenance.endedAt || maintenance.canceledAt) return refuse('This planned work is over already.')
    const hasBegun = maintenance.beganAt !== null
    await store.saveMaintenance(scope, { ...maintenance, ...(hasBegun ? { endedAt: now } : { canceledAt: now }) })
    await releaseHealth(context, id, maintenance.componentIds)
    const earlier = await store.pageIdsOfMaintenance(scope, id)
    await publishAboutMaintenance(context, maintenance, {
      state: hasBegun ? 'Done' : 'Called off',
      text: text ?? (hasBegun ? 'This work is over, earlier than planned.' : 'This work does not take place.'),
      components: [],
      audience: audienceOf({ pages: await allPlaces(scope), chosen: undefined, earlier, named: [] }),
    })
    await emit(maintenanceChanged, { maintenanceId: maintenance.id, what: hasBegun ? 'ended' : 'called off' })
    await tell(plannedWork, id, { type: 'called-off' })
    return done
  },
})

export const listMaintenances = defineQuery({
  name: 'status.listMaintenances',
  summary: 'Planned work that is coming or running',
  http: 'GET /maintenances',
  needs: 'status:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ items: z.array(MaintenanceView) }),
  examples: [{}],
  async run({ scope, now }) {
    return {
      items: await views(
        scope,
        (await store.maintenancesSince(scope, now)).filter(({ endedAt, canceledAt }) => endedAt === null && canceledAt === null),
      ),
    }
  },
})

async function views(scope: Scope, maintenances: readonly store.Maintenance[]): Promise<z.input<typeof MaintenanceView>[]> {
  const components = await findComponents(
    scope,
    maintenances.flatMap(({ componentIds }) => componentIds),
  )
  const announcements = await store.latestOfMaintenances(
    scope,
    maintenances.map(({ id }) => id),
  )
  return maintenances.map(({ componentIds, ...maintenance }) => {
    const announced = announcements.find(({ maintenanceId }) => maintenanceId === maintenance.id)
    return {
      ...maintenance,
      text: announced?.text ?? '',
      reason: announced?.reason ?? '',
      components: components.filter(({ id }) => componentIds.includes(id)).map(({ slug }) => slug),
    }
  })
}
