// A clock of an incident, a page or an SLA: label, big digits, the absolute time below.
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { readClock, type ClockFace, type ClockReading } from './clock-reading.ts'
import { useNow } from './now.ts'
import { useReader } from './reader.tsx'

export type { ClockFace }

/** The full clock. Screen readers hear the due time, not the digits. Put several side by side in `Clocks`. */
export function Clock({ label, face, align = 'start' }: { label: string; face: ClockFace; align?: 'start' | 'end' }) {
  const reading = useReading(label, face)
  return (
    <div className={cx('min-w-0', align === 'end' && 'text-right')}>
      <span className="sr-only">{reading.spoken}</span>
      <div aria-hidden>
        <div className="text-meta text-ink3">{label}</div>
        <div className={cx('text-page font-semibold tabular-nums', tones[reading.tone])}>{reading.digits}</div>
        <div className={cx('text-meta text-ink2 tabular-nums', reading.tone === 'violet' && 'max-w-48')}>{reading.below}</div>
      </div>
    </div>
  )
}

/** Clocks in a row, parted by hairlines. */
export function Clocks({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap gap-y-3 [&>*+*]:border-l [&>*+*]:border-line [&>*+*]:pl-3 [&>*]:pr-3.5">{children}</div>
}

/** The digits inside a sentence or a row: "update in 4:12", "4:20 left". Same tones as the clock. */
export function ClockDigits({ label, face, before, after }: { label: string; face: ClockFace; before?: string; after?: string }) {
  const reading = useReading(label, face)
  // What is late is not to come "in" anything.
  const lead = reading.digits.startsWith('−') ? before?.replace(/(^| )in$/, '') : before
  return (
    <span className={cx('font-medium whitespace-nowrap tabular-nums', tones[reading.tone])}>
      <span className="sr-only">{reading.spoken}</span>
      <span aria-hidden>
        {lead && `${lead} `}
        {reading.digits}
        {after && ` ${after}`}
      </span>
    </span>
  )
}

function useReading(label: string, face: ClockFace): ClockReading {
  const { zone } = useReader()
  const nowMs = useNow(1)
  return readClock(label, face, { zone, nowMs })
}

const tones: Record<ClockReading['tone'], string> = {
  ink: 'text-ink',
  amber: 'text-amber',
  red: 'text-red',
  violet: 'text-violet',
  teal: 'text-teal',
}
