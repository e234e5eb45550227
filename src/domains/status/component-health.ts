// Sets how components are, with the history and the record of it: by an update, by planned work, and back when what held them is over.
import type { CommandContext } from '#kernel/command.ts'
import type { Id } from '#kernel/ids.ts'
import { isWorse, type ComponentStatus } from './component-status.ts'
import { componentChanged } from './events.ts'
import * as store from './store.ts'
import { saidSinceItWorked, type Said } from './update-store.ts'

type Context = Pick<CommandContext, 'scope' | 'emit'>

/** Sets these components, and remembers that `holder` (an incident or planned work) did. */
export async function setHealth(
  context: Context,
  wanted: readonly { componentId: string; status: ComponentStatus }[],
  holder: string,
): Promise<void> {
  for (const component of await store.lockComponents(
    context.scope,
    wanted.map(({ componentId }) => componentId),
  )) {
    const status = wanted.find(({ componentId }) => componentId === component.id)!.status
    await save(context, component, status, status === 'works' ? null : holder, incidentOf(holder))
  }
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
    const worst = said
      .filter(({ componentId }) => componentId === component.id)
      .reduce<Said | undefined>((worst, one) => (worst && !isWorse(one.status, worst.status) ? worst : one), undefined)
    await save(context, component, worst?.status ?? 'works', worst?.holder ?? null, incidentOf(worst?.holder ?? holder))
  }
}

/** Puts components under planned work, but for those that are worse off already. */
export async function setMaintenance(context: Context, componentIds: readonly string[], holder: string): Promise<void> {
  for (const component of await store.lockComponents(context.scope, componentIds)) {
    if (!isWorse(component.status, 'maintenance')) await save(context, component, 'maintenance', holder, null)
  }
}

const incidentOf = (holder: string) => (holder.startsWith('inc_') ? (holder as Id<'inc'>) : null)

async function save(
  { scope, emit }: Context,
  component: store.Component,
  status: ComponentStatus,
  heldBy: string | null,
  incidentId: Id<'inc'> | null,
) {
  if (component.status === status && component.heldBy === heldBy) return
  await store.saveComponentStatus(scope, component.id, status, heldBy)
  if (component.status === status) return
  await store.insertChange(scope, component.id, status)
  await emit(componentChanged, { componentId: component.id, status, incidentId })
}
