// What a slice hands to the composition root: the values that its door exports, collected once.
import type { AnyOperation } from './command.ts'
import type { AnyEffect } from './effect.ts'
import type { AnyEvent } from './event.ts'
import type { ObjectDefinition } from './object.ts'
import type { PageDefinition } from './page.ts'
import type { AnyProcess } from './process.ts'
import type { AnyReaction, ScheduleDefinition } from './reaction.ts'
import type { ResourceDefinition } from './resource.ts'

export type Slice = {
  name: string
  operations: Record<string, unknown>
  events: Record<string, unknown>
  reactions?: readonly unknown[]
  processes?: readonly unknown[]
  effects?: readonly unknown[]
  recurring?: readonly ScheduleDefinition[]
  objects?: readonly ObjectDefinition[]
  pages?: readonly PageDefinition[]
  /** In the order in which they are applied. */
  resources?: readonly ResourceDefinition[]
}

/** Everything that all slices define, typed for the machinery. */
export type Catalogue = {
  operations: AnyOperation[]
  events: Map<string, AnyEvent>
  reactions: AnyReaction[]
  processes: Map<string, AnyProcess>
  effects: Map<string, AnyEffect>
  recurring: ScheduleDefinition[]
  objects: Map<string, ObjectDefinition>
  pages: PageDefinition[]
  resources: ResourceDefinition[]
}

export const defineSlice = <S extends Slice>(slice: S): S => slice

/** Collects slices into one catalogue. Throws when two define the same name. */
export function catalogueOf(slices: readonly Slice[]): Catalogue {
  const catalogue: Catalogue = {
    operations: [],
    events: new Map(),
    reactions: [],
    processes: new Map(),
    effects: new Map(),
    recurring: [],
    objects: new Map(),
    pages: [],
    resources: [],
  }
  const taken = new Set<string>()
  const claim = (kind: string, name: string) => {
    if (taken.has(`${kind} ${name}`)) throw new Error(`${kind} ${name} is defined twice`)
    taken.add(`${kind} ${name}`)
  }
  for (const slice of slices) {
    for (const operation of Object.values(slice.operations) as AnyOperation[]) {
      claim('operation', operation.name)
      claim('endpoint', operation.http)
      catalogue.operations.push(operation)
    }
    for (const event of Object.values(slice.events) as AnyEvent[]) {
      claim('event', event.type)
      catalogue.events.set(event.type, event)
    }
    for (const reaction of (slice.reactions ?? []) as AnyReaction[]) {
      claim('reaction', reaction.name)
      catalogue.reactions.push(reaction)
    }
    for (const process of (slice.processes ?? []) as AnyProcess[]) {
      claim('process', process.name)
      catalogue.processes.set(process.name, process)
    }
    for (const effect of (slice.effects ?? []) as AnyEffect[]) {
      claim('effect', effect.name)
      catalogue.effects.set(effect.name, effect)
    }
    for (const recurring of slice.recurring ?? []) {
      claim('recurring', recurring.name)
      catalogue.recurring.push(recurring)
    }
    for (const object of slice.objects ?? []) {
      claim('object', object.kind)
      catalogue.objects.set(object.kind, object)
    }
    for (const resource of slice.resources ?? []) {
      claim('resource', resource.kind)
      catalogue.resources.push(resource)
    }
    for (const page of slice.pages ?? []) {
      claim('page', page.http)
      catalogue.pages.push(page)
    }
  }
  return catalogue
}
