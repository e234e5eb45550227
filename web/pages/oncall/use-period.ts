// Which period the URL names, and how to go to another: ?view=week&date=2026-11-24, or ?month=2026-11 for a month. What is now is not written.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useKeys } from '../../ui/index.ts'
import { isMonth } from './month.ts'
import { dateOf, firstOf, isDate, isView, periodOf, stepped, views, type Period, type View } from './period.ts'

export interface ShownPeriod {
  period: Period
  view: View
  /** Now while the period lasts, else its begin: which of its names and offsets a zone has there. */
  besideMs: number
  /** Goes so many periods on. */
  step: (count: number) => void
  setView: (view: View) => void
  today: () => void
}

/** How far beyond both ends of a period shifts are read: those that reach into it tell where they truly begin and end. */
export const beyondMs = 32 * 86_400_000

/** 1 to 4 choose the view, P and N go before and next, T to today. */
export function usePeriodKeys({ setView, step, today }: ShownPeriod): void {
  useKeys({
    ...Object.fromEntries(views.map(({ value }, index) => [String(index + 1), () => setView(value)])),
    p: () => step(-1),
    n: () => step(1),
    t: today,
  })
}

/** The period of the page in a zone. A view that is changed keeps today in sight when it was. */
export function usePeriod(zone: string, nowMs: number): ShownPeriod {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const today = dateOf(nowMs, zone)
  const { view: asked, date: day, month } = search
  const view = isView(asked) ? asked : 'month'
  const date = isDate(day) ? day : typeof month === 'string' && isMonth(month) ? `${month}-01` : today
  const period = periodOf(view, date, zone)
  const go = (next: View, to: string) => {
    const isNow = firstOf(next, to) === firstOf(next, today)
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({
        ...before,
        view: next === 'month' ? undefined : next,
        date: next === 'month' || isNow ? undefined : to,
        month: next === 'month' && !isNow ? to.slice(0, 7) : undefined,
      }),
      replace: true,
    })
  }
  const holdsNow = nowMs >= period.fromMs && nowMs < period.toMs
  return {
    period,
    view,
    besideMs: holdsNow ? nowMs : period.fromMs,
    step: (count) => go(view, stepped(view, date, count)),
    setView: (next) => go(next, holdsNow ? today : date),
    today: () => go(view, today),
  }
}
