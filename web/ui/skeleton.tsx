// The layout in sunken blocks while it loads: only after 300 ms, and without shimmer.
import { useEffect, useState, type ReactNode } from 'react'
import { cx } from './class-names.ts'

/** Rows as a list has them. Nothing for the first 300 ms; screen readers hear "Loading". */
export function Skeleton({ rows = 6, tall = false, label = 'Loading' }: { rows?: number; tall?: boolean; label?: string }) {
  return (
    <AfterAMoment>
      <div role="status" aria-label={label}>
        {Array.from({ length: rows }, (_, row) => (
          <div key={row} className={cx('flex items-center gap-3 border-b border-line', tall ? 'h-[58px]' : 'h-9')}>
            <Block className="h-5 w-13" />
            <div className="flex flex-1 flex-col gap-2">
              <Block className={cx('h-3', ['w-1/2', 'w-2/3', 'w-2/5'][row % 3])} />
              {tall && <Block className="h-3 w-3/4" />}
            </div>
            <Block className="h-3 w-10" />
          </div>
        ))}
      </div>
    </AfterAMoment>
  )
}

/** One sunken block, for a skeleton of one's own. */
export function Block({ className }: { className?: string }) {
  return <div className={cx('rounded-chip bg-sunken', className)} />
}

/** Its children after 300 ms: what comes sooner than that needs no placeholder. */
function AfterAMoment({ children, delayMs = 300 }: { children: ReactNode; delayMs?: number }) {
  const [shown, setShown] = useState(delayMs === 0)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), delayMs)
    return () => clearTimeout(timer)
  }, [delayMs])
  return shown ? children : null
}
