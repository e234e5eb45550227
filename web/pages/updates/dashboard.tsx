// Updates: one honest sentence, the four answers about each open incident, and how everything that customers see is.
import { useAsk } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Columns, Lead, Page } from '../../shell/index.ts'
import {
  absoluteTime,
  Button,
  DescriptionList,
  durationWords,
  Empty,
  ErrorNotice,
  HealthShape,
  Panel,
  PanelHeader,
  Row,
  Rows,
  Skeleton,
  StackedDays,
  TabLinks,
  TextLink,
  TimeText,
  useReader,
} from '../../ui/index.ts'
import { FollowMenu, FollowPanel } from './following.tsx'
import { TroubleBox } from './trouble-box.tsx'
import { daysOf, healthOf, shareWords, tabs, type Dashboard } from './update-words.ts'

export default function UpdatesPage() {
  const { data, error } = useAsk('status.dashboard', {}, { refetchSeconds: 60 })
  const { zone } = useReader()
  return (
    <Page title="Updates" bar={<TabLinks label="Updates" tabs={tabs} current="now" />} actions={<FollowMenu />}>
      {error && (
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} />
        </div>
      )}
      {!data && !error && <Skeleton label="Updates" />}
      {data && (
        <Columns sideLabel="Beside it" side={<Side data={data} />}>
          <Lead
            note={`As of ${absoluteTime(Date.parse(data.asOf), { zone, nowMs: Date.parse(data.asOf) })}. You need not ask anybody: every update lands here first.`}
          >
            {data.sentence}
          </Lead>
          <div className="flex flex-col gap-3 py-2">
            {data.troubles.map((trouble, index) => (
              <TroubleBox key={trouble.incident.id} trouble={trouble} open={index === 0} />
            ))}
          </div>
          <Everything components={data.components} />
        </Columns>
      )}
    </Page>
  )
}

function Everything({ components }: Pick<Dashboard, 'components'>) {
  const may = useMay()
  if (components.length === 0) {
    return (
      <Empty title="No component yet" act={may('status.addComponent', null) && <Button href="/status-pages">Add components</Button>}>
        A component is what the outside sees of what can break: card payments, sign-in, search. Updates say how each of them is.
      </Empty>
    )
  }
  return (
    <section aria-label="Everything customers see" className="mt-4">
      <PanelHeader title="Everything customers see" ruled note="90 days" />
      <ul>
        {components.map((component) => {
          const days = daysOf(component.days)
          return (
            <li key={component.id} className="flex min-h-[33px] flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-1.5">
              <HealthShape health={healthOf(component.status)} />
              <span className="w-44 font-medium">{component.name}</span>
              <span className="min-w-40 flex-1 text-ink2">{component.note}</span>
              <span className="flex w-full justify-end tablet:w-[300px]">
                {days.length > 0 && (
                  <span className="block" style={{ width: `${(days.length / component.days.length) * 100}%` }}>
                    <StackedDays label={component.name} days={days} />
                  </span>
                )}
              </span>
              <span className="w-16 text-right text-ink3 tabular-nums">{shareWords(component.availability)}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Side({ data }: { data: Dashboard }) {
  const may = useMay()
  const planned = useAsk('status.listMaintenances', {})
  const told = data.troubles.reduce((sum, { mailed }) => sum + mailed, 0)
  const [month, before] = data.months
  return (
    <>
      {data.troubles.length > 0 && (
        <Panel title="Figures that matter">
          <DescriptionList
            apart
            termWidth={200}
            ruled
            items={[
              { term: 'Told by e-mail, last updates', value: told.toLocaleString('en-GB') },
              { term: 'Updates published', value: data.troubles.reduce((sum, { updates }) => sum + updates.length, 0) },
            ]}
          />
        </Panel>
      )}
      <Panel
        title="Planned work"
        actions={
          may('status.planMaintenance', null) && (
            <TextLink quiet href="/status-pages">
              Plan…
            </TextLink>
          )
        }
      >
        {planned.data?.items.length === 0 && <p className="text-ink2">None is announced.</p>}
        <Rows>
          {(planned.data?.items ?? []).map((work) => (
            <Row
              key={work.id}
              note={
                <>
                  <TimeText at={work.startsAt} form="absolute" /> to <TimeText at={work.endsAt} form="absolute" />
                </>
              }
            >
              <span className="font-medium">{work.title}</span>
            </Row>
          ))}
        </Rows>
      </Panel>
      <FollowPanel />
      {month && (
        <Panel title="This month">
          <p className="text-ink2">
            {monthWords(month)} The month before: {before ? monthWords(before) : 'nothing known.'}{' '}
            {may('insights.response', null) && <TextLink href="/insights">Insights</TextLink>}
          </p>
        </Panel>
      )}
    </>
  )
}

const monthWords = ({ incidents, seconds }: Dashboard['months'][number]): string =>
  incidents === 0
    ? 'No incident was told of.'
    : `${incidents} ${incidents === 1 ? 'incident was' : 'incidents were'} told of, for ${durationWords(seconds)} in all.`
