// Structured logs: one JSON line each. Secrets have a type that prints dots; nothing else hides them.
import { pino, type Logger } from 'pino'

export type Log = Logger

export const createLog = (level: string): Log => pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime })
/** For tests and scenarios that look at what happens, not at lines. */
export const silentLog = (): Log => pino({ level: 'silent' })
