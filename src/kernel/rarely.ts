// Legal ways of going on that are hardly ever taken: a simulation takes them where its seed says so, and meets in an hour what a busy or an unlucky node
// meets once a year. In earnest nobody takes one for its own sake.

export const rareWays = [
  'begins nothing of what it leaves behind',
  'claims one job where there are more',
  'does by itself what could be done together',
  'leaves to a worker what it has begun',
  'tells a process of an outcome later',
  'goes on in another transaction',
  'stores an alert before it decides about it',
  'takes in one alert a transaction',
  'reads one kept request a transaction',
  'forgets the keys that it knows',
] as const
export type RareWay = (typeof rareWays)[number]

/** Whether to go this way now, although nothing makes it necessary. */
export type Rarely = (way: RareWay) => boolean

export const never: Rarely = () => false
