// On-call: who is on call now and next and why, this month in every schedule, my shifts, where nobody is, and what is paging.
import { useNavigate } from '@tanstack/react-router'
import { Rss } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useAsk, useAskPages } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { useSession } from '../../session.ts'
import { Lead, Page, useSearchParam } from '../../shell/index.ts'
import {
  Button,
  Empty,
  ErrorNotice,
  Panel,
  Row,
  Rows,
  ShowMore,
  Skeleton,
  State,
  TextLink,
  TimeText,
  useNow,
  useReader,
} from '../../ui/index.ts'
import { AddPolicy } from './add-policy.tsx'
import { AddSchedule } from './add-schedule.tsx'
import { NowAndNext } from './now-and-next.tsx'
import { PeriodBar, zonesOf } from './period-bar.tsx'
import { dateOf } from './period.ts'
import { asSentence, pageStateOf, titleOf } from './page-words.ts'
import { CalendarDialog } from './calendar-dialog.tsx'
import { ScheduleGrid } from './schedule-grid.tsx'
import { faultsOf } from './schedule-lanes.tsx'
import { OfferedToMe, ShiftOffers } from './shift-offers.tsx'
import { isOffHours, myShiftWords, onCallSentence, spanWords, touching, zoneWords, type Now, type Range } from './schedule-words.ts'
import { beyondMs, usePeriod, usePeriodKeys } from './use-period.ts'

export default function OnCallPage() {
  const session = useSession()
  const reader = useReader()
  const nowMs = useNow(60)
  const navigate = useNavigate()
  const [zone, setZone] = useSearchParam('zone', reader.zone)
  const shown = usePeriod(zone, nowMs)
  const { period } = shown
  const current = useAsk('oncall.now', {})
  const mine = useAsk('oncall.myShifts', {})
  const policies = useAsk('oncall.listPolicies', {})
  const live = useAskPages('oncall.listPages', { state: 'open', limit: 10 })
  const ranges = useAsk('oncall.finalSchedules', {
    from: new Date(period.fromMs - beyondMs).toISOString(),
    to: new Date(period.toMs + beyondMs).toISOString(),
  }).data?.items.map((range) => touching(range, period.fromMs, period.toMs))
  usePeriodKeys(shown)
  const [adding, setAdding] = useState<'schedule' | 'policy' | 'calendar'>()
  const may = useMay()
  const items = current.data?.items ?? []
  const shifts = mine.data?.items ?? []
  const offers = useAsk('oncall.shiftOffers', {}).data?.items ?? []
  const actions = may('oncall.addSchedule') && (
    <>
      <Button onClick={() => setAdding('policy')}>Add policy…</Button>
      <Button onClick={() => setAdding('schedule')}>Add schedule…</Button>
    </>
  )
  return (
    <Page title="On-call" actions={actions || undefined}>
      {current.error && (
        <div className="p-4">
          <ErrorNotice
            what="Who is on call could not be read."
            todo={current.error.message}
            reference={current.error.reference}
            onRetry={() => void current.refetch()}
          />
        </div>
      )}
      {!current.data && !current.error && <Skeleton label="On-call" rows={6} tall />}
      {current.data && (
        <>
          <div className="px-4 pb-3">
            <Lead note={`Times in ${zoneWords(zone, nowMs)}`}>
              {onCallSentence(
                items,
                shifts.filter((shift) => Date.parse(shift.from) <= nowMs),
                { zone, nowMs },
              )}
            </Lead>
            {items.length === 0 && (
              <NoSchedule
                act={
                  may('oncall.addSchedule') ? (
                    <Button look="solid" onClick={() => setAdding('schedule')}>
                      Add the first schedule
                    </Button>
                  ) : undefined
                }
              />
            )}
          </div>
          <OfferedToMe offers={offers} me={session?.user.handle} zone={zone} />
          <Live pages={live.items ?? []} more={live.more} />
          {items.length > 0 && (
            <div className="max-tablet:hidden">
              <PeriodBar {...shown} zone={zone} setZone={setZone} zones={zonesOf(reader.zone, reader.zone, zone, shown.besideMs)} />
              {ranges && (
                <ScheduleGrid
                  caption={`Final schedules, ${period.words}`}
                  days={period.days}
                  columns={period.columns}
                  zone={zone}
                  lanes={ranges.map((range) => ({
                    id: range.schedule.id,
                    shifts: range.final.map((shift) => ({ ...shift, override: shift.override !== null, schedule: range.schedule.slug })),
                    gaps: faultsOf(range),
                    head: <LaneHead range={range} now={items.find((item) => item.schedule.id === range.schedule.id)} />,
                  }))}
                  onPick={(shift) =>
                    void navigate({
                      to: `/oncall/schedules/${shift.schedule}`,
                      search: { view: 'week', date: dateOf(Math.max(Date.parse(shift.from), period.fromMs), zone) },
                    })
                  }
                />
              )}
            </div>
          )}
          {items.length > 0 && (
            <div className="grid desk:grid-cols-3 max-tablet:border-t [&>*]:min-w-0 desk:[&>*+*]:border-l max-desk:[&>*+*]:border-t [&>*]:border-line">
              <div>
                {items.map((item) => (
                  <Panel
                    key={item.schedule.id}
                    title={
                      <TextLink quiet href={`/oncall/schedules/${item.schedule.slug}`}>
                        {item.schedule.name}
                      </TextLink>
                    }
                    note="now and next"
                  >
                    <NowAndNext item={item} zone={zone} brief />
                  </Panel>
                ))}
              </div>
              <div>
                <ShiftOffers offers={offers} me={session?.user.handle} zone={zone} />
                <Attention items={items} zone={zone} nowMs={nowMs} />
                <MyShifts shifts={shifts} onCalendar={() => setAdding('calendar')} />
              </div>
              <div>
                <Policies policies={policies.data?.items} />
              </div>
            </div>
          )}
          {items.length === 0 && <Policies policies={policies.data?.items} />}
        </>
      )}
      {adding === 'schedule' && <AddSchedule onClose={() => setAdding(undefined)} />}
      {adding === 'calendar' && <CalendarDialog onClose={() => setAdding(undefined)} />}
      {adding === 'policy' && <AddPolicy onClose={() => setAdding(undefined)} />}
    </Page>
  )
}

