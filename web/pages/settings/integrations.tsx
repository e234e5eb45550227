// Integrations: what may send, each with its key and the lines to paste; and the requests that were refused, so that their owner sees them.
import { useParams } from '@tanstack/react-router'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useAsk, useAskAll, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Page } from '../../shell/index.ts'
import {
  Button,
  ConfirmDialog,
  CopyLine,
  DescriptionList,
  Dialog,
  Empty,
  ErrorNotice,
  Panel,
  Row,
  Rows,
  Select,
  Skeleton,
  Table,
  TextInput,
  TextLink,
  TimeText,
} from '../../ui/index.ts'
import { SettingsPage } from './settings-frame.tsx'

const kinds = [
  { value: 'alertmanager', label: 'Prometheus or Alertmanager' },
  { value: 'pagerduty', label: 'PagerDuty Events API v2' },
]
const kindName = (kind: string): string => kinds.find((one) => one.value === kind)?.label ?? kind

export default function IntegrationsPage() {
  const integrations = useAskAll('integrations.list', {})
  const [adding, setAdding] = useState(false)
  const may = useMay()
  const items = integrations.data?.items ?? []
  return (
    <SettingsPage
      section="integrations"
      actions={
        may('integrations.add') && (
          <Button look={items.length > 0 ? 'solid' : 'outline'} onClick={() => setAdding(true)}>
            Add integration
          </Button>
        )
      }
    >
      {integrations.error && <ErrorNotice what={integrations.error.message} reference={integrations.error.reference} />}
      {integrations.data && items.length === 0 && (
        <Empty
          title="Nothing sends alerts yet"
          act={
            may('integrations.add') && (
              <Button look="solid" onClick={() => setAdding(true)}>
                Add the first integration
              </Button>
            )
          }
        >
          An integration is a key that a monitor sends with. You get the lines to paste.
        </Empty>
      )}
      {items.length > 0 && (
        <Table
          caption="Integrations"
          rows={items}
          rowId={(one) => one.id}
          columns={[
            {
              id: 'name',
              head: 'Integration',
              cell: (one) =>
                may('integrations.get') ? (
                  <TextLink quiet href={`/settings/integrations/${one.id}`}>
                    {one.name}
                  </TextLink>
                ) : (
                  one.name
                ),
            },
            { id: 'kind', head: 'Kind', cell: (one) => kindName(one.kind) },
            { id: 'service', head: 'Service', deskOnly: true, cell: (one) => one.service ?? 'as the alert says' },
            { id: 'since', head: 'Since', deskOnly: true, cell: (one) => <TimeText at={one.createdAt} form="absolute" /> },
          ]}
        />
      )}
      <AddIntegration open={adding} onClose={() => setAdding(false)} />
    </SettingsPage>
  )
}

