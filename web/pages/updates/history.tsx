// Every update that was published, newest first; with `incident`, those of one.
import { useAskPages } from '../../api/hooks.ts'
import { Lead, Page, useSearchParam } from '../../shell/index.ts'
import { Button, Empty, ErrorNotice, Row, Rows, ShowMore, Skeleton, TabLinks, TimeText } from '../../ui/index.ts'
import { tabs } from './update-words.ts'

export default function UpdateHistoryPage() {
  const [incident, setIncident] = useSearchParam('incident')
  const { items, error, more } = useAskPages('status.listUpdates', { limit: 100, ...(incident ? { incident } : {}) })
  return (
    <Page title="Updates" bar={<TabLinks label="Updates" tabs={tabs} current="history" />}>
      <div className="px-4 pb-6 tablet:px-6">
        {error && <ErrorNotice what={error.message} reference={error.reference} />}
        {!items && !error && <Skeleton label="Updates" />}
        {incident && (
          <Lead
            note={
              <Button size="small" onClick={() => setIncident(undefined)}>
                Show all incidents
              </Button>
            }
          >
            Updates about INC-{incident.replace(/^inc-/i, '')}
          </Lead>
        )}
        {items?.length === 0 && (
          <Empty title="No update yet">
            An update tells stakeholders who is hit, what is done, and when the next one comes. It is written on an incident’s page.
          </Empty>
        )}
        <Rows label="Updates">
          {items?.map((update) => (
            <Row
              key={update.id}
              note={
                <>
                  {update.author?.name ?? 'Tocsin'} · update {update.number} · {update.reason}
                </>
              }
            >
              <span className="flex justify-between gap-3">
                <span className="min-w-0">
                  <span className="font-semibold">{update.state}:</span> {update.headline}
                </span>
                <TimeText at={update.at} form="absolute" className="text-ink3" />
              </span>
              <p className="whitespace-pre-wrap text-ink2">{update.text}</p>
            </Row>
          ))}
        </Rows>
        <ShowMore more={more}>Show earlier ones</ShowMore>
      </div>
    </Page>
  )
}
