// Who is paged and when: shares by each person's own local time, and the hours of the week.
import type { Input, Output } from '../../api/client.ts'
import { useAsk } from '../../api/hooks.ts'
import { Lead } from '../../shell/index.ts'
import { Button, ErrorNotice, PanelHeader, Person, Skeleton } from '../../ui/index.ts'
import { saveCsv } from './csv.ts'

type Data = Output<'insights.load'>
const parts = [
  { key: 'working', label: 'Working hours', fill: 'bg-ramp1' },
  { key: 'evening', label: 'Evening, weekend', fill: 'bg-ramp2' },
  { key: 'night', label: 'Night', fill: 'bg-ramp3' },
] as const
const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

export function Load({ range }: { range: Input<'insights.load'> }) {
  const { data, error } = useAsk('insights.load', range)
  if (error) return <ErrorNotice what={error.message} reference={error.reference} />
  if (!data) return <Skeleton label="On-call load" />
  const nights = data.people.reduce((sum, { night }) => sum + night, 0)
  return (
    <>
      <Lead note="A person counts once per page, however often it came round.">
        {data.pages === 0 ? 'Nobody was paged' : `${data.pages} pages, ${nights} of them at night`}
      </Lead>
      <div className="grid gap-x-8 gap-y-6 py-3 desk:grid-cols-2">
        <People data={data} />
        <Hours data={data} />
      </div>
    </>
  )
}

function People({ data }: { data: Data }) {
  const most = Math.max(1, ...data.people.map(({ total }) => total))
  return (
    <section aria-label="Pages per person">
      <PanelHeader
        title="Pages per person"
        note="by their local time"
        actions={
          <Button
            look="quiet"
            size="small"
            onClick={() =>
              saveCsv(
                'pages-per-person',
                ['person', 'working hours', 'evening or weekend', 'night', 'all'],
                data.people.map(({ person, working, evening, night, total }) => [person.name, working, evening, night, total]),
              )
            }
          >
            CSV
          </Button>
        }
      />
      <p className="flex flex-wrap gap-3 pb-1 text-meta text-ink2">
        {parts.map(({ key, label, fill }) => (
          <span key={key} className="inline-flex items-center gap-1">
            <span aria-hidden className={`size-2.5 ${fill}`} />
            {label}
          </span>
        ))}
      </p>
      <ul>
        {data.people.map(({ person, total, ...counts }) => (
          <li key={person.id} className="flex min-h-8 items-center gap-2">
            <span className="w-32 shrink-0 truncate tablet:w-40">
              <Person person={person} />
            </span>
            <span
              aria-hidden
              className="flex h-4 shrink-0 gap-px [--whole:28%] tablet:[--whole:40%]"
              style={{ width: `calc(${total / most} * var(--whole))` }}
            >
              {parts.map(({ key, fill }) => counts[key] > 0 && <span key={key} className={fill} style={{ flexGrow: counts[key] }} />)}
            </span>
            <span className="whitespace-nowrap tabular-nums">
              {total}
              {counts.night > 0 && `, ${counts.night} at night`}
            </span>
            <span className="sr-only">{parts.map(({ key, label }) => `${label}: ${counts[key]}`).join(', ')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Hours({ data }: { data: Data }) {
  const most = Math.max(1, ...data.hours.flat())
  return (
    <section aria-label="When pages come">
      <PanelHeader
        title="When pages come"
        note={data.zone}
        actions={
          <Button
            look="quiet"
            size="small"
            onClick={() =>
              saveCsv(
                'pages-by-hour',
                ['day', ...Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))],
                data.hours.map((row, index) => [dayNames[index]!, ...row]),
              )
            }
          >
            CSV
          </Button>
        }
      />
      <div className="overflow-x-auto">
        <table className="w-full table-fixed border-separate border-spacing-px text-meta">
          <caption className="sr-only">Pages by day of the week and hour</caption>
          <thead>
            <tr>
              <th scope="col" className="w-10">
                <span className="sr-only">Day</span>
              </th>
              {Array.from({ length: 24 }, (_, hour) => (
                <th key={hour} scope="col" className="font-normal whitespace-nowrap text-ink3">
                  {hour % 6 === 0 ? String(hour).padStart(2, '0') : <span className="sr-only">{hour}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.hours.map((row, index) => (
              <tr key={dayNames[index]}>
                <th scope="row" className="text-left font-normal text-ink3">
                  {dayNames[index]}
                </th>
                {row.map((count, hour) => (
                  <td
                    key={hour}
                    className="h-6 rounded-[2px] text-center whitespace-nowrap tabular-nums"
                    style={{
                      background:
                        count === 0 ? 'var(--sunken)' : `color-mix(in oklab, var(--ramp1) ${100 - (count / most) * 60}%, var(--ramp3))`,
                    }}
                  >
                    {count > 0 ? <span className="rounded-chip bg-surface px-0.5">{count}</span> : <span className="sr-only">0</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
