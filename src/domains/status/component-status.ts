// How a component of a status page is: five words from best to worst, the same for every reader.

/** From best to worst. */
export const componentStatuses = ['works', 'maintenance', 'slow', 'partly-down', 'down'] as const
export type ComponentStatus = (typeof componentStatuses)[number]

/** The word that stands beside the shape. */
export const statusWord: Readonly<Record<ComponentStatus, string>> = {
  works: 'Works',
  maintenance: 'Maintenance',
  slow: 'Slow',
  'partly-down': 'Partly down',
  down: 'Down',
}

/** The word inside a sentence: "Search is slower than usual". */
export const statusPhrase: Readonly<Record<ComponentStatus, string>> = {
  works: 'works',
  maintenance: 'is under planned work',
  slow: 'is slower than usual',
  'partly-down': 'works in part',
  down: 'is down',
}

/** The worst of them; `works` when there is none. */
export const worstOf = (statuses: readonly ComponentStatus[]): ComponentStatus =>
  statuses.reduce<ComponentStatus>((worst, status) => (rank(status) > rank(worst) ? status : worst), 'works')

/** Whether `status` hurts more than `other`. */
export const isWorse = (status: ComponentStatus, other: ComponentStatus): boolean => rank(status) > rank(other)

const rank = (status: ComponentStatus) => componentStatuses.indexOf(status)
