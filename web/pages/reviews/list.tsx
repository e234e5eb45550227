// Reviews: what is being written, by whom and until when; what was published; and the action items that are open.
import { useAsk, useAskAll, useAskPages } from '../../api/hooks.ts'
import { Columns, Lead, Page } from '../../shell/index.ts'
import { Empty, ErrorNotice, Panel, PanelHeader, Row, Rows, Severity, ShowMore, Skeleton, TextLink, TimeText } from '../../ui/index.ts'
import { ActionRows } from './action-items.tsx'
import { dateWords, severityOf } from './review-words.ts'

export default function ReviewsPage() {
  const drafts = useAskAll('reviews.list', { state: 'draft' })
  const published = useAskPages('reviews.list', { state: 'published', limit: 50 })
  const mine = useAsk('reviews.listActionItems', { mine: 'true', state: 'open' })
  const open = useAsk('reviews.listActionItems', { state: 'open' })
  const error = drafts.error ?? published.error ?? mine.error
  const items = drafts.data?.items ?? []
  const overdue = items.filter((review) => review.overdue).length + (open.data?.items ?? []).filter((item) => item.overdue).length
  return (
    <Page title="Reviews" note={drafts.data ? `${items.length} in writing` : undefined}>
      {error && (
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} />
        </div>
      )}
      {!drafts.data && !error && <Skeleton label="Reviews" />}
      {drafts.data && published.items && (
        <Columns
          sideLabel="Action items"
          side={
            <>
              <Panel title="Your action items" note={mine.data?.items.length}>
                {mine.data?.items.length === 0 && <p className="text-ink2">You owe nothing.</p>}
                <ActionRows items={mine.data?.items ?? []} withIncident />
              </Panel>
              <Panel title="All open action items" note={open.data?.items.length}>
                <ActionRows items={open.data?.items ?? []} withIncident />
              </Panel>
            </>
          }
        >
          <Lead>{leadOf(items.length, overdue)}</Lead>
          {items.length + published.items.length === 0 && (
            <Empty title="No review yet">
              A review begins by itself when an incident is resolved whose process wants one. It is blameless: systems fail, people act.
            </Empty>
          )}
          {items.length > 0 && <PanelHeader title="In writing" ruled />}
          <Rows label="In writing">
            {items.map((review) => (
              <Row
                key={review.id}
                lead={<Severity {...severityOf(review.incident.severity)} over small />}
                meta={<span className={review.overdue ? 'text-red' : ''}>due {dateWords(review.dueOn)}</span>}
                note={
                  <>
                    {review.owner ? `${review.owner.name} writes it` : 'Nobody writes it yet'} · {review.written} of {review.sections}{' '}
                    sections written, {review.actions} action items
                  </>
                }
              >
                <TextLink quiet href={`/incidents/${review.incident.number}/review`}>
                  {review.incident.title}
                </TextLink>
              </Row>
            ))}
          </Rows>
          {published.items.length > 0 && (
            <div className="pt-5">
              <PanelHeader title="Published" ruled note="newest first" />
            </div>
          )}
          <Rows label="Published">
            {published.items.map((review) => (
              <Row
                key={review.id}
                lead={<Severity {...severityOf(review.incident.severity)} over small />}
                meta={review.publishedAt && <TimeText at={review.publishedAt} form="day" />}
                note={`${review.openActions} of ${review.actions} action items open`}
              >
                <TextLink quiet href={`/incidents/${review.incident.number}/review`}>
                  {review.incident.title}
                </TextLink>
              </Row>
            ))}
          </Rows>
          <ShowMore more={published.more}>Show earlier ones</ShowMore>
        </Columns>
      )}
    </Page>
  )
}

function leadOf(drafts: number, overdue: number): string {
  const writing =
    drafts === 0 ? 'No review waits to be written' : drafts === 1 ? 'One review is being written' : `${drafts} reviews are being written`
  return overdue === 0 ? writing : `${writing}, ${overdue} ${overdue === 1 ? 'thing is' : 'things are'} overdue`
}
