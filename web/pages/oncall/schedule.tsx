// One schedule over a day, a week, two weeks or a month: who is on call, which layer or override put them there, where nobody is, and what can be
// done with a shift. An agenda by day on a phone.
import { useParams } from '@tanstack/react-router'
import { Rss } from 'lucide-react'
import { useState } from 'react'
import { useAsk } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { useSession } from '../../session.ts'
import { Lead, Page, useSearchParam } from '../../shell/index.ts'
import { absoluteTime, Button, ErrorNotice, Kbd, Panel, Skeleton, useKeys, useNow, useReader } from '../../ui/index.ts'
import { Agenda } from './agenda.tsx'
import { CalendarDialog } from './calendar-dialog.tsx'
import { FairShares, Gaps } from './fair-shares.tsx'
import { NowAndNext } from './now-and-next.tsx'
import { nextHours, OverrideForm } from './override-form.tsx'
import { PeriodBar, zonesOf } from './period-bar.tsx'
import { ScheduleGrid } from './schedule-grid.tsx'
import type { LaneShift } from './schedule-lane.tsx'
import { faultsOf, lanesOf } from './schedule-lanes.tsx'
import { Handovers, Overrides } from './schedule-panels.tsx'
import { named, touching, zoneWords, type Now, type Span } from './schedule-words.ts'
import { ShiftActs } from './shift-acts.tsx'
import { OfferedToMe, ShiftOffers } from './shift-offers.tsx'
import { beyondMs, usePeriod, usePeriodKeys } from './use-period.ts'

/** /oncall/schedules/:slug?view=week&date=2026-11-24&zone=Europe/Berlin, or ?month=2026-11 */
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
  return <Schedule now={current.data} crumbs={crumbs} />
}

