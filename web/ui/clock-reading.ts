// What a clock shows at a moment: digits, tone and the line below. Pure, so that the thresholds are a table and not a feeling.
import { absoluteTime, clockDigits, type WhenOptions } from './time-words.ts'

/** A clock that counts up, down, stands still, or has ended. Instants are ISO texts. */
export type ClockFace =
  | { kind: 'running'; since: string }
  | { kind: 'due'; due: string; from?: string; note?: string }
  | { kind: 'paused'; since: string; leftSeconds: number; why: string }
  /** `word` takes the place of "met at": a clock that had no target. */
  | { kind: 'ended'; at: string; seconds: number; breached: boolean; word?: string }

export interface ClockReading {
  digits: string
  tone: 'ink' | 'amber' | 'red' | 'violet' | 'teal'
  /** The absolute time, below the digits. */
  below: string
  /** What a screen reader hears instead of ticking digits. */
  spoken: string
}

const warnSeconds = 300
const warnShare = 0.2

/** Reads a clock. Amber from 5 min or a fifth of the whole left, red and negative once due. */
export function readClock(label: string, face: ClockFace, when: WhenOptions): ClockReading {
  const told = (at: string, nameZone = true) => absoluteTime(Date.parse(at), { ...when, nameZone })
  if (face.kind === 'running') {
    const below = `since ${told(face.since)}`
    return {
      digits: clockDigits(Math.max(0, seconds(when.nowMs - Date.parse(face.since)))),
      tone: 'ink',
      below,
      spoken: `${label} ${below}`,
    }
  }
  if (face.kind === 'paused') {
    const below = `paused since ${told(face.since, false)} (${face.why})`
    return { digits: clockDigits(face.leftSeconds), tone: 'violet', below, spoken: `${label} ${below}` }
  }
  if (face.kind === 'ended') {
    const below = `${face.word ?? (face.breached ? 'missed, ended at' : 'met at')} ${told(face.at)}`
    return {
      digits: clockDigits(face.seconds),
      tone: face.breached ? 'red' : face.word ? 'ink' : 'teal',
      below,
      spoken: `${label} ${below}`,
    }
  }
  const left = Math.ceil((Date.parse(face.due) - when.nowMs) / 1000)
  if (left < 0) {
    const below = `missed at ${told(face.due)}`
    return { digits: clockDigits(left), tone: 'red', below, spoken: `${label} ${below}` }
  }
  const whole = face.from === undefined ? undefined : seconds(Date.parse(face.due) - Date.parse(face.from))
  const soon = left <= warnSeconds || (whole !== undefined && left < whole * warnShare)
  const below = `by ${told(face.due)}${face.note ? `, ${face.note}` : ''}`
  return { digits: clockDigits(left), tone: soon ? 'amber' : 'ink', below, spoken: `${label} due ${below}` }
}

const seconds = (ms: number) => Math.floor(ms / 1000)
