// One alert beside the list: what it says, what can be done, and why it did or did not page.
import { useParams } from '@tanstack/react-router'
import { X } from 'lucide-react'
import type { Output } from '../../api/client.ts'
import { useAsk, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Page } from '../../shell/index.ts'
import {
  Button,
  cx,
  DescriptionList,
  ErrorNotice,
  IconButton,
  Panel,
  ReasonTrace,
  Severity,
  Skeleton,
  State,
  TextLink,
  TimeText,
  useKeys,
  useToast,
} from '../../ui/index.ts'
import { isOver, severityOf, standingOf } from './alert-words.ts'
import { ChangedBefore } from './changed-before.tsx'

/** Why it paged or did not: what somebody did later says where it stands, and stands in its line. */
const whyOf = ({ reason, trace }: Output<'alerts.get'>): string => trace.findLast(({ rule }) => rule === 'Paging')?.reason ?? reason

/** The panel at the right; a page of its own on a phone. */
export function AlertPanel({ alertId, onClose }: { alertId: string; onClose: () => void }) {
  return (
    <aside aria-label="Alert" className="w-full overflow-y-auto border-line desk:w-90 desk:shrink-0 desk:border-l">
      <AlertBody alertId={alertId} close={<IconButton label="Close" of={X} onClick={onClose} />} />
    </aside>
  )
}

/** /alerts/:id */
export default function AlertPage() {
  const { alertId = '' } = useParams({ strict: false }) as { alertId?: string }
  const { data: alert } = useAsk('alerts.get', { alertId: alertId as `alt_${string}` })
  return (
    <Page
      title={alert?.title ?? 'Alert'}
      crumbs={[{ label: 'Alerts', href: '/alerts' }, alert ? { label: alert.title } : { label: alertId, mono: true }]}
    >
      <div className="mx-auto max-w-180">
        <AlertBody alertId={alertId} />
      </div>
    </Page>
  )
}

function AlertBody({ alertId, close }: { alertId: string; close?: React.ReactNode }) {
  const { data: alert, error } = useAsk('alerts.get', { alertId: alertId as `alt_${string}` })
  const acknowledge = useDo('alerts.acknowledge')
  const resolve = useDo('alerts.resolve')
  const responds = useMay()('alerts.acknowledge')
  const toast = useToast()
  const acts = {
    a: () =>
      alert?.state === 'triggered' &&
      acknowledge.mutate({ alertId: alert.id }, { onSuccess: () => toast({ text: 'Acknowledged. Nobody else is paged.' }) }),
    r: () => alert && alert.state !== 'resolved' && resolve.mutate({ alertId: alert.id }),
  }
  // Beside the list these keys are the list's.
  useKeys({ a: () => void acts.a(), r: () => void acts.r() }, { off: close !== undefined || !responds })
  if (error)
    return (
      <div className="p-4">
        <ErrorNotice what={error.message} reference={error.reference} />
      </div>
    )
  if (!alert) return <Skeleton label="Alert" rows={6} />
  const state = standingOf(alert)
  const failure = acknowledge.error ?? resolve.error
  return (
    <>
      <div className="px-4 py-3">
        <div className="flex items-center gap-2">
          <State
            kind={state.kind}
            word={state.word}
            note={
              alert.snoozedUntil === null ? undefined : (
                <>
                  until <TimeText at={alert.snoozedUntil} form="absolute" />
                </>
              )
            }
          />
          <Severity {...severityOf(alert.severity)} over={isOver(alert.state)} />
          <span className="ml-auto">{close}</span>
        </div>
        <h2 className="mt-1.5 text-panel font-semibold wrap-break-word">{alert.title}</h2>
        {alert.body && <p className="mt-0.5 wrap-break-word whitespace-pre-line text-ink2">{alert.body}</p>}
        {alert.links.length > 0 && (
          <p className="mt-0.5 flex flex-wrap gap-x-3">
            {alert.links.map((link) => (
              <TextLink key={link.href} href={link.href}>
                {link.text}
              </TextLink>
            ))}
          </p>
        )}
        <div className="mt-3 flex flex-wrap gap-2">
          {responds && alert.state === 'triggered' && (
            <Button look="solid" keys="A" sending={acknowledge.isPending} onClick={acts.a}>
              Acknowledge
            </Button>
          )}
          {responds && alert.state !== 'resolved' && (
            <Button keys="R" sending={resolve.isPending} onClick={acts.r}>
              Resolve
            </Button>
          )}
          {alert.service && <Button href={`/services/${alert.service}`}>Service</Button>}
        </div>
        {failure && (
          <div className="mt-3">
            <ErrorNotice what={failure.message} reference={failure.reference} />
          </div>
        )}
      </div>
      {alert.service && <ChangedBefore service={alert.service} began={alert.firstAt} />}
      <Panel title={whyOf(alert).startsWith('Not paged') ? 'Why it paged nobody' : 'Why it paged'} className="border-t">
        <p className="mt-1 mb-3 text-ink2">{whyOf(alert)}</p>
        <ReasonTrace
          steps={alert.trace.map((step, index) => ({
            id: String(index),
            outcome:
              step.rule === 'Paging'
                ? 'acted'
                : step.applied
                  ? alert.state === 'suppressed' && index === alert.trace.length - 1
                    ? 'stopped'
                    : 'applied'
                  : 'passed',
            title: step.rule,
            reason: step.reason,
            time: <TimeText at={step.at} form="record" />,
          }))}
        />
      </Panel>
      <Panel title="Facts" className="border-t">
        <DescriptionList
          items={[
            { term: 'Service', value: alert.serviceName ?? 'none' },
            { term: 'Came through', value: alert.integration.name },
            { term: 'First', value: <TimeText at={alert.firstAt} /> },
            { term: 'Last', value: <TimeText at={alert.lastAt} /> },
            { term: 'Said', value: `${alert.count} ${alert.count === 1 ? 'time' : 'times'}` },
            { term: 'Key', value: alert.dedupKey, mono: true },
          ]}
        />
      </Panel>
      <Panel title="Labels" className="border-t">
        <ul className={cx('mt-1 flex flex-wrap gap-1.5')}>
          {Object.entries(alert.labels).map(([name, value]) => (
            <li key={name}>
              <code className="rounded-chip bg-sunken px-1.5 py-0.5 text-meta break-all">
                {name}={value}
              </code>
            </li>
          ))}
        </ul>
      </Panel>
    </>
  )
}