function Schedule({ now, crumbs }: { now: Now; crumbs: { label: string; href?: string }[] }) {
  const reader = useReader()
  const session = useSession()
  const nowMs = useNow(60)
  const { schedule } = now
  const [zone, setZone] = useSearchParam('zone', schedule.zone)
  const shown = usePeriod(zone, nowMs)
  const { period } = shown
  const [wanted, setWanted] = useState<Wanted>()
  const [picked, setPicked] = useState<LaneShift>()
  const [calendars, setCalendars] = useState(false)
  const me = session?.user.handle
  const may = useMay()('oncall.addOverride', schedule.team?.id ?? null)
  const range = useAsk('oncall.finalSchedule', {
    schedule: schedule.slug,
    from: new Date(period.fromMs - beyondMs).toISOString(),
    to: new Date(period.toMs + beyondMs).toISOString(),
  })
  const quality = useAsk('oncall.quality', { schedule: schedule.slug })
  const offers = useAsk('oncall.shiftOffers', {}).data?.items.filter((offer) => offer.schedule.slug === schedule.slug) ?? []
  const override = () => setWanted({ span: nextHours(nowMs) })
  const fill = may ? (span: Span) => setWanted({ span }) : undefined
  const pick = (shift: LaneShift) => setPicked((before) => (isSame(before, shift) ? undefined : shift))
  usePeriodKeys(shown)
  useKeys({
    ...(may ? { o: override } : {}),
    z: () => setZone(zone === schedule.zone ? reader.zone : schedule.zone),
    Escape: () => setPicked(undefined),
  })
  const found = range.data && touching(range.data, period.fromMs, period.toMs)
  const acts = (className: string) =>
    picked && (
      <ShiftActs
        schedule={schedule}
        shift={picked}
        zone={zone}
        me={me}
        mayOverride={may}
        onCover={() => setWanted({ span: aheadOf(picked, nowMs), insteadOf: picked.person.handle })}
        onDone={() => setPicked(undefined)}
        className={className}
      />
    )
  return (
    <Page
      title={schedule.name}
      crumbs={crumbs}
      actions={
        <>
          <Button icon={Rss} onClick={() => setCalendars(true)}>
            Calendar links…
          </Button>
          {may && (
            <Button look="solid" keys="O" onClick={override}>
              Add override…
            </Button>
          )}
        </>
      }
    >
      <div className="px-4 pb-3">
        <Lead
          note={`Times in ${zoneWords(zone, nowMs)}. ${zone === schedule.zone ? 'That is how the schedule is kept' : `The schedule is kept in ${schedule.zone}`}${zone === reader.zone ? ', and your zone.' : '.'}`}
        >
          {sentence(now, zone, nowMs)}
        </Lead>
      </div>
      <OfferedToMe offers={offers} me={me} zone={zone} />
      <PeriodBar {...shown} zone={zone} setZone={setZone} zones={zonesOf(schedule.zone, reader.zone, zone, shown.besideMs)} />
      {range.error && (
        <div className="p-4">
          <ErrorNotice
            what="The shifts could not be read."
            todo={range.error.message}
            reference={range.error.reference}
            onRetry={() => void range.refetch()}
          />
        </div>
      )}
      {!found && !range.error && <Skeleton label="Shifts" rows={5} tall />}
      {found && range.data && (
        <>
          <div className="max-tablet:hidden">
            <ScheduleGrid
              caption={`${schedule.name}, ${period.words}`}
              days={period.days}
              columns={period.columns}
              lanes={lanesOf(found, fill)}
              zone={zone}
              picked={picked}
              onPick={pick}
            />
            {acts('px-4 py-3')}
            {!picked && <Hint may={may} />}
          </div>
          <div className="px-4 pb-4 tablet:hidden">
            <Agenda
              days={period.days}
              shifts={found.final}
              gaps={faultsOf(found)}
              zone={zone}
              picked={picked}
              onPick={pick}
              onGap={fill}
              acts={acts('py-2')}
            />
          </div>
        </>
      )}
      <div className="grid border-t border-line desk:grid-cols-3 [&>*]:min-w-0 desk:[&>*+*]:border-l max-desk:[&>*+*]:border-t [&>*]:border-line">
        <div>
          <ShiftOffers offers={offers} me={me} zone={zone} />
          <Panel title="Now and next">
            <NowAndNext item={now} zone={zone} />
          </Panel>
          {found && found.overrides.length > 0 && <Overrides items={found.overrides} zone={zone} mayRemove={may} />}
        </div>
        <div>
          {quality.data && <Gaps quality={quality.data} schedule={schedule} zone={zone} overrides={found?.overrides ?? []} onFill={fill} />}
          {range.data && <Handovers range={range.data} period={period} zone={zone} />}
        </div>
        <div>{quality.data && <FairShares quality={quality.data} />}</div>
      </div>
      {wanted && (
        <OverrideForm
          schedule={schedule}
          span={wanted.span}
          {...(wanted.insteadOf === undefined ? {} : { insteadOf: wanted.insteadOf })}
          zone={zone}
          shifts={range.data?.final ?? []}
          me={me}
          onClose={() => {
            setWanted(undefined)
            setPicked(undefined)
          }}
        />
      )}
      {calendars && <CalendarDialog schedule={schedule} onClose={() => setCalendars(false)} />}
    </Page>
  )
}

type Wanted = { span: Span; insteadOf?: string }

const isSame = (a: LaneShift | undefined, b: LaneShift) => a?.from === b.from && a.person.handle === b.person.handle && a.final === b.final

/** What of a shift is still to come. */
const aheadOf = (shift: Span, nowMs: number): Span => ({
  from: Date.parse(shift.from) > nowMs ? shift.from : new Date(nowMs).toISOString(),
  to: shift.to,
})

function Hint({ may }: { may: boolean }) {
  return (
    <p className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-ink2">
      <span>
        Press a shift for its reason{may ? ', to take it or to have it covered. Drag over the final schedule, or press ' : '.'}
        {may && <Kbd>O</Kbd>}
        {may && ', for an override.'}
      </span>
      <span className="ml-auto text-meta text-ink3">
        <Kbd>1</Kbd> to <Kbd>4</Kbd> view · <Kbd>P</Kbd> <Kbd>N</Kbd> before, next · <Kbd>T</Kbd> today · <Kbd>Z</Kbd> zone · arrows move
      </span>
    </p>
  )
}

function sentence(now: Now, zone: string, nowMs: number): string {
  const until = now.until ? ` until ${absoluteTime(Date.parse(now.until), { zone, nowMs })}` : ''
  if (now.people.length === 0) return `Nobody is on call for ${now.schedule.name}${until}`
  return `${named(now.people.map((one) => one.person))} ${now.people.length === 1 ? 'is' : 'are'} on call for ${now.schedule.name}${until}`
}
