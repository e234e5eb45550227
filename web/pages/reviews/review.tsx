// One review: facts, sections, action items, the record; written here, published here, printed from here.
import { useParams } from '@tanstack/react-router'
import { ask } from '../../api/client.ts'
import { useAsk, useAskAll, useAskPages, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Page } from '../../shell/index.ts'
import {
  Button,
  DescriptionList,
  durationWords,
  Empty,
  ErrorNotice,
  PanelHeader,
  Person,
  Select,
  Severity,
  ShowMore,
  Skeleton,
  TextInput,
  useReader,
  useToast,
} from '../../ui/index.ts'
import { ActionRows, AddAction } from './action-items.tsx'
import { dateWords, momentWords, severityOf, type Review } from './review-words.ts'
import { SectionEditor } from './section-editor.tsx'

export default function ReviewPage() {
  const { incident = '' } = useParams({ strict: false }) as { incident?: string }
  const { data: review, error } = useAsk('reviews.get', { incident })
  const may = useMay()
  const crumbs = [
    { label: 'Reviews', href: '/reviews' },
    { label: `INC-${review?.incident.number ?? incident}`, href: `/incidents/${review?.incident.number ?? incident}`, mono: true },
    { label: 'Review' },
  ]
  return (
    <Page
      title={review ? `Review of INC-${review.incident.number}` : 'Review'}
      crumbs={crumbs}
      actions={review && <Acts review={review} />}
    >
      {!review && !error && <Skeleton label="Review" />}
      {error && (
        <div className="p-4">
          {error.code === 'missing' ? <None incident={incident} /> : <ErrorNotice what={error.message} reference={error.reference} />}
        </div>
      )}
      {review && (
        <article className="mx-auto max-w-[760px] px-4 pb-10">
          <Head review={review} />
          {review.sections.map((section) => (
            <SectionEditor
              key={section.id}
              incident={incident}
              section={section}
              filled={section.id === 'actions' && review.actions.length > 0}
            />
          ))}
          <section className="border-b border-line py-4">
            <PanelHeader title="Action items" note={review.actions.length} />
            <ActionRows items={review.actions} editable={may('reviews.changeActionItem')} />
            {may('reviews.addActionItem') && <AddAction incident={incident} />}
          </section>
          <Record incident={incident} />
        </article>
      )}
    </Page>
  )
}

function Head({ review }: { review: Review }) {
  const { incident } = review
  const writes = useMay()('reviews.setOwner')
  const setOwner = useDo('reviews.setOwner')
  const people = useAskAll('directory.listUsers', writes ? {} : undefined)
  const lasted = incident.resolvedAt ? durationWords((Date.parse(incident.resolvedAt) - Date.parse(incident.openedAt)) / 1000) : undefined
  return (
    <header className="border-b border-line pt-5 pb-4">
      <p className="flex items-center gap-2">
        <Severity {...severityOf(incident.severity)} over /> <span className="font-mono text-ink2">INC-{incident.number}</span>
      </p>
      <h1 className="mt-1 text-lead font-semibold">{incident.title}</h1>
      <DescriptionList
        items={[
          { term: 'Began', value: <Moment at={incident.openedAt} /> },
          {
            term: 'Resolved',
            value: incident.resolvedAt ? (
              <>
                <Moment at={incident.resolvedAt} />, after {lasted}
              </>
            ) : (
              'not yet'
            ),
          },
          {
            term: 'State',
            value: review.publishedAt ? (
              <>
                published <Moment at={review.publishedAt} />
              </>
            ) : (
              `draft, due ${dateWords(review.dueOn)}${review.overdue ? ', overdue' : ''}`
            ),
          },
          { term: 'Written by', value: review.owner ? <Person person={review.owner} /> : 'nobody yet' },
        ]}
      />
      {review.notReady && !review.publishedAt && (
        <p aria-hidden className="text-ink2 tablet:hidden" data-print="no">
          {review.notReady}
        </p>
      )}
      {writes && !review.publishedAt && (
        <div className="mt-2 flex flex-wrap gap-2" data-print="no">
          <Select
            label="Who writes it"
            placeholder="Nobody"
            value={review.owner?.handle ?? ''}
            className="w-44"
            options={(people.data?.items ?? []).map(({ handle, name }) => ({ value: handle, label: name }))}
            onChange={(event) => setOwner.mutate({ incident: incident.id, owner: event.target.value || null })}
          />
          <TextInput
            label="Due"
            type="date"
            value={review.dueOn}
            className="w-36"
            onChange={(event) => event.target.value && setOwner.mutate({ incident: incident.id, due: event.target.value })}
          />
        </div>
      )}
      {setOwner.error && <ErrorNotice what={setOwner.error.message} />}
    </header>
  )
}

