// One service: who owns it, whom it pages, what it needs, and what is wrong with it now.
import { useParams } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Columns, Lead, Page } from '../../shell/index.ts'
import {
  DescriptionList,
  ErrorNotice,
  Panel,
  PanelHeader,
  Reason,
  Row,
  Rows,
  Select,
  Severity,
  Skeleton,
  State,
  TextLink,
  TimeText,
} from '../../ui/index.ts'
import { isOver, severityOf, standingOf } from '../alerts/alert-words.ts'
import { ChangeLines } from '../changes/change-lines.tsx'

export default function ServicePage() {
  const { slug = '' } = useParams({ strict: false }) as { slug?: string }
  const { data: service, error } = useAsk('directory.getService', { service: slug })
  const mayRead = useMay()('alerts.list', null)
  const alerts = useAsk('alerts.list', mayRead ? { service: slug, limit: 20 } : undefined)
  const open = useAsk('alerts.list', mayRead ? { service: slug, state: 'open', limit: 20 } : undefined)
  if (error)
    return (
      <Page title="Service" crumbs={[{ label: 'Services', href: '/services' }]}>
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} />
        </div>
      </Page>
    )
  return (
    <Page title={service?.name ?? 'Service'} crumbs={[{ label: 'Services', href: '/services' }, { label: service?.name ?? slug }]}>
      {!service ? (
        <Skeleton label="Service" />
      ) : (
        <Columns sideLabel="Facts" side={<Facts service={service} />}>
          <Lead note={service.description || undefined}>
            {open.data
              ? openWords(service.name, open.data.items.filter(({ state }) => !isOver(state)).length, open.data.nextCursor !== undefined)
              : service.name}
          </Lead>
          {(mayRead || alerts.error) && <PanelHeader title="Alerts" ruled note="newest change first" />}
          {alerts.error && (
            <ErrorNotice what="Its alerts could not be read." todo={alerts.error.message} reference={alerts.error.reference} />
          )}
          <Rows>
            {(alerts.data?.items ?? []).map((alert) => (
              <Row
                key={alert.id}
                lead={
                  <>
                    <State {...standingOf(alert)} glyphOnly />
                    <span className="ml-2">
                      <Severity {...severityOf(alert.severity)} over={isOver(alert.state)} small />
                    </span>
                  </>
                }
                meta={<TimeText at={alert.lastAt} form="relative" />}
                note={<Reason parts={alert.reason} />}
              >
                <TextLink quiet href={`/alerts?state=all&alert=${alert.id}`}>
                  {alert.title}
                </TextLink>
              </Row>
            ))}
          </Rows>
          {alerts.data?.items.length === 0 && <p className="py-2 text-ink2">No alert has named it yet.</p>}
        </Columns>
      )}
    </Page>
  )
}

const openWords = (name: string, open: number, more: boolean): string =>
  open === 0 ? `${name} has no open alert` : `${name} has ${more ? 'more than ' : ''}${open} open ${open === 1 ? 'alert' : 'alerts'}`

function Facts({
  service,
}: {
  service: {
    slug: string
    team: { id: string; name: string; slug: string } | null
    tier: number
    policy: string | null
    dependsOn: string[]
    links: { href: string; text: string }[]
  }
}) {
  const may = useMay()
  const mayChange = may('directory.changeService', service.team?.id ?? null)
  const policies = useAsk('oncall.listPolicies', may('oncall.listPolicies', null) ? {} : undefined).data?.items
  const policy =
    policies?.find(({ slug }) => slug === service.policy) ?? (service.policy ? { slug: service.policy, name: service.policy } : undefined)
  const sees = may('changes.list', null)
  const changes = useAsk('changes.list', sees ? { service: service.slug, limit: 5 } : undefined)
  const change = useDo('directory.changeService')
  return (
    <>
      <Panel title="Facts">
        <DescriptionList
          items={[
            { term: 'Owner', value: service.team?.name ?? 'nobody' },
            { term: 'Tier', value: service.tier },
            { term: 'Name in alerts', value: `service=${service.slug}`, mono: true },
            {
              term: 'Needs',
              value:
                service.dependsOn.length === 0
                  ? 'nothing'
                  : service.dependsOn.map((slug, n) => (
                      <Fragment key={slug}>
                        {n > 0 && ', '}
                        <TextLink quiet href={`/services/${slug}`}>
                          {slug}
                        </TextLink>
                      </Fragment>
                    )),
            },
          ]}
        />
      </Panel>
      {sees && (
        <Panel
          title="Changed"
          className="border-t"
          actions={
            <TextLink quiet href={`/changes?service=${service.slug}`}>
              All of them
            </TextLink>
          }
        >
          <ChangeLines changes={changes.data?.items ?? []} ofOne />
          {changes.data?.items.length === 0 && <p className="text-ink2">No change of it was reported yet.</p>}
        </Panel>
      )}
      <Panel title="Escalation policy" className="border-t">
        {mayChange ? (
          <Select
            label="Escalation policy"
            labelHidden
            placeholder="Pages nobody"
            value={service.policy ?? ''}
            onChange={(event) => change.mutate({ service: service.slug, policy: event.target.value || null })}
            options={(policies ?? (service.policy ? [{ slug: service.policy, name: service.policy }] : [])).map(({ slug, name }) => ({
              value: slug,
              label: name,
            }))}
          />
        ) : (
          policy &&
          (may('oncall.getPolicy') ? (
            <TextLink quiet href={`/oncall/policies/${policy.slug}`}>
              {policy.name}
            </TextLink>
          ) : (
            policy.name
          ))
        )}
        <p className="mt-1 text-ink2">
          {service.policy ? 'Alerts of this service page by it, from the next one on.' : 'Its alerts are kept and shown, and page nobody.'}
        </p>
        {change.error && <ErrorNotice what={change.error.message} />}
      </Panel>
      {service.links.length > 0 && (
        <Panel title="Links" className="border-t">
          <Rows>
            {service.links.map((link) => (
              <Row key={link.href}>
                <TextLink href={link.href}>{link.text}</TextLink>
              </Row>
            ))}
          </Rows>
        </Panel>
      )}
    </>
  )
}
