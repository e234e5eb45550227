// What is plugged into what: the slices in their order, the integrations, and the values that slices hand to the machinery.
import { catalogueOf, type Catalogue, type Slice } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'

/** Each slice sees only those before it. */
export const slices = [directory, alerts] as const satisfies readonly Slice[]

type OperationsOf<S> = S extends { operations: infer All } ? All[keyof All] : never
/** Every operation, as a union of its definitions: what the typed client of the web UI is made of. */
export type Operation = OperationsOf<(typeof slices)[number]>

export const catalogue: Catalogue = catalogueOf(slices)
