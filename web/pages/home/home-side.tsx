// The side of Home: my shift and how I am reached, who is on call now, and the services.
import { useAsk } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import {
  absoluteTime,
  Button,
  clockTime,
  dayWords,
  Panel,
  Person,
  Row,
  Rows,
  TextLink,
  useNow,
  useReader,
  zoneName,
} from '../../ui/index.ts'
import { isOffHours, leftWords, named, personRef, untilWords, type Now } from '../oncall/schedule-words.ts'

export function HomeSide() {
  return (
    <>
      {useMay()('oncall.now', null) && <OnCall />}
      <Services />
    </>
  )
}

function OnCall() {
  const current = useAsk('oncall.now', {})
  const methods = useAsk('notifications.myMethods', {})
  const { zone } = useReader()
  const nowMs = useNow(60)
  const items = current.data?.items ?? []
  return (
    <>
      <Mine items={items} />
      {methods.data && (
        <Panel
          title="How a page reaches you"
          actions={
            <TextLink quiet href="/settings/me">
              Change
            </TextLink>
          }
          className="border-t"
        >
          <p className="text-ink2">
            {methods.data.plan.page.slice(0, 1).toUpperCase()}
            {methods.data.plan.page.slice(1)}.
          </p>
        </Panel>
      )}
      {items.length > 0 && (
        <Panel
          title="On call now"
          note={`until, ${zoneName(nowMs, zone)}`}
          actions={
            <TextLink quiet href="/oncall">
              All
            </TextLink>
          }
        >
          <ul>
            {items.map((item) => (
              <NowRow key={item.schedule.id} item={item} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

/** What the reader is on call for now; else when they are next. */
function Mine({ items }: { items: readonly Now[] }) {
  const { zone } = useReader()
  const nowMs = useNow(60)
  const shifts = useAsk('oncall.myShifts', {}).data?.items
  const now = shifts?.filter((shift) => Date.parse(shift.from) <= nowMs) ?? []
  if (!shifts || (now.length === 0 && shifts.length === 0)) return null
  if (now.length === 0) {
    const next = shifts[0]!
    return (
      <Panel title="You are not on call">
        <p className="text-ink2">
          Next {next.schedule.name}, from {absoluteTime(Date.parse(next.from), { zone, nowMs })}.
        </p>
      </Panel>
    )
  }
  return (
    <Panel title="You are on call">
      {now.map((shift) => {
        const next = items.find((item) => item.schedule.slug === shift.schedule.slug && item.until === shift.to)?.next
        return (
          <p key={shift.schedule.slug} className="text-ink2">
            <span className="block">
              <TextLink quiet href={`/oncall/schedules/${shift.schedule.slug}`} className="font-semibold text-ink">
                {shift.schedule.name}
              </TextLink>{' '}
              {untilWords(shift.to, zone, nowMs)}
            </span>
            {next && `${leftWords(shift.to, nowMs)}. Then ${named(next)}.`}
          </p>
        )
      })}
      <div className="mt-2">
        <Button size="small" href={`/oncall/schedules/${now[0]!.schedule.slug}`}>
          Hand over some hours…
        </Button>
      </div>
    </Panel>
  )
}

function NowRow({ item }: { item: Now }) {
  const { zone } = useReader()
  const nowMs = useNow(60)
  const [first] = item.people
  const meant = isOffHours(item.schedule, { from: item.at, to: item.until ?? item.at })
  return (
    <li className="flex min-h-7 items-center gap-2">
      <TextLink
        quiet
        href={`/oncall/schedules/${item.schedule.slug}`}
        className="w-24 shrink-0 truncate text-ink2 no-underline hover:underline"
      >
        {item.schedule.name}
      </TextLink>
      <span className="min-w-0 flex-1">
        {first ? (
          <Person person={personRef(first.person)} role={item.people.length > 1 ? `and ${item.people.length - 1} more` : undefined} />
        ) : (
          <span className={meant ? 'text-ink3' : 'font-medium text-red'}>Nobody{meant ? ', off hours' : ''}</span>
        )}
      </span>
      {item.until && <span className="shrink-0 text-ink3 tabular-nums">{shortWhen(Date.parse(item.until), zone, nowMs)}</span>}
    </li>
  )
}

/** "20:00" today, "Wed 09:00" within six days, else the day: the panel names the zone. */
function shortWhen(atMs: number, zone: string, nowMs: number): string {
  const day = dayWords(atMs, { zone, nowMs })
  if (day === dayWords(nowMs, { zone, nowMs })) return clockTime(atMs, zone)
  return atMs - nowMs < 6 * 86_400_000 ? `${day.split(' ')[0]} ${clockTime(atMs, zone)}` : day
}

function Services() {
  const may = useMay()
  const services = useAsk('directory.listServices', { limit: 8 })
  return (
    <Panel
      title="Services"
      actions={
        <TextLink quiet href="/services">
          All
        </TextLink>
      }
    >
      <Rows>
        {(services.data?.items ?? []).map((service) => (
          <Row key={service.id} meta={service.policy ?? 'nobody is paged'}>
            <TextLink quiet href={`/services/${service.slug}`}>
              {service.name}
            </TextLink>
          </Row>
        ))}
      </Rows>
      {services.data?.items.length === 0 && (
        <p className="text-ink2">None yet. {may('directory.addService') && <TextLink href="/services">Add the first one</TextLink>}</p>
      )}
    </Panel>
  )
}
