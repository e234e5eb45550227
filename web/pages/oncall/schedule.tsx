// One schedule over a month: who is on call, which layer or override put them there, where nobody is. An agenda by day on a phone.
import { useParams } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import { useSession } from '../../session.ts'
import { Lead, Page, useSearchParam } from '../../shell/index.ts'
import {
  absoluteTime,
  Button,
  ErrorNotice,
  IconButton,
  Panel,
  Row,
  Rows,
  Select,
  Skeleton,
  useKeys,
  useNow,
  useReader,
} from '../../ui/index.ts'
import { Agenda } from './agenda.tsx'
import { FairShares, Gaps } from './fair-shares.tsx'
import { addMonths, daysOf, isMonth, monthOf, monthWords } from './month.ts'
import { NowAndNext } from './now-and-next.tsx'
import { nextHours, OverrideForm } from './override-form.tsx'
import { ScheduleGrid, type Lane, type LaneShift } from './schedule-grid.tsx'
import { named, spanWords, zoneWords, type Now, type Range, type Span } from './schedule-words.ts'

/** /oncall/schedules/:slug?month=2026-11&zone=Europe/Berlin */
export default function SchedulePage() {
  const { slug = '' } = useParams({ strict: false }) as { slug?: string }
  const current = useAsk('oncall.who', { schedule: slug })
  const crumbs = [{ label: 'On-call', href: '/oncall' }, { label: current.data?.schedule.name ?? slug }]
  if (current.error)
    return (
      <Page title="Schedule" crumbs={crumbs}>
        <div className="p-4">
          <ErrorNotice what={current.error.message} reference={current.error.reference} onRetry={() => void current.refetch()} />
        </div>
      </Page>
    )
  if (!current.data)
    return (
      <Page title="Schedule" crumbs={crumbs}>
        <Skeleton label="Schedule" rows={6} tall />
      </Page>
    )
  return <Month now={current.data} crumbs={crumbs} />
}

function Month({ now, crumbs }: { now: Now; crumbs: { label: string; href?: string }[] }) {
  const reader = useReader()
  const session = useSession()
  const nowMs = useNow(60)
  const [zone, setZone] = useSearchParam('zone', now.schedule.zone)
  const [asked, setMonth] = useSearchParam('month', monthOf(nowMs, zone))
  const [span, setSpan] = useState<Span>()
  const [picked, setPicked] = useState<LaneShift>()
  const { schedule } = now
  const month = isMonth(asked) ? asked : monthOf(nowMs, zone)
  const days = daysOf(month, zone)
  const range = useAsk('oncall.finalSchedule', {
    schedule: schedule.slug,
    from: new Date(days[0]!.fromMs).toISOString(),
    to: new Date(days.at(-1)!.toMs).toISOString(),
  })
  const quality = useAsk('oncall.quality', { schedule: schedule.slug })
  const override = () => setSpan(nextHours(nowMs))
  useKeys({ o: override })
  const zones = [...new Set([schedule.zone, reader.zone, 'UTC', zone])]
  const found = range.data
  return (
    <Page
      title={schedule.name}
      crumbs={crumbs}
      bar={
        <>
          <IconButton label="Month before" of={ChevronLeft} onClick={() => setMonth(addMonths(month, -1))} />
          <span className="min-w-30 text-center text-panel font-semibold whitespace-nowrap">{monthWords(month)}</span>
          <IconButton label="Month after" of={ChevronRight} onClick={() => setMonth(addMonths(month, 1))} />
          <Button onClick={() => setMonth(undefined)}>Today</Button>
          <Select
            label="Times in"
            labelHidden
            className="w-60 max-tablet:min-w-60"
            value={zone}
            onChange={(event) => setZone(event.target.value)}
            options={zones.map((one) => ({ value: one, label: zoneWords(one, nowMs) }))}
          />
        </>
      }
      actions={
        <Button look="solid" keys="O" onClick={override}>
          Add override…
        </Button>
      }
    >
      <div className="px-4 pb-3">
        <Lead note={`Times in ${zoneWords(zone, nowMs)}. The schedule itself is kept in ${schedule.zone}.`}>
          {sentence(now, zone, nowMs)}
        </Lead>
      </div>
      {range.error && (
        <div className="p-4">
          <ErrorNotice
            what="The month could not be read."
            todo={range.error.message}
            reference={range.error.reference}
            onRetry={() => void range.refetch()}
          />
        </div>
      )}
      {!found && !range.error && <Skeleton label="Month" rows={5} tall />}
      {found && (
        <>
          <div className="max-tablet:hidden">
            <ScheduleGrid
              caption={`${schedule.name}, ${monthWords(month)}`}
              days={days}
              lanes={lanesOf(found, setSpan)}
              zone={zone}
              onPick={setPicked}
            />
          </div>
          <p className="min-h-9 px-4 py-2 text-ink2 max-tablet:hidden" aria-live="polite">
            {picked ? (
              <>
                <strong className="text-ink">{picked.person.name}</strong>, {spanWords(picked, zone, nowMs)}
                {picked.reason ? `: ${picked.reason}` : ''}
              </>
            ) : (
              'Press a shift for its reason. Drag over the final schedule, or press O, for an override.'
            )}
          </p>
          <div className="px-4 pb-4 tablet:hidden">
            <Agenda days={days} shifts={found.final} gaps={found.gaps} zone={zone} />
          </div>
        </>
      )}
      <div className="grid border-t border-line desk:grid-cols-3 [&>*]:min-w-0 desk:[&>*+*]:border-l max-desk:[&>*+*]:border-t [&>*]:border-line">
        <div>
          <Panel title="Now and next">
            <NowAndNext item={now} zone={zone} />
          </Panel>
          {found && found.overrides.length > 0 && <Overrides items={found.overrides} zone={zone} />}
        </div>
        <div>
          {quality.data && (
            <Gaps quality={quality.data} schedule={schedule} zone={zone} overrides={found?.overrides ?? []} onFill={setSpan} />
          )}
        </div>
        <div>{quality.data && <FairShares quality={quality.data} />}</div>
      </div>
      {span && (
        <OverrideForm
          schedule={schedule}
          span={span}
          zone={zone}
          shifts={found?.final ?? []}
          me={session?.user.handle}
          onClose={() => setSpan(undefined)}
        />
      )}
    </Page>
  )
}

