// Changes: what was deployed, switched or migrated, the newest first; the selected one opens beside the list.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useAsk } from '../../api/hooks.ts'
import { Page } from '../../shell/index.ts'
import { Button, cx, Empty, ErrorNotice, Icon, Kbd, Select, Skeleton, TextInput, TimeText, useListKeys } from '../../ui/index.ts'
import { changeIcon } from './change-icon.ts'
import { whoOf, type Change } from './change-lines.tsx'
import { ChangePanel } from './change-panel.tsx'
import { RecordChange } from './record-change.tsx'

type Search = { service?: string; text?: string; change?: string }
const aPage = 50
const most = 200

export default function ChangesPage() {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const [limit, setLimit] = useState(aPage)
  const [recording, setRecording] = useState(false)
  const set = (change: Partial<Search>) => void navigate({ to: '/changes', search: { ...search, ...change } as never, replace: true })
  const services = useAsk('directory.listServices', { limit: 200 })
  const changes = useAsk('changes.list', {
    limit,
    ...(search.service ? { service: search.service } : {}),
    ...(search.text ? { text: search.text } : {}),
  })
  const items = changes.data?.items ?? []
  const keys = useListKeys({
    ids: items.map(({ id }) => id),
    current: search.change,
    onCurrent: (change) => set({ change }),
    onOpen: (change) => set({ change }),
  })
  return (
    <Page
      title="Changes"
      layout="fixed"
      bar={
        <>
          <Select
            label="Service"
            labelHidden
            options={[
              { value: '', label: 'Service: all' },
              ...(services.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: `Service: ${name}` })),
            ]}
            value={search.service ?? ''}
            onChange={(event) => set({ service: event.target.value || undefined, change: undefined })}
            className="w-44"
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
      actions={<Button onClick={() => setRecording(true)}>Record a change</Button>}
    >
      <div className="flex min-h-0 flex-1">
        <div className={cx('flex min-w-0 flex-1 flex-col overflow-y-auto', search.change && 'max-desk:hidden')}>
          {changes.error && (
            <div className="p-3">
              <ErrorNotice
                what="The changes could not be read."
                todo={changes.error.message}
                reference={changes.error.reference}
                onRetry={() => void changes.refetch()}
              />
            </div>
          )}
          {!changes.data && !changes.error && <Skeleton label="Changes" rows={8} tall />}
          {changes.data && items.length === 0 && (
            <div className="p-4">
              <NoChanges filtered={Boolean(search.service || search.text)} />
            </div>
          )}
          <ul aria-label="Changes">
            {items.map((change) => (
              <ChangeRow key={change.id} change={change} current={change.id === search.change} rowProps={keys.rowProps(change.id)} />
            ))}
          </ul>
          {changes.data?.nextCursor && (
            <div className="p-3">
              {limit < most ? (
                <Button onClick={() => setLimit(Math.min(most, limit + aPage))}>Show more</Button>
              ) : (
                <p className="text-ink2">Only the newest {most} are shown. Find older ones by their words or their service.</p>
              )}
            </div>
          )}
          {items.length > 0 && (
            <p className="mt-auto hidden items-center gap-3 border-t border-line px-4 py-2 text-meta text-ink3 tablet:flex">
              <span>{items.length} shown, newest first</span>
              <span className="ml-auto">
                <Kbd>J</Kbd> <Kbd>K</Kbd> move
              </span>
            </p>
          )}
        </div>
        {search.change && <ChangePanel change={search.change} onClose={() => set({ change: undefined })} />}
      </div>
      <RecordChange open={recording} onClose={() => setRecording(false)} services={services.data?.items ?? []} />
    </Page>
  )
}

function ChangeRow({
  change,
  current,
  rowProps,
}: {
  change: Change
  current: boolean
  rowProps: { 'data-row': string; onClick: () => void }
}) {
  const { 'data-row': row, onClick } = rowProps
  return (
    <li
      data-row={row}
      className={cx(
        'relative flex min-h-[58px] items-start gap-3 border-b border-line px-4 py-2 hover:bg-sunken',
        current && 'bg-accent-bg hover:bg-accent-bg',
      )}
    >
      <span className="flex h-5 items-center text-violet">
        <Icon of={changeIcon} />
      </span>
      <span className="min-w-0 flex-1">
        <button
          type="button"
          onClick={onClick}
          aria-current={current ? 'true' : undefined}
          className="block text-left after:absolute after:inset-0"
        >
          <span className="font-semibold wrap-break-word">{change.summary}</span>{' '}
          <span className="text-ink3">{change.service?.name ?? 'no service in particular'}</span>
        </button>
        <span className="block wrap-break-word text-ink2">{whoOf(change) ?? 'nobody said what did it'}</span>
      </span>
      <span className="shrink-0 text-right text-ink2 tabular-nums">
        <TimeText at={change.at} form="relative" />
      </span>
    </li>
  )
}

function NoChanges({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No change is like this" act={<Button href="/changes">Show all of them</Button>}>
      Nothing matches the service and words above.
    </Empty>
  ) : (
    <Empty
      title="No change was reported yet"
      act={
        <Button look="solid" href="/settings/integrations">
          Connect a pipeline
        </Button>
      }
    >
      A pipeline reports what it deploys with PagerDuty&rsquo;s change events. What was changed in the day before stands in the message of a
      page, and beside the incident.
    </Empty>
  )
}
