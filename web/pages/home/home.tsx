// Home: what needs me now, by deadline; what happens; what was handled without waking anyone.
import { useAsk, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Columns, Lead, Page, useShell } from '../../shell/index.ts'
import {
  Button,
  Empty,
  ErrorNotice,
  PanelHeader,
  Reason,
  Row,
  Rows,
  Severity,
  Skeleton,
  State,
  TextLink,
  TimeText,
  useToast,
} from '../../ui/index.ts'
import { severityOf, stateOf } from '../alerts/alert-words.ts'
import { pageSeverityOf } from '../oncall/page-words.ts'
import { OpenIncidents } from '../incidents/open-incidents.tsx'
import { HomeSide } from './home-side.tsx'
import { useNeeds, type Need, type Needs } from './needs.ts'

export default function HomePage() {
  const shell = useShell()
  const all = useNeeds()
  const { settled } = all
  const may = useMay()
  const held = useAsk('alerts.list', may('alerts.list', null) ? { state: 'suppressed', limit: 6 } : undefined)
  return (
    <Page
      title="Home"
      actions={
        shell.onDeclare && (
          <Button keys="D" onClick={shell.onDeclare}>
            Declare incident
          </Button>
        )
      }
    >
      <Columns sideLabel="On call" side={<HomeSide />}>
        <Lead>{settled ? sentence(all) : 'Looking at what needs you…'}</Lead>
        {!settled ? <Skeleton rows={3} tall label="What needs you" /> : <NeedsList {...all} />}
        <OpenIncidents />
        {(held.data?.items.length ?? 0) > 0 && (
          <section className="mt-6" aria-label="Handled without waking anyone">
            <PanelHeader
              title="Handled without waking anyone"
              ruled
              actions={
                <TextLink href="/alerts?state=suppressed" quiet>
                  All held back
                </TextLink>
              }
            />
            <Rows>
              {held.data!.items.map((alert) => (
                <Row
                  key={alert.id}
                  lead={<State {...stateOf(alert.state)} glyphOnly />}
                  meta={<TimeText at={alert.lastAt} form="relative" />}
                >
                  <TextLink quiet href={`/alerts?state=suppressed&alert=${alert.id}`}>
                    {alert.title}
                  </TextLink>{' '}
                  <Reason quiet parts={alert.reason} />
                </Row>
              ))}
            </Rows>
          </section>
        )}
      </Columns>
    </Page>
  )
}

function NothingNeeded() {
  const may = useMay()
  const seesAlerts = may('alerts.count', null)
  const counts = useAsk('alerts.count', seesAlerts ? {} : undefined).data
  if (seesAlerts && !counts) return null
  return !counts ? (
    <Empty title="Nothing waits for you" attempt={<Button href="/updates">Read the updates</Button>}>
      What you are asked, and what is yours to do, will stand here.
    </Empty>
  ) : counts.open > 0 ? (
    <Empty title="Nobody is being paged" attempt={<Button href="/alerts">Look at the alerts</Button>}>
      {counts.more ? 'More than ' : ''}
      {counts.open.toLocaleString('en-GB')} {counts.open === 1 ? 'alert is' : 'alerts are'} open: somebody has them, they are held back, or
      they page nobody.
    </Empty>
  ) : (
    <Empty title="All quiet" attempt={may('integrations.add') && <Button href="/settings/integrations">Connect a monitor</Button>}>
      Pages, questions of runbooks and reviews that wait for you will stand here.
    </Empty>
  )
}

function NeedsList({ needs, more, failure: unread }: Needs) {
  const acknowledge = useDo('alerts.acknowledgeGroup')
  const answer = useDo('oncall.acknowledge')
  const may = useMay()
  const toast = useToast()
  const acknowledged = { onSuccess: () => toast({ text: 'Acknowledged. Nobody else is paged.' }) }
  const failure = acknowledge.error ?? answer.error
  const notRead = unread !== undefined && <ErrorNotice what="Not all that needs you could be read." todo={unread} />
  if (needs.length === 0) return notRead || <NothingNeeded />
  return (
    <>
      {notRead}
      {failure && <ErrorNotice what={failure.message} reference={failure.reference} />}
      <Rows label="What needs you">
        {needs.map((need, index) => (
          <Row
            key={need.id}
            lead={
              <State
                kind={need.kind === 'ask' ? 'held' : 'new'}
                word={{ page: 'Paging you', group: 'Paging', ask: 'Waiting' }[need.kind]}
                glyphOnly
              />
            }
            note={need.note}
            meta={
              <>
                {need.since && <TimeText at={need.since} form="relative" className="max-tablet:hidden" />}
                {need.kind === 'group' && !may('alerts.acknowledgeGroup') ? null : need.kind !== 'ask' ? (
                  <Button
                    look={index === 0 ? 'solid' : 'outline'}
                    sending={acknowledge.isPending || answer.isPending}
                    onClick={() =>
                      need.kind === 'page'
                        ? answer.mutate({ pageId: need.pageId }, acknowledged)
                        : acknowledge.mutate({ groupId: need.groupId }, acknowledged)
                    }
                  >
                    Acknowledge
                  </Button>
                ) : (
                  <Button look={index === 0 ? 'solid' : 'outline'} href={need.href}>
                    {need.act}
                  </Button>
                )}
              </>
            }
          >
            {severity(need) && <Severity {...severity(need)!} small />}{' '}
            <TextLink quiet href={need.href}>
              {need.title}
            </TextLink>
          </Row>
        ))}
      </Rows>
      {more && (
        <p className="py-2 text-ink2">
          {more.words} <TextLink href={more.href}>See all</TextLink>
        </p>
      )}
    </>
  )
}

const severity = (need: Need) =>
  need.kind === 'group' ? severityOf(need.severity) : need.kind === 'page' ? pageSeverityOf(need.severity) : undefined

const words = [
  'Nothing',
  'One thing',
  'Two things',
  'Three things',
  'Four things',
  'Five things',
  'Six things',
  'Seven things',
  'Eight things',
  'Nine things',
]

function sentence({ needs, more, failure }: Needs): string {
  const now = needs.filter((need) => need.kind !== 'ask').length
  if (needs.length === 0) return failure === undefined ? 'Nothing needs you' : 'What needs you is not known'
  if (more) return `More than ${needs.length} things need you`
  const all = `${words[needs.length] ?? `${needs.length} things`} need${needs.length === 1 ? 's' : ''} you`
  return now === 0 || now === needs.length
    ? now === 0
      ? all
      : `${all} now`
    : `${all}, ${(words[now] ?? String(now)).split(' ')[0]!.toLowerCase()} of them now`
}
