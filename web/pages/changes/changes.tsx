// Changes: what was deployed, switched or migrated, the newest first; the selected one opens beside the list.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useAskPages } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Page } from '../../shell/index.ts'
import { BesideRow, Button, Empty, FindInput, Icon, Kbd, ListBeside, TimeText, useListKeys } from '../../ui/index.ts'
import { ServiceFilter } from '../services/service-filter.tsx'
import { changeIcon } from './change-icon.ts'
import { whoOf, type Change } from './change-lines.tsx'
import { ChangePanel } from './change-panel.tsx'
import { RecordChange } from './record-change.tsx'

type Search = { service?: string; text?: string; change?: string }

export default function ChangesPage() {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const [recording, setRecording] = useState(false)
  const may = useMay()
  const set = (change: Partial<Search>) => void navigate({ to: '/changes', search: { ...search, ...change } as never, replace: true })
  const changes = useAskPages('changes.list', {
    limit: 50,
    ...(search.service ? { service: search.service } : {}),
    ...(search.text ? { text: search.text } : {}),
  })
  const items = changes.items ?? []
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
          <ServiceFilter value={search.service ?? ''} onChange={(service) => set({ service: service || undefined, change: undefined })} />
          <FindInput value={search.text ?? ''} onFind={(text) => set({ text: text || undefined })} />
        </>
      }
      actions={may('changes.record') && <Button onClick={() => setRecording(true)}>Record a change</Button>}
    >
      <ListBeside
        label="Changes"
        read={changes}
        empty={<NoChanges filtered={Boolean(search.service || search.text)} />}
        foot={
          <>
            <span>{items.length} shown, newest first</span>
            <span className="ml-auto">
              <Kbd>J</Kbd> <Kbd>K</Kbd> move
            </span>
          </>
        }
        panel={search.change && <ChangePanel change={search.change} onClose={() => set({ change: undefined })} />}
      >
        {items.map((change: Change) => (
          <BesideRow
            key={change.id}
            current={change.id === search.change}
            rowProps={keys.rowProps(change.id)}
            sign={
              <span className="flex h-5 items-center text-violet">
                <Icon of={changeIcon} />
              </span>
            }
            title={change.summary}
            place={change.service?.name ?? 'no service in particular'}
            note={whoOf(change) ?? 'nobody said what did it'}
            end={<TimeText at={change.at} form="relative" />}
          />
        ))}
      </ListBeside>
      <RecordChange open={recording} onClose={() => setRecording(false)} />
    </Page>
  )
}

function NoChanges({ filtered }: { filtered: boolean }) {
  const may = useMay()
  return filtered ? (
    <Empty title="No change is like this" act={<Button href="/changes">Show all of them</Button>}>
      Nothing matches the service and words above.
    </Empty>
  ) : (
    <Empty
      title="No change was reported yet"
      act={
        may('integrations.add') && (
          <Button look="solid" href="/settings/integrations">
            Connect a pipeline
          </Button>
        )
      }
    >
      A pipeline reports what it deploys with PagerDuty&rsquo;s change events. What was changed in the day before stands in the message of a
      page, and beside the incident.
    </Empty>
  )
}