function Moment({ at }: { at: string }) {
  const { zone } = useReader()
  return (
    <time dateTime={at} className="whitespace-nowrap">
      {momentWords(at, zone)}
    </time>
  )
}

function Acts({ review }: { review: Review }) {
  const writes = useMay()('reviews.publish')
  const publish = useDo('reviews.publish')
  const toast = useToast()
  const incident = String(review.incident.number)
  return (
    <>
      {publish.error && (
        <span role="alert" className="text-red">
          {publish.error.message}
        </span>
      )}
      <Button onClick={() => window.print()}>Print</Button>
      <Button onClick={() => void save(incident)}>Markdown</Button>
      {review.notReady && !review.publishedAt && (
        <span id="not-ready" className="max-w-64 text-meta text-ink2 max-tablet:sr-only">
          {review.notReady}
        </span>
      )}
      {writes && !review.publishedAt && (
        <Button
          look="solid"
          disabled={review.notReady !== null}
          title={review.notReady ?? undefined}
          aria-describedby="not-ready"
          sending={publish.isPending}
          onClick={() =>
            publish.mutate({ incident }, { onSuccess: () => toast({ text: 'Published. Everybody who sees the incident can read it.' }) })
          }
        >
          Publish
        </Button>
      )}
    </>
  )
}

/** The whole record, for reading and for print; the incident's page shows it live. */
function Record({ incident }: { incident: string }) {
  const { items, error, more } = useAskPages('incidents.timeline', { incident, limit: 200 })
  return (
    <section className="py-4">
      <PanelHeader title="Record" note={items && (more ? `the newest ${items.length} entries` : `${items.length} entries`)} />
      {error && <ErrorNotice what={error.message} />}
      <ShowMore more={more}>Show what came before</ShowMore>
      <table className="w-full text-left">
        <thead>
          <tr className="text-meta text-ink2">
            <th scope="col" className="w-44 font-normal">
              Time
            </th>
            <th scope="col" className="font-normal">
              What happened
            </th>
          </tr>
        </thead>
        <tbody>
          {[...(items ?? [])].reverse().map((entry) => (
            <tr key={entry.id} className="border-t border-line align-top">
              <td className="py-1 text-ink2">
                <Moment at={entry.at} />
              </td>
              <td className="py-1 wrap-break-word">
                {entry.sentence}
                {entry.text !== null && !entry.sentence.includes(entry.text) && (
                  <div className="whitespace-pre-line text-ink2">{entry.text}</div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function None({ incident }: { incident: string }) {
  const may = useMay()
  const open = useDo('reviews.open')
  return (
    <Empty
      title="This incident has no review"
      act={
        may('reviews.open') && (
          <Button look="solid" sending={open.isPending} onClick={() => open.mutate({ incident })}>
            Open a review
          </Button>
        )
      }
    >
      Its process did not ask for one. A review can be written all the same. {open.error && open.error.message}
    </Empty>
  )
}

async function save(incident: string): Promise<void> {
  const { markdown, fileName } = await ask('reviews.export', { incident })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([markdown], { type: 'text/markdown' }))
  link.download = fileName
  link.click()
  URL.revokeObjectURL(link.href)
}
