// Alerts: each row says why it did or did not page; the selected one opens beside the list with every rule that was tried.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useAsk, useDo } from '../../api/hooks.ts'
import { Page } from '../../shell/index.ts'
import {
  Button,
  cx,
  Empty,
  ErrorNotice,
  Kbd,
  Select,
  Severity,
  Skeleton,
  State,
  TextInput,
  TimeText,
  useListKeys,
  useToast,
} from '../../ui/index.ts'
import { AlertPanel } from './alert-panel.tsx'
import { isOver, severityOf, stateOf, type Alert } from './alert-words.ts'

type Search = { state?: string; service?: string; severity?: string; text?: string; alert?: string }
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
  const filter = {
    ...(state === 'all' ? {} : { state: state as 'open' }),
    ...(search.service ? { service: search.service } : {}),
    ...(search.text ? { text: search.text } : {}),
  }
  const alerts = useAsk('alerts.list', { ...filter, limit: 100 })
  const counts = useAsk('alerts.count', {})
  const acknowledge = useDo('alerts.acknowledge')
  const resolve = useDo('alerts.resolve')
  const items = alerts.data?.items ?? []

  const acknowledgeAll = (ids: readonly string[]) => {
    for (const id of ids)
      acknowledge.mutate({ alertId: id as `alt_${string}` }, { onSuccess: () => toast({ text: 'Acknowledged. Nobody else is paged.' }) })
  }
  const keys = useListKeys({
    ids: items.map((alert) => alert.id),
    current: search.alert,
    onCurrent: (alert) => set({ alert }),
    onOpen: (id) => void navigate({ to: `/alerts/${id}` }),
    acts: { a: acknowledgeAll, r: (ids) => ids.forEach((id) => resolve.mutate({ alertId: id as `alt_${string}` })) },
  })
  const failure = acknowledge.error ?? resolve.error
  return (
    <Page
      title="Alerts"
      note={counts.data ? `${counts.data.open} open, ${counts.data.unowned} nobody has` : undefined}
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
          <TextInput
            label="Find"
            labelHidden
            placeholder="Find…"
            value={search.text ?? ''}
            onChange={(event) => set({ text: event.target.value || undefined })}
            className="w-44"
          />
        </>
      }
      actions={<Button href="/settings/silences">Silence…</Button>}
    >
      <div className="flex min-h-0 flex-1">
        <div className={cx('flex min-w-0 flex-1 flex-col overflow-y-auto', search.alert && 'max-desk:hidden')}>
          {failure && (
            <div className="p-3">
              <ErrorNotice what={failure.message} reference={failure.reference} />
            </div>
          )}
          {alerts.error && (
            <div className="p-3">
              <ErrorNotice
                what="The alerts could not be read."
                todo={alerts.error.message}
                reference={alerts.error.reference}
                onRetry={() => void alerts.refetch()}
              />
            </div>
          )}
          {!alerts.data && !alerts.error && <Skeleton label="Alerts" rows={8} tall />}
          {alerts.data && items.length === 0 && (
            <div className="p-4">
              <NoAlerts filtered={state !== 'open' || Boolean(search.text)} />
            </div>
          )}
          <ul aria-label="Alerts">
            {items.map((alert) => (
              <AlertRow key={alert.id} alert={alert} current={alert.id === search.alert} rowProps={keys.rowProps(alert.id)} />
            ))}
          </ul>
          {items.length > 0 && (
            <p className="mt-auto hidden items-center gap-3 border-t border-line px-4 py-2 text-meta text-ink3 tablet:flex">
              <span>{items.length} shown, newest change first</span>
              <span className="ml-auto">
                <Kbd>J</Kbd> <Kbd>K</Kbd> move, <Kbd>A</Kbd> acknowledge, <Kbd>R</Kbd> resolve
              </span>
            </p>
          )}
        </div>
        {search.alert && <AlertPanel alertId={search.alert} onClose={() => set({ alert: undefined })} />}
      </div>
    </Page>
  )
}

function AlertRow({ alert, current, rowProps }: { alert: Alert; current: boolean; rowProps: { 'data-row': string; onClick: () => void } }) {
  const state = stateOf(alert.state)
  const over = isOver(alert.state)
  const { 'data-row': row, onClick } = rowProps
  return (
    <li
      data-row={row}
      className={cx(
        'relative flex min-h-[58px] items-start gap-3 border-b border-line px-4 py-2 hover:bg-sunken',
        current && 'bg-accent-bg hover:bg-accent-bg',
      )}
    >
      <span className="flex h-5 items-center">
        <State kind={state.kind} word={state.word} glyphOnly />
      </span>
      <span className="w-19 shrink-0 max-tablet:hidden">
        <Severity {...severityOf(alert.severity)} over={over} small />
      </span>
      <span className="min-w-0 flex-1">
        <button
          type="button"
          onClick={onClick}
          aria-current={current ? 'true' : undefined}
          className="block text-left after:absolute after:inset-0"
        >
          <span className={cx('font-semibold wrap-break-word', over && 'font-medium text-ink2')}>{alert.title}</span>{' '}
          <span className="text-ink3">{alert.serviceName ?? alert.integration.name}</span>
        </button>
        <span className={cx('block wrap-break-word', over ? 'text-ink3' : 'text-ink2')}>{alert.reason}</span>
      </span>
      <span className="shrink-0 text-right text-ink2 tabular-nums">
        {alert.count > 1 && (
          <span className="mr-4">
            {alert.count}
            <span className="sr-only"> times</span>
          </span>
        )}
        <TimeText at={alert.firstAt} form="relative" />
      </span>
    </li>
  )
}

function NoAlerts({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No alert is like this" act={<Button href="/alerts">Show the open ones</Button>}>
      Nothing matches the state and words above.
    </Empty>
  ) : (
    <Empty
      title="No alert is open"
      act={
        <Button look="solid" href="/settings/integrations">
          Connect a monitor
        </Button>
      }
    >
      Alerts come in through integrations: Prometheus, Alertmanager, or anything that speaks PagerDuty&rsquo;s Events API.
    </Empty>
  )
}
