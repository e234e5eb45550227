// How fast alerts are acknowledged and incidents resolved: the claim, the figures, two trends, and each service.
import { useState } from 'react'
import type { Input, Output } from '../../api/client.ts'
import { useAsk } from '../../api/hooks.ts'
import { Lead } from '../../shell/index.ts'
import { Button, durationWords, ErrorNotice, PanelHeader, Plot, SegmentedControl, Skeleton, Table, TextLink } from '../../ui/index.ts'
import { saveCsv } from './csv.ts'
import { Figure } from './figure.tsx'

type Data = Output<'insights.response'>
type Distribution = Data['acknowledge']
const seconds = (value: number | null) => (value === null ? '–' : durationWords(Math.round(value), true))

export function Response({ range }: { range: Input<'insights.response'> }) {
  const { data, error } = useAsk('insights.response', range)
  if (error) return <ErrorNotice what={error.message} reference={error.reference} />
  if (!data) return <Skeleton label="Response" />
  const { figures } = data
  return (
    <>
      <Lead note="Changes are against the stretch of the same length before it. Half of all cases are faster than the median.">
        {data.claim}
      </Lead>
      <dl className="flex flex-wrap gap-y-3 border-b border-line pb-4">
        <Figure label="Acknowledged, median" figure={figures.acknowledge} duration lessIsBetter />
        <Figure label="Restored, median" figure={figures.resolve} duration lessIsBetter />
        <Figure label="Incidents" figure={figures.incidents} lessIsBetter />
        <Figure label="Pages at night" figure={figures.nightPages} lessIsBetter note="22:00 to 07:00 local" />
        <Figure label="Alerts per page" figure={figures.alertsPerPage} digits={1} note="silenced, grouped or held" />
      </dl>
      <div className="grid gap-x-8 gap-y-6 py-5 desk:grid-cols-2">
        <Trend title="Time to acknowledge" data={data} of="acknowledge" />
        <Trend title="Time to restore" data={data} of="resolve" />
        <Counts data={data} />
        <Histogram data={data} />
      </div>
      <Services data={data} />
    </>
  )
}

const mondays = (data: Data) => data.weeks.map(({ week }) => Date.parse(week) / 1000)
const minutes = (value: number | null) => (value === null ? null : Math.round(value / 6) / 10)

function Trend({ title, data, of }: { title: string; data: Data; of: 'acknowledge' | 'resolve' }) {
  const enough = data.weeks.filter((week) => week[of].median !== null).length
  if (enough < 2)
    return <Missing title={title} reason={`No week has five of them (n = ${data[of].n} in all): a line would claim more than is known.`} />
  return (
    <Plot
      title={title}
      unit="per week, minutes; weeks under n = 5 are left out"
      times={mondays(data)}
      zone="UTC"
      series={[
        { label: 'half', look: 'ink', values: data.weeks.map((week) => minutes(week[of].median)) },
        { label: '9 of 10', look: 'dashed', values: data.weeks.map((week) => minutes(week[of].nineOfTen)) },
      ]}
    />
  )
}

function Counts({ data }: { data: Data }) {
  return (
    <Plot
      title="What came in"
      unit="per week"
      times={mondays(data)}
      zone="UTC"
      series={[
        { label: 'alerts', look: 'dashed', values: data.weeks.map(({ alerts }) => alerts) },
        { label: 'pages', look: 'ink', values: data.weeks.map(({ pages }) => pages) },
        { label: 'incidents', look: 'accent', values: data.weeks.map(({ incidents }) => incidents) },
      ]}
    />
  )
}

/** How many were how fast: bars with their numbers, so that it reads without seeing them. */
function Histogram({ data }: { data: Data }) {
  const [of, setOf] = useState<'acknowledge' | 'resolve'>('acknowledge')
  const { buckets, n } = data[of]
  const most = Math.max(1, ...buckets.map(({ count }) => count))
  const label = (index: number) => {
    const { upTo } = buckets[index]!
    const from = buckets[index - 1]?.upTo ?? 0
    return upTo === null ? `over ${durationWords(from!)}` : index === 0 ? `up to ${durationWords(upTo)}` : `to ${durationWords(upTo)}`
  }
  return (
    <figure>
      <figcaption className="flex min-h-7 items-center gap-2">
        <span className="font-semibold">How they spread</span> <span className="text-ink3">n = {n}</span>
        <SegmentedControl
          label="Of"
          value={of}
          onChange={setOf}
          options={[
            { value: 'acknowledge', label: 'Acknowledge' },
            { value: 'resolve', label: 'Restore' },
          ]}
          className="ml-auto"
        />
        <Button
          look="quiet"
          size="small"
          onClick={() =>
            saveCsv(
              `spread-${of}`,
              ['seconds up to', 'count'],
              buckets.map(({ upTo, count }) => [upTo, count]),
            )
          }
        >
          CSV
        </Button>
      </figcaption>
      <ul className="mt-2">
        {buckets.map(({ upTo, count }, index) => (
          <li key={upTo ?? 'over'} className="flex items-center gap-2 py-0.5">
            <span className="w-28 text-ink2">{label(index)}</span>
            <span className="h-4 bg-ramp2" style={{ width: `${(count / most) * 55}%` }} />
            <span className="tabular-nums">{count}</span>
          </li>
        ))}
      </ul>
    </figure>
  )
}

function Services({ data }: { data: Data }) {
  const cells = (one: Distribution) => (one.n === 0 ? '–' : `${seconds(one.median)} · ${seconds(one.nineOfTen)} · n = ${one.n}`)
  const rows = data.services
  return (
    <>
      <PanelHeader
        title="By service"
        note="median · 9 of 10 · n"
        ruled
        actions={
          <Button
            look="quiet"
            size="small"
            onClick={() =>
              saveCsv(
                'by-service',
                [
                  'service',
                  'acknowledge median s',
                  'acknowledge 9 of 10 s',
                  'n',
                  'restore median s',
                  'restore 9 of 10 s',
                  'n',
                  'incidents',
                ],
                rows.map(({ service, acknowledge, resolve, incidents }) => [
                  service?.name ?? 'none',
                  acknowledge.median,
                  acknowledge.nineOfTen,
                  acknowledge.n,
                  resolve.median,
                  resolve.nineOfTen,
                  resolve.n,
                  incidents,
                ]),
              )
            }
          >
            CSV
          </Button>
        }
      />
      {rows.length === 0 && <p className="py-2 text-ink2">Nothing happened in this stretch.</p>}
      {rows.length > 0 && (
        <Table
          caption="By service"
          rows={rows}
          rowId={({ service }) => service?.slug ?? 'none'}
          columns={[
            {
              id: 'service',
              head: 'Service',
              cell: ({ service }) =>
                service ? (
                  <TextLink quiet href={`/services/${service.slug}`}>
                    {service.name}
                  </TextLink>
                ) : (
                  <span className="text-ink3">none named</span>
                ),
            },
            { id: 'acknowledge', head: 'Acknowledged', numeric: true, cell: ({ acknowledge }) => cells(acknowledge) },
            { id: 'resolve', head: 'Restored', numeric: true, cell: ({ resolve }) => cells(resolve) },
            { id: 'incidents', head: 'Incidents', numeric: true, width: '90px', cell: ({ incidents }) => incidents },
          ]}
        />
      )}
    </>
  )
}

const Missing = ({ title, reason }: { title: string; reason: string }) => (
  <figure>
    <figcaption className="flex min-h-7 items-center font-semibold">{title}</figcaption>
    <p className="text-ink2">{reason}</p>
  </figure>
)