function NoSchedule({ act }: { act: ReactNode }) {
  return (
    <Empty title="Nobody takes turns yet" act={act}>
      A schedule says who is on call when. An escalation policy says whom a page tells, and who is next if nobody answers.
    </Empty>
  )
}

function LaneHead({ range: { schedule, layers }, now }: { range: Range; now: Now | undefined }) {
  const gap = now?.gap && !isOffHours(now.schedule, now.gap)
  return (
    <>
      <TextLink quiet href={`/oncall/schedules/${schedule.slug}`} className="self-start font-semibold">
        {schedule.name}
      </TextLink>
      {gap ? (
        <span className="text-meta text-red">A gap in the next 7 days</span>
      ) : (
        <span className="text-meta text-ink3">
          {layers.length} {layers.length === 1 ? 'layer' : 'layers'}, {schedule.zone}
        </span>
      )}
    </>
  )
}

function Live({ pages, more }: { pages: Parameters<typeof LiveRow>[0]['page'][] } & Pick<Parameters<typeof ShowMore>[0], 'more'>) {
  if (pages.length === 0) return null
  return (
    <Panel title="Live pages" note={more ? `more than ${pages.length}` : pages.length} className="border-t">
      <Rows>
        {pages.map((page) => (
          <LiveRow key={page.id} page={page} />
        ))}
      </Rows>
      <ShowMore more={more} />
    </Panel>
  )
}

function LiveRow({
  page,
}: {
  page: Pick<Parameters<typeof titleOf>[0], 'title' | 'severity'> & {
    id: string
    state: 'paging' | 'acknowledged' | 'exhausted' | 'ended'
    reason: string
    startedAt: string
  }
}) {
  return (
    <Row
      lead={<State {...pageStateOf(page.state)} glyphOnly />}
      note={asSentence(page.reason)}
      meta={<TimeText at={page.startedAt} form="relative" />}
    >
      <TextLink quiet href={`/pages/${page.id}`}>
        {titleOf(page)}
      </TextLink>
    </Row>
  )
}

function Attention({ items, zone, nowMs }: { items: readonly Now[]; zone: string; nowMs: number }) {
  const gaps = items.flatMap((item) =>
    item.gap && !isOffHours(item.schedule, item.gap) ? [{ schedule: item.schedule, gap: item.gap }] : [],
  )
  return (
    <Panel title="Needs attention" note="next 7 days">
      {gaps.length === 0 && <p className="text-ink2">Every schedule has somebody.</p>}
      <ul>
        {gaps.map(({ schedule, gap }) => (
          <li key={schedule.id} className="flex items-start gap-2 py-1">
            <span aria-hidden className="hatched mt-px size-4 shrink-0 rounded-chip border border-red" />
            <span className="min-w-0 flex-1 font-medium text-red">
              {schedule.name}: nobody, {spanWords(gap, zone, nowMs)}
            </span>
            <Button size="small" href={`/oncall/schedules/${schedule.slug}`}>
              Fill…
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function MyShifts({
  shifts,
  onCalendar,
}: {
  shifts: readonly { schedule: { slug: string; name: string; zone: string }; from: string; to: string }[]
  onCalendar: () => void
}) {
  const { zone } = useReader()
  const nowMs = useNow(60)
  return (
    <Panel
      title="My shifts"
      note="60 days ahead"
      className="border-t"
      actions={
        <Button size="small" icon={Rss} onClick={onCalendar}>
          Calendar links…
        </Button>
      }
    >
      {shifts.length === 0 && <p className="text-ink2">You are in no shift.</p>}
      <Rows>
        {shifts.slice(0, 8).map((shift) => {
          const now = Date.parse(shift.from) <= nowMs
          return (
            <Row key={`${shift.schedule.slug} ${shift.from}`} note={myShiftWords(shift, zone, nowMs)}>
              <TextLink quiet href={`/oncall/schedules/${shift.schedule.slug}`}>
                {shift.schedule.name}
              </TextLink>
              {now && <span className="ml-2 font-medium text-teal">now</span>}
            </Row>
          )
        })}
      </Rows>
    </Panel>
  )
}

function Policies({ policies }: { policies: { id: string; slug: string; name: string; levels: unknown[] }[] | undefined }) {
  return (
    <Panel title="Escalation policies">
      {policies?.length === 0 && <p className="text-ink2">None yet. Until a service has one, its alerts page nobody.</p>}
      <Rows>
        {(policies ?? []).map((policy) => (
          <Row key={policy.id} meta={`${policy.levels.length} ${policy.levels.length === 1 ? 'level' : 'levels'}`}>
            <TextLink quiet href={`/oncall/policies/${policy.slug}`}>
              {policy.name}
            </TextLink>
          </Row>
        ))}
      </Rows>
    </Panel>
  )
}
