// What may go wrong and how often. Each kind has a rate drawn per run from nothing, low and high, so that most runs lack most faults; only kills are
// in every run, for they are what this layer is for.
import type { Random } from '../random.ts'

/** What a fault touches. The first three keep work from being done. */
export type Place = 'node' | 'way to the database' | 'database' | 'way to the mail server' | 'mail server' | 'action'

/** By kind: how often a minute at the high rate, and what it touches. */
export const kinds = {
  'node killed': { perMinute: 18, place: 'node' },
  'node hung': { perMinute: 4, place: 'node' },
  'node stopped': { perMinute: 2, place: 'node' },
  'database restarted': { perMinute: 1, place: 'database' },
  'connections ended': { perMinute: 8, place: 'way to the database' },
  'database read-only': { perMinute: 1.5, place: 'database' },
  'database cut': { perMinute: 3, place: 'way to the database' },
  'database silent': { perMinute: 3, place: 'way to the database' },
  'database silent in one direction': { perMinute: 2, place: 'way to the database' },
  'database slow': { perMinute: 3, place: 'way to the database' },
  'reset in mid-commit': { perMinute: 6, place: 'way to the database' },
  'mail cut': { perMinute: 3, place: 'way to the mail server' },
  'mail silent': { perMinute: 2, place: 'way to the mail server' },
  'mail silent in one direction': { perMinute: 2, place: 'way to the mail server' },
  'mail slow': { perMinute: 2, place: 'way to the mail server' },
  'reset in mid-mail': { perMinute: 4, place: 'way to the mail server' },
  'mail server slow': { perMinute: 3, place: 'mail server' },
  'mail server refuses': { perMinute: 2, place: 'mail server' },
  'action cut': { perMinute: 2, place: 'action' },
  'action silent': { perMinute: 2, place: 'action' },
  'action slow': { perMinute: 2, place: 'action' },
  // The last, for the rates of a seed are drawn in this order.
  'database fails over': { perMinute: 0.7, place: 'database' },
} as const satisfies Record<string, { perMinute: number; place: Place }>

/** Of which there is one for each node. */
export const isOneNodes = (place: Place) => place === 'node' || place.startsWith('way ')

export type FaultKind = keyof typeof kinds
const faultKinds = Object.keys(kinds) as FaultKind[]

/** How often a minute each kind strikes in this run. */
export const drawRates = (random: Random): Map<FaultKind, number> =>
  new Map(faultKinds.map((kind) => [kind, kinds[kind].perMinute * random.one(kind === 'node killed' ? [0.6, 1] : [0, 0, 0.3, 1])] as const))

/** Whose takeover is measured: faults that keep one node from its work. */
export const losing = [
  'node killed',
  'node hung',
  'database cut',
  'database silent',
  'database silent in one direction',
] as const satisfies readonly FaultKind[]
export type LosingKind = (typeof losing)[number]

export const losesWork = (kind: string): kind is LosingKind => losing.some((one) => one === kind)