function sentence(now: Now, zone: string, nowMs: number): string {
  const until = now.until ? ` until ${absoluteTime(Date.parse(now.until), { zone, nowMs })}` : ''
  if (now.people.length === 0) return `Nobody is on call for ${now.schedule.name}${until}`
  return `${named(now.people.map((one) => one.person))} ${now.people.length === 1 ? 'is' : 'are'} on call for ${now.schedule.name}${until}`
}

/** Final schedule, overrides, then the layers, the last one (which counts most) first. */
export function lanesOf(range: Range, onDrag?: (span: Span) => void): Lane[] {
  const { schedule, final, layers, overrides, gaps } = range
  const covered = overrides.flatMap((one) =>
    one.add ? [{ person: one.add, from: one.from, to: one.to, override: true, reason: one.why }] : [],
  )
  return [
    {
      id: 'final',
      shifts: final.map((shift) => ({ ...shift, override: shift.override !== null })),
      gaps,
      ...(onDrag ? { onDrag } : {}),
      head: (
        <>
          <span className="font-semibold">Final schedule</span>
          <span className="text-meta text-ink3">
            {layers.length} {layers.length === 1 ? 'layer' : 'layers'}
            {schedule.combine === 'union' ? ', all on call at once' : ''}
          </span>
        </>
      ),
    },
    ...(covered.length > 0 ? [{ id: 'overrides', under: true, shifts: covered, head: 'Overrides' }] : []),
    ...layers
      .map((layer, index) => ({
        id: `layer ${layer.layer}`,
        under: true,
        shifts: layer.shifts,
        head: `Layer ${index + 1}: ${layer.layer}`,
      }))
      .reverse(),
  ]
}

function Overrides({ items, zone }: { items: Range['overrides']; zone: string }) {
  const now = useNow(60)
  const remove = useDo('oncall.removeOverride')
  return (
    <Panel title="Overrides" className="border-t">
      {remove.error && <ErrorNotice what={remove.error.message} reference={remove.error.reference} />}
      <Rows>
        {items.map((one) => (
          <Row
            key={one.id}
            note={`${spanWords(one, zone, now)}, by ${one.by.name}${one.why ? `: ${one.why}` : ''}`}
            meta={
              Date.parse(one.to) > now ? (
                <Button size="small" look="quiet" sending={remove.isPending} onClick={() => remove.mutate({ overrideId: one.id })}>
                  Remove
                </Button>
              ) : undefined
            }
          >
            {one.add ? one.add.name : 'Without'}{' '}
            {one.remove ? (
              <span className="text-ink2">
                {one.add ? 'in place of' : ''} {one.remove.name}
              </span>
            ) : null}
          </Row>
        ))}
      </Rows>
    </Panel>
  )
}
