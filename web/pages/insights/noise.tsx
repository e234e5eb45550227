// What paged somebody for nothing: alert groups that were over before anybody acknowledged them.
import type { Input } from '../../api/client.ts'
import { useAsk } from '../../api/hooks.ts'
import { Lead } from '../../shell/index.ts'
import { Button, durationWords, ErrorNotice, PanelHeader, Skeleton, Table, TextLink } from '../../ui/index.ts'
import { saveCsv } from './csv.ts'

export function Noise({ range }: { range: Input<'insights.noise'> }) {
  const { data, error } = useAsk('insights.noise', range)
  if (error) return <ErrorNotice what={error.message} reference={error.reference} />
  if (!data) return <Skeleton label="Noise" />
  const { paged, unneeded, services } = data
  const change =
    unneeded.change === null || unneeded.change.difference === 0
      ? ''
      : `, ${Math.abs(unneeded.change.difference)} ${unneeded.change.difference < 0 ? 'fewer' : 'more'} than before`
  const rows = services.filter((service) => service.unneeded > 0)
  return (
    <>
      <Lead
        note={
          unneeded.value
            ? 'It paged, and resolved by itself before anybody acknowledged it. Hold it a little longer, group it, or let it be seen without a page.'
            : undefined
        }
      >
        {paged === 0 ? 'Nothing paged' : `${unneeded.value ?? 0} of ${paged} paging alert groups needed nobody${change}`}
      </Lead>
      <PanelHeader
        title="By service"
        note="the share is told from n = 5 on"
        ruled
        actions={
          <Button
            look="quiet"
            size="small"
            onClick={() =>
              saveCsv(
                'noise',
                ['service', 'paged', 'needed nobody', 'share', 'median seconds'],
                services.map((row) => [row.service?.name ?? 'none', row.paged, row.unneeded, row.share, row.medianSeconds]),
              )
            }
          >
            CSV
          </Button>
        }
      />
      {rows.length === 0 && (
        <p className="py-2 text-ink2">
          {paged === 0 ? 'No alert paged anybody in this stretch.' : 'Everything that paged was acknowledged, or is still open.'}
        </p>
      )}
      {rows.length > 0 && (
        <Table
          caption="Noise by service"
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
            { id: 'unneeded', head: 'Needed nobody', numeric: true, cell: (row) => row.unneeded },
            { id: 'paged', head: 'Paged', numeric: true, cell: (row) => row.paged },
            {
              id: 'share',
              head: 'Share',
              numeric: true,
              cell: ({ share }) => (share === null ? 'too few' : `${Math.round(share * 100)} %`),
            },
            {
              id: 'after',
              head: 'Over after, median',
              numeric: true,
              cell: ({ medianSeconds }) => (medianSeconds === null ? '–' : durationWords(Math.round(medianSeconds))),
            },
          ]}
        />
      )}
    </>
  )
}
