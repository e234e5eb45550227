// One live page: what it is about, who is next and when, whom it told by what with which outcome, and the reason of every decision.
import { useParams } from '@tanstack/react-router'
import { useAsk } from '../../api/hooks.ts'
import { Columns, Lead, Page } from '../../shell/index.ts'
import {
  ClockDigits,
  DescriptionList,
  ErrorNotice,
  Panel,
  PanelHeader,
  Person,
  Reason,
  ReasonTrace,
  Row,
  Rows,
  Severity,
  Skeleton,
  State,
  StateGlyph,
  TextLink,
  TimeText,
} from '../../ui/index.ts'
import { deliveryGlyph, deliverySentence } from './delivery-words.ts'
import { PageActs } from './page-acts.tsx'
import { asSentence, isPageOver, pageSeverityOf, pageStateOf, stepWords, titleOf, type LivePage } from './page-words.ts'

const crumbs = [{ label: 'On-call', href: '/oncall' }, { label: 'Page' }]

/** /pages/:id */
export default function LivePagePage() {
  const { pageId = '' } = useParams({ strict: false }) as { pageId?: string }
  const { data: page, error, refetch } = useAsk('oncall.getPage', { pageId: pageId as `pag_${string}` })
  if (error)
    return (
      <Page title="Page" crumbs={crumbs}>
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} onRetry={() => void refetch()} />
        </div>
      </Page>
    )
  return (
    <Page title={page ? titleOf(page) : 'Page'} crumbs={crumbs} layout="fixed">
      {!page ? (
        <Skeleton label="Page" rows={6} tall />
      ) : (
        <>
          <div className="min-h-0 flex-1 overflow-y-auto">
            <Columns sideLabel="Facts and trace" side={<Side page={page} />} sideWidth={380}>
              <Head page={page} />
              <Told page={page} />
            </Columns>
          </div>
          <div className="border-t border-line bg-surface p-3 empty:hidden tablet:hidden">
            <PageActs page={page} thumb />
          </div>
        </>
      )}
    </Page>
  )
}

function Head({ page }: { page: LivePage }) {
  const severity = pageSeverityOf(page.severity)
  const state = pageStateOf(page.state)
  const over = isPageOver(page.state)
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 pt-4">
        <State kind={state.kind} word={state.word} />
        {severity && <Severity {...severity} over={over} />}
        {page.body && <span className="text-ink2">{page.body}</span>}
      </div>
      <div className="-mt-2">
        <Lead>{titleOf(page)}</Lead>
      </div>
      <p className="text-prose">
        <Reason parts={asSentence(page.reason)} />
      </p>
      {page.nextAt && page.next && (
        <p className="mt-2 text-prose">
          <strong>{page.next}</strong> {/ and |more$/.test(page.next) ? 'are' : 'is'} paged <TimeText at={page.nextAt} form="absolute" /> if
          nobody acknowledges it, <ClockDigits label="Next level" face={{ kind: 'due', due: page.nextAt }} before="in" />
        </p>
      )}
      {page.state === 'paging' && !page.nextAt && <p className="mt-2 text-prose text-red">Nobody is paged after this.</p>}
      <div className="mt-4 max-tablet:hidden">
        <PageActs page={page} />
      </div>
    </>
  )
}

function Told({ page }: { page: LivePage }) {
  return (
    <section className="mt-6" aria-label="Whom it told">
      <PanelHeader title="Whom it told" note={page.people.length === 0 ? 'nobody yet' : 'and what became of it'} ruled />
      <Rows>
        {page.people.map((one) => (
          <Row
            key={`${one.person.handle} ${one.level} ${one.round} ${one.at}`}
            className="items-start"
            note={
              <>
                <span className="text-ink2">{asSentence(one.reason)}</span>
                <ul className="mt-1">
                  {one.deliveries.map((delivery) => (
                    <li key={delivery.id} className="flex items-start gap-2 py-0.5">
                      <span className="flex h-[18px] items-center">
                        <StateGlyph kind={deliveryGlyph(delivery)} />
                      </span>
                      <span className="min-w-0 flex-1 text-ink2">{deliverySentence(delivery)}</span>
                      <TimeText at={delivery.settledAt ?? delivery.dueAt} form="record" className="text-meta text-ink3" />
                    </li>
                  ))}
                  {one.deliveries.length === 0 && <li className="py-0.5 text-ink3">Nothing was sent yet.</li>}
                </ul>
              </>
            }
          >
            <span className="flex justify-between gap-3">
              <Person
                person={{ id: one.person.id ?? one.person.handle, name: one.person.name }}
                strong
                role={`level ${one.level}${one.round > 1 ? `, round ${one.round}` : ''}`}
              />
              <TimeText at={one.at} form="relative" className="text-ink3" />
            </span>
          </Row>
        ))}
      </Rows>
    </section>
  )
}

function Side({ page }: { page: LivePage }) {
  return (
    <>
      <Panel title="Facts">
        <DescriptionList
          items={[
            {
              term: 'Policy',
              value: page.policy ? (
                <TextLink quiet href={`/oncall/policies/${page.policy}`}>
                  {page.policy}
                </TextLink>
              ) : (
                'none, begun by hand'
              ),
            },
            ...(page.groupId
              ? [
                  {
                    term: 'About',
                    value: (
                      <TextLink quiet href={`/alerts?state=all&text=${encodeURIComponent(titleOf(page))}`}>
                        its alerts
                      </TextLink>
                    ),
                  },
                ]
              : []),
            ...(page.incidentId
              ? [
                  {
                    term: 'Incident',
                    value: (
                      <TextLink quiet href={`/incidents/${page.incidentId}`}>
                        open it
                      </TextLink>
                    ),
                  },
                ]
              : []),
            { term: 'Began', value: <TimeText at={page.startedAt} form="absolute" /> },
            ...(page.acknowledgedAt
              ? [
                  {
                    term: 'Acknowledged',
                    value: (
                      <>
                        {page.acknowledgedBy?.name ?? 'by its source'}, <TimeText at={page.acknowledgedAt} form="absolute" />
                      </>
                    ),
                  },
                ]
              : []),
            ...(page.endedAt ? [{ term: 'Over', value: <TimeText at={page.endedAt} /> }] : []),
          ]}
        />
      </Panel>
      <Panel title="Every decision" className="border-t">
        <div className="mt-2">
          <ReasonTrace
            label="Every decision of this page"
            steps={page.steps.map((step) => ({
              id: String(step.seq),
              ...stepWords(step),
              reason: asSentence(step.reason),
              time: <TimeText at={step.at} form="record" />,
            }))}
          />
        </div>
        {page.steps.length === 0 && <p className="text-ink2">It has just begun.</p>}
      </Panel>
    </>
  )
}
