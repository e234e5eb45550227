// Insights: a claim, five figures with change and n, and the plots behind it. Every figure is also a table and a CSV.
import { useParams } from '@tanstack/react-router'
import { useAskAll } from '../../api/hooks.ts'
import { Page, useSearchParam } from '../../shell/index.ts'
import { Select, TabLinks, TimeText, useNow } from '../../ui/index.ts'
import { Load } from './load.tsx'
import { Noise } from './noise.tsx'
import { Response } from './response.tsx'

const day = 86_400_000
const stretches = [
  { value: '4', label: 'Last 4 weeks' },
  { value: '12', label: 'Last 12 weeks' },
  { value: '26', label: 'Last half year' },
  { value: '52', label: 'Last year' },
]
const tabs = [
  { id: 'response', label: 'Response' },
  { id: 'load', label: 'On-call load' },
  { id: 'noise', label: 'Noise' },
]

export default function InsightsPage() {
  const { tab = 'response' } = useParams({ strict: false }) as { tab?: string }
  const [weeks, setWeeks] = useSearchParam('weeks', '12')
  const [team, setTeam] = useSearchParam('team')
  const teams = useAskAll('directory.listTeams', {})
  // To the next turn of the hour, so that a page left open does not ask anew each minute.
  const to = useNow(3600) + 3_600_000
  const range = { from: new Date(to - Number(weeks) * 7 * day).toISOString(), to: new Date(to).toISOString(), ...(team ? { team } : {}) }
  const query = `${weeks === '12' ? '' : `weeks=${weeks}`}${team ? `&team=${team}` : ''}`
  const links = tabs.map((one) => ({ ...one, href: `/insights/${one.id}${query ? `?${query}` : ''}` }))
  return (
    <Page
      title="Insights"
      still
      note={
        <>
          from <TimeText at={range.from} form="day" />
        </>
      }
      bar={
        <>
          <TabLinks label="Insights" tabs={links} current={tab} />
          <Select
            label="Stretch"
            labelHidden
            options={stretches}
            value={weeks}
            onChange={(event) => setWeeks(event.target.value)}
            className="w-36"
          />
          <Select
            label="Team"
            labelHidden
            placeholder="All teams"
            value={team}
            onChange={(event) => setTeam(event.target.value)}
            options={(teams.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
            className="w-36"
          />
        </>
      }
    >
      <div className="px-4 pb-8 tablet:px-6">
        {tab === 'load' ? <Load range={range} /> : tab === 'noise' ? <Noise range={range} /> : <Response range={range} />}
      </div>
    </Page>
  )
}
