// What is plugged into what: the slices in their order, the integrations, and the values that slices hand to the machinery.
import { catalogueOf, type Catalogue, type Slice } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { changes } from '#domains/changes/index.ts'
import { record } from '#platform/record/slice.ts'
import { directory } from '#domains/directory/index.ts'
import { incidents } from '#domains/incidents/index.ts'
import { insights } from '#domains/insights/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { reviews } from '#domains/reviews/index.ts'
import { runbooks } from '#domains/runbooks/index.ts'
import { status } from '#domains/status/index.ts'
import { watchdog } from '#domains/watchdog/index.ts'
import { configurationOf } from '#platform/configuration/slice.ts'
import { installationOf } from '#platform/installation/slice.ts'
import { referenceOf } from '#platform/reference/pages.ts'

/** Each slice sees only those before it. */
const slices = [
  record,
  directory,
  alerts,
  changes,
  notifications,
  oncall,
  incidents,
  runbooks,
  status,
  reviews,
  insights,
  watchdog,
] as const satisfies readonly Slice[]

type OperationsOf<S> = S extends { operations: infer All } ? All[keyof All] : never
/** Every operation, as a union of its definitions: what the typed client of the web UI is made of. */
export type Operation = OperationsOf<(typeof slices)[number] | typeof configuration | typeof installation>

/** Everything that can be written as YAML, in the order in which it is applied. */
const configuration = configurationOf(slices.flatMap((slice: Slice) => slice.resources ?? []))

/** Whether it is quiet, and what is due, by the names that the slices give. */
const installation = installationOf(slices.flatMap((slice: Slice) => slice.objects ?? []))

const described: readonly Slice[] = [...slices, configuration, installation]

export const catalogue: Catalogue = catalogueOf([...described, referenceOf(catalogueOf(described).operations)])
