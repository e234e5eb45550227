// Sets how components are, with the history and the record of it: by an update, by planned work, and back when what held them is over.
import type { CommandContext } from '#kernel/command.ts'
import type { Id } from '#kernel/ids.ts'
import { isWorse, type ComponentStatus } from './component-status.ts'
import { componentChanged } from './events.ts'
import * as store from './store.ts'
import { saidSinceItWorked, type Said } from './update-store.ts'

type Context = Pick<CommandContext, 'scope' | 'emit'>

/**
 * Sets these components, and remembers that `holder` (an incident or planned work) did. `repeats`: it says again what it said before; nobody has looked since,
 * so it makes nothing better that others say is worse.
 */
export async function setHealth(
  context: Context,
  wanted: readonly { componentId: string; status: ComponentStatus }[],
  holder: string,
  { repeats = false }: { repeats?: boolean | undefined } = {},
): Promise<void> {
  for (const component of await store.lockComponents(
    context.scope,
    wanted.map(({ componentId }) => componentId),
  )) {
    const status = wanted.find(({ componentId }) => componentId === component.id)!.status
    if (!repeats || isWorse(status, component.status)) await save(context, component, { status, heldBy: holder }, incidentOf(holder))
  }
}

/** Somebody says how a component is, without an incident: until it works again that comes back when something worse has ended. */
export async function setHealthByHand(context: Context, componentId: string, status: ComponentStatus): Promise<void> {
  for (const component of await store.lockComponents(context.scope, [componentId]))
    await save(context, component, { status, heldBy: component.id, byHand: status }, null)
}

/**
 * `holder` has ended, which has said how these components are. What it held is as bad as the others say that it is, and works when nobody says anything.
 * What something else has taken over since stays as it is.
 */
export async function releaseHealth(context: Context, holder: string, componentIds: readonly string[]): Promise<void> {
  // Also what it does not hold: whoever does, and ends at the same moment, sees then that this one has ended.
  const held = (await store.lockComponents(context.scope, componentIds)).filter(({ heldBy }) => heldBy === holder)
  if (held.length === 0) return
  const said = await saidSinceItWorked(
    context.scope,
    held.map(({ id }) => id),
    holder,
  )
  for (const component of held) {
    const { byHand } = component
    const bySomebody: Said[] = byHand === null ? [] : [{ componentId: component.id, status: byHand, holder: component.id }]
    const worst = [...bySomebody, ...said.filter(({ componentId }) => componentId === component.id)].reduce<Said | undefined>(
      (worst, one) => (worst && !isWorse(one.status, worst.status) ? worst : one),
      undefined,
    )
    const stands = { status: worst?.status ?? 'works', heldBy: worst?.holder ?? null } as const
    // What is no incident has no timeline: the one that has ended tells how it leaves the component.
    await save(context, component, stands, incidentOf(worst?.holder ?? holder) ?? incidentOf(holder))
  }
}

/** Puts components under planned work, but for those that are worse off already. */
export async function setMaintenance(context: Context, componentIds: readonly string[], holder: string): Promise<void> {
  for (const component of await store.lockComponents(context.scope, componentIds)) {
    if (!isWorse(component.status, 'maintenance')) await save(context, component, { status: 'maintenance', heldBy: holder }, null)
  }
}

const incidentOf = (holder: string) => (holder.startsWith('inc_') ? (holder as Id<'inc'>) : null)

async function save(
  { scope, emit }: Context,
  component: store.Component,
  { status, ...by }: Pick<store.Component, 'status' | 'heldBy'> & { byHand?: ComponentStatus },
  incidentId: Id<'inc'> | null,
) {
  const works = status === 'works'
  const next = { status, heldBy: works ? null : by.heldBy, byHand: works ? null : (by.byHand ?? component.byHand) }
  if (component.status === status && component.heldBy === next.heldBy && component.byHand === next.byHand) return
  await store.saveComponentStatus(scope, { id: component.id, ...next })
  if (component.status === status) return
  await store.insertChange(scope, component.id, status)
  await emit(componentChanged, { componentId: component.id, status, incidentId })
}
