// The record: everything that was done, by whom, newest first.
import { useAskPages } from '../../api/hooks.ts'
import { useSearchParam } from '../../shell/index.ts'
import { Button, Empty, ErrorNotice, FindInput, ShowMore, Skeleton, Table, TimeText } from '../../ui/index.ts'
import { SettingsPage } from './settings-frame.tsx'

export default function RecordPage() {
  const [type, setType] = useSearchParam('type')
  const record = useAskPages('audit.list', { limit: 50, ...(type ? { type } : {}) })
  const items = record.items ?? []
  return (
    <SettingsPage section="record">
      <FindInput
        label="Kind of event"
        labelHidden={false}
        mono
        placeholder="user.added"
        value={type}
        onFind={setType}
        className="mb-3 max-w-70"
      />
      {record.error && <ErrorNotice what={record.error.message} reference={record.error.reference} />}
      {!record.items && !record.error && <Skeleton label="Record" />}
      {record.items && items.length === 0 && (
        <Empty title="Nothing of this kind" act={<Button onClick={() => setType('')}>Show everything</Button>}>
          The record keeps every change with who made it.
        </Empty>
      )}
      {items.length > 0 && (
        <>
          <Table
            caption="Record"
            rows={items}
            rowId={(entry) => String(entry.position)}
            columns={[
              { id: 'at', head: 'When', width: '1%', cell: (entry) => <TimeText at={entry.at} form="absolute" /> },
              { id: 'what', head: 'What', cell: (entry) => <span className="wrap-break-word">{entry.sentence}</span> },
              { id: 'who', head: 'By', width: '160px', deskOnly: true, cell: (entry) => entry.actorName },
              {
                id: 'type',
                head: 'Kind',
                width: '190px',
                deskOnly: true,
                cell: (entry) => <code className="text-meta">{entry.type}</code>,
              },
            ]}
          />
          <ShowMore more={record.more} />
        </>
      )}
    </SettingsPage>
  )
}