function AddIntegration({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [form, setForm] = useState({ name: '', kind: 'alertmanager', service: '', key: '' })
  const services = useAskAll('directory.listServices', open ? {} : undefined)
  const add = useDo('integrations.add')
  const navigate = useNavigate()
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(
      { name: form.name, kind: form.kind, ...(form.service ? { service: form.service } : {}), ...(form.key ? { key: form.key } : {}) },
      { onSuccess: ({ id }) => void navigate({ to: `/settings/integrations/${id}` }) },
    )
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Add an integration"
      description="It can send at once. Its key is shown with the lines to paste."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="Name"
          required
          value={form.name}
          onChange={(event) => set({ name: event.target.value })}
          placeholder="Prometheus, production"
        />
        <Select label="Kind" options={kinds} value={form.kind} onChange={(event) => set({ kind: event.target.value })} />
        <Select
          label="Service"
          optional
          placeholder="As the alert says"
          hint="For alerts that name no service."
          value={form.service}
          onChange={(event) => set({ service: event.target.value })}
          options={(services.data?.items ?? []).map((service) => ({ value: service.slug, label: service.name }))}
        />
        <TextInput
          label="Key"
          optional
          mono
          hint="Give the key that your senders have already, and they only change the host."
          value={form.key}
          onChange={(event) => set({ key: event.target.value })}
        />
        {add.error && <ErrorNotice what={add.error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            Add integration
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** /settings/integrations/:id */
export function IntegrationPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const { data, error } = useAsk('integrations.get', { integrationId: id as `int_${string}` })
  const remove = useDo('integrations.remove')
  const [removing, setRemoving] = useState(false)
  const navigate = useNavigate()
  const crumbs = [{ label: 'Integrations', href: '/settings/integrations' }, { label: data?.name ?? '' }]
  return (
    <Page
      title={data?.name ?? 'Integration'}
      crumbs={crumbs}
      still
      actions={
        data && (
          <Button look="danger" onClick={() => setRemoving(true)}>
            Remove…
          </Button>
        )
      }
    >
      <div className="mx-auto max-w-240">
        {error && (
          <div className="p-4">
            <ErrorNotice what={error.message} reference={error.reference} />
          </div>
        )}
        {!data && !error && <Skeleton label="Integration" />}
        {data && (
          <>
            <Panel title={data.name} note={kindName(data.kind)}>
              <DescriptionList
                items={[
                  { term: 'Service', value: data.service ?? 'as the alert says' },
                  { term: 'Since', value: <TimeText at={data.createdAt} form="absolute" /> },
                ]}
              />
              <div className="mt-2 flex flex-col gap-2">
                <CopyLine label="Address" value={data.url} />
                <CopyLine label="Key" value={data.key} />
              </div>
              <p className="mt-1 text-meta text-ink3">Whoever has the key can post alerts. These senders do not sign their requests.</p>
            </Panel>
            {data.setup.map((lines) => (
              <Panel key={lines.title} title={lines.title} className="border-t">
                <pre
                  tabIndex={0}
                  aria-label={lines.title}
                  className="mt-1 overflow-x-auto rounded-control border border-line bg-canvas p-2.5 font-mono text-meta"
                >
                  {lines.text}
                </pre>
                <div className="mt-1.5">
                  <CopyButton text={lines.text} />
                </div>
              </Panel>
            ))}
            {data.waiting > 0 && (
              <p className="border-t border-line px-4 py-3 text-amber">
                {data.waiting.toLocaleString('en-GB')} events came faster than they could be read. All of them are kept, and are read in
                their order.
              </p>
            )}
            <Panel
              title="Refused requests"
              note={data.refused.length === 0 ? 'none' : `the last ${data.refused.length}`}
              className="border-t"
            >
              <Rows>
                {data.refused.map((one) => (
                  <Row
                    key={one.id}
                    meta={<TimeText at={one.at} form="relative" />}
                    note={
                      <details>
                        <summary>What was sent</summary>
                        <pre
                          tabIndex={0}
                          className="mt-1 max-h-60 overflow-auto bg-canvas p-2 font-mono text-meta break-all whitespace-pre-wrap"
                        >
                          {one.body || '(nothing kept)'}
                        </pre>
                      </details>
                    }
                  >
                    <strong>{one.status}</strong> {one.reason}
                  </Row>
                ))}
              </Rows>
            </Panel>
          </>
        )}
      </div>
      <ConfirmDialog
        open={removing}
        onClose={() => setRemoving(false)}
        title="Remove the integration"
        verb="Remove"
        consequence="Its key stops working at once: what still sends with it is refused. Its alerts stay."
        sending={remove.isPending}
        error={remove.error?.message}
        onConfirm={() =>
          remove.mutate({ integrationId: id as `int_${string}` }, { onSuccess: () => void navigate({ to: '/settings/integrations' }) })
        }
      />
    </Page>
  )
}

function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <Button size="small" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      {copied ? 'Copied' : 'Copy'}
    </Button>
  )
}
