// Alerts: each row says why it did or did not page; the selected one opens beside the list with every rule that was tried.
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Output } from '../../api/client.ts'
import { useAsk, useAskPages, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Page } from '../../shell/index.ts'
import {
  BesideRow,
  Button,
  Empty,
  ErrorNotice,
  FindInput,
  Kbd,
  ListBeside,
  Select,
  Severity,
  State,
  TimeText,
  useListKeys,
  useToast,
} from '../../ui/index.ts'
import { ServiceFilter } from '../services/service-filter.tsx'
import { AlertPanel } from './alert-panel.tsx'
import { isOver, severities, severityOf, standingOf, type Alert } from './alert-words.ts'

type Search = { state?: string; severity?: string; service?: string; text?: string; alert?: string }
const stateOptions = [
  { value: 'open', label: 'State: open' },
  { value: 'triggered', label: 'State: triggered' },
  { value: 'acknowledged', label: 'State: acknowledged' },
  { value: 'suppressed', label: 'State: held back' },
  { value: 'resolved', label: 'State: resolved' },
  { value: 'all', label: 'State: any' },
]

export default function AlertsPage() {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const toast = useToast()
  const set = (change: Partial<Search>) => void navigate({ to: '/alerts', search: { ...search, ...change } as never, replace: true })
  const state = search.state ?? 'open'
  const severity = severities.find((one) => one === search.severity)
  const filter = {
    ...(state === 'all' ? {} : { state: state as 'open' }),
    ...(severity ? { severity } : {}),
    ...(search.service ? { service: search.service } : {}),
    ...(search.text ? { text: search.text } : {}),
  }
  const filtered = state !== 'open' || Boolean(severity || search.service || search.text)
  const alerts = useAskPages('alerts.list', { ...filter, limit: 100 })
  const counts = useAsk('alerts.count', {})
  const acknowledge = useDo('alerts.acknowledge')
  const resolve = useDo('alerts.resolve')
  const may = useMay()
  const responds = may('alerts.acknowledge')
  const items = alerts.items ?? []

  const acknowledgeAll = (ids: readonly string[]) => {
    for (const id of ids)
      acknowledge.mutate({ alertId: id as `alt_${string}` }, { onSuccess: () => toast({ text: 'Acknowledged. Nobody else is paged.' }) })
  }
  const keys = useListKeys({
    ids: items.map((alert) => alert.id),
    current: search.alert,
    onCurrent: (alert) => set({ alert }),
    onOpen: (id) => void navigate({ to: `/alerts/${id}` }),
    acts: responds ? { a: acknowledgeAll, r: (ids) => ids.forEach((id) => resolve.mutate({ alertId: id as `alt_${string}` })) } : {},
  })
  const failure = acknowledge.error ?? resolve.error
  return (
    <Page
      title="Alerts"
      note={counts.data && countsOf(counts.data)}
      layout="fixed"
      bar={
        <>
          <Select
            label="State"
            labelHidden
            options={stateOptions}
            value={state}
            onChange={(event) => set({ state: event.target.value, alert: undefined })}
            className="w-40"
          />
          <Select
            label="Severity"
            labelHidden
            placeholder="Any severity"
            options={severities.map((one) => ({ value: one, label: severityOf(one).label }))}
            value={severity ?? ''}
            onChange={(event) => set({ severity: event.target.value || undefined, alert: undefined })}
            className="w-32 pointer-coarse:w-40"
          />
          <ServiceFilter value={search.service ?? ''} onChange={(service) => set({ service: service || undefined, alert: undefined })} />
          <FindInput value={search.text ?? ''} onFind={(text) => set({ text: text || undefined })} />
        </>
      }
      actions={may('silences.add', null) && <Button href="/settings/silences">Silence…</Button>}
    >
      <ListBeside
        label="Alerts"
        read={alerts}
        empty={<NoAlerts filtered={filtered} />}
        above={failure && <ErrorNotice what={failure.message} reference={failure.reference} />}
        foot={
          <>
            <span>
              {items.length} shown, newest change first{keys.picked.size > 0 && `, ${keys.picked.size} picked`}
            </span>
            <span className="ml-auto">
              <Kbd>J</Kbd> <Kbd>K</Kbd> move
              {responds && (
                <>
                  , <Kbd>X</Kbd> pick, <Kbd>A</Kbd> acknowledge, <Kbd>R</Kbd> resolve
                </>
              )}
            </span>
          </>
        }
        panel={search.alert && <AlertPanel alertId={search.alert} onClose={() => set({ alert: undefined })} />}
      >
        {items.map((alert) => (
          <AlertRow
            key={alert.id}
            alert={alert}
            current={alert.id === search.alert}
            picked={keys.picked.has(alert.id)}
            rowProps={keys.rowProps(alert.id)}
          />
        ))}
      </ListBeside>
    </Page>
  )
}

const countsOf = ({ open, unowned, more }: Output<'alerts.count'>): string =>
  more ? `more than ${open.toLocaleString('en-GB')} open` : `${open} open, ${unowned} nobody has`

function AlertRow({
  alert,
  ...row
}: {
  alert: Alert
  current: boolean
  picked: boolean
  rowProps: { 'data-row': string; onClick: () => void }
}) {
  const state = standingOf(alert)
  const over = isOver(alert.state)
  const severity = <Severity {...severityOf(alert.severity)} over={over} small />
  return (
    <BesideRow
      {...row}
      over={over}
      sign={
        <>
          <span className="flex h-5 items-center">
            <State kind={state.kind} word={state.word} glyphOnly />
          </span>
          <span className="w-19 shrink-0 max-tablet:hidden">{severity}</span>
        </>
      }
      title={alert.title}
      place={alert.serviceName ?? alert.integration.name}
      note={
        <>
          <span className="mr-1.5 tablet:hidden">{severity}</span>
          {alert.snoozedUntil && (
            <>
              Snoozed until <TimeText at={alert.snoozedUntil} form="absolute" />.{' '}
            </>
          )}
          {alert.reason}
        </>
      }
      end={
        <>
          {alert.count > 1 && (
            <span className="mr-4">
              {alert.count}
              <span className="sr-only"> times</span>
            </span>
          )}
          <TimeText at={alert.firstAt} form="relative" />
        </>
      }
    />
  )
}

function NoAlerts({ filtered }: { filtered: boolean }) {
  const may = useMay()
  return filtered ? (
    <Empty title="No alert is like this" act={<Button href="/alerts">Show the open ones</Button>}>
      Nothing matches the words and choices above.
    </Empty>
  ) : (
    <Empty
      title="No alert is open"
      act={
        may('integrations.add') && (
          <Button look="solid" href="/settings/integrations">
            Connect a monitor
          </Button>
        )
      }
    >
      Alerts come in through integrations: Prometheus, Alertmanager, or anything that speaks PagerDuty&rsquo;s Events API.
    </Empty>
  )
}
