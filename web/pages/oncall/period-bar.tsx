// Above the grid: which period, in which zone, and by what. The same is done by keys and stands in the URL.
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { Button, IconButton, SegmentedControl, Select } from '../../ui/index.ts'
import { views } from './period.ts'
import { zoneWords } from './schedule-words.ts'
import type { ShownPeriod } from './use-period.ts'

export function PeriodBar({
  period,
  view,
  step,
  setView,
  today,
  zone,
  setZone,
  zones,
}: ShownPeriod & { zone: string; setZone: (zone: string) => void; zones: { value: string; label: string }[] }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-2 border-t border-line px-4 py-2">
      <IconButton label="Before" of={ChevronLeft} onClick={() => step(-1)} />
      <h2 className="min-w-36 text-center text-panel font-semibold whitespace-nowrap tabular-nums" aria-live="polite">
        {period.words}
      </h2>
      <IconButton label="Next" of={ChevronRight} onClick={() => step(1)} />
      <Button onClick={today}>Today</Button>
      <Select
        label="Times in"
        labelHidden
        className="w-66 max-tablet:order-last max-tablet:w-full"
        value={zone}
        onChange={(event) => setZone(event.target.value)}
        options={zones}
      />
      <SegmentedControl label="View" className="tablet:ml-auto" value={view} onChange={setView} options={views} />
    </div>
  )
}

/** The zones to choose from: the schedule's, the reader's, UTC, and the one that is shown. Without a schedule `own` is the reader's. */
export function zonesOf(own: string, mine: string, shown: string, nowMs: number): { value: string; label: string }[] {
  const whose = (one: string) => (own === mine || (one !== own && one !== mine) ? '' : one === own ? 'Schedule’s: ' : 'Yours: ')
  return [...new Set([own, mine, 'UTC', shown])].map((one) => ({ value: one, label: `${whose(one)}${zoneWords(one, nowMs)}` }))
}
