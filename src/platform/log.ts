// Structured logs: one JSON line each. Secrets have a type that prints dots; nothing else hides them, so that what a failed statement was given, and the
// values that its error quotes, are left out here.
import { pino, type DestinationStream, type Logger } from 'pino'

export type Log = Logger

/** `to` is for tests; else standard output. */
export const createLog = (level: string, to?: DestinationStream): Log =>
  pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err } }, to ?? pino.destination(1))

function err(error: Error): Record<string, unknown> {
  const told: Record<string, unknown> = { ...pino.stdSerializers.err(error) }
  for (const given of ['params', 'detail', 'where', 'internalQuery']) delete told[given]
  return told
}

/** For tests and scenarios that look at what happens, not at lines. */
export const silentLog = (): Log => pino({ level: 'silent' })
