// Who carried how much of a schedule over 90 days, and where nobody will be on call over the next 30.
import type { Output } from '../../api/client.ts'
import { Button, cx, durationWords, Panel, Person, StateGlyph, Table, useNow } from '../../ui/index.ts'
import { isOffHours, personRef, spanWords, type Range, type Span } from './schedule-words.ts'

type Quality = Output<'oncall.quality'>

export function FairShares({ quality }: { quality: Quality }) {
  return (
    <Panel title="Fair shares" note="last 90 days">
      <p className="mb-1 text-ink2">
        {quality.reason.slice(0, 1).toUpperCase()}
        {quality.reason.slice(1)}.
      </p>
      <Table
        caption="Fair shares over the last 90 days"
        rows={quality.shares}
        rowId={(share) => share.person.handle}
        columns={[
          { id: 'person', head: 'Person', cell: (share) => <Person person={personRef(share.person)} /> },
          { id: 'time', head: 'On call', numeric: true, cell: (share) => durationWords(share.seconds) },
          { id: 'nights', head: 'Nights', numeric: true, cell: (share) => Math.round(share.nightSeconds / (8 * 3600)) },
          { id: 'weekends', head: 'Weekends', numeric: true, cell: (share) => Math.round(share.weekendSeconds / (48 * 3600)) },
          {
            id: 'load',
            head: 'Load',
            numeric: true,
            cell: (share) => (
              <span className={cx(share.load !== null && share.load > 1.3 && 'font-semibold text-amber')}>
                {share.load === null ? 'no turn' : `${share.load.toFixed(1)} ×`}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  )
}

export function Gaps({
  quality,
  schedule,
  zone,
  overrides,
  onFill,
}: {
  quality: Quality
  schedule: Range['schedule']
  zone: string
  overrides: readonly Span[]
  onFill: ((gap: Span) => void) | undefined
}) {
  const now = useNow(60)
  const faults = quality.gaps.filter((gap) => !isOffHours(schedule, gap, overrides))
  const off = quality.gaps.length - faults.length
  return (
    <Panel title="Nobody on call" note="next 30 days">
      <ul>
        {faults.map((gap) => (
          <li key={gap.from} className="flex items-start gap-2 py-1">
            <span className="flex h-[18px] items-center">
              <StateGlyph kind="failed" />
            </span>
            <span className="min-w-0 flex-1 font-medium text-red">Nobody, {spanWords(gap, zone, now)}</span>
            {onFill && (
              <Button size="small" onClick={() => onFill(gap)}>
                Fill…
              </Button>
            )}
          </li>
        ))}
      </ul>
      {faults.length === 0 && (
        <p className="text-ink2">
          {off > 0 ? 'Its hours are covered. Outside of them nobody is on call, as it is meant.' : 'Somebody is always on call.'}
        </p>
      )}
    </Panel>
  )
}
