// Components and status pages: what the outside sees, who follows, and planned work.
import { useState } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Columns, Page } from '../../shell/index.ts'
import {
  Button,
  ComponentHealth,
  CopyLine,
  Empty,
  ErrorNotice,
  Panel,
  PanelHeader,
  Row,
  Rows,
  Select,
  Skeleton,
  Table,
  TabLinks,
  TextLink,
  TimeText,
} from '../../ui/index.ts'
import { ComponentDialog } from './component-dialog.tsx'
import { PageDialog } from './page-dialog.tsx'
import { PlanWork } from './plan-work.tsx'
import { healthOf, statusOptions, tabs, type Component, type ComponentStatus, type StatusPage } from './update-words.ts'

type Open = { kind: 'component'; component?: Component } | { kind: 'page'; page?: StatusPage } | { kind: 'work' }

export default function StatusPagesPage() {
  const pages = useAsk('status.listPages', {})
  const components = useAsk('status.listComponents', {})
  const [open, setOpen] = useState<Open>()
  const may = useMay()
  const configures = may('status.addPage', null)
  const error = pages.error ?? components.error
  const all = components.data?.items ?? []
  return (
    <Page
      title="Updates"
      bar={<TabLinks label="Updates" tabs={tabs} current="pages" />}
      actions={
        may('status.planMaintenance', null) && (
          <Button onClick={() => setOpen({ kind: 'work' })} disabled={all.length === 0}>
            Plan work…
          </Button>
        )
      }
    >
      {error && (
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} />
        </div>
      )}
      {!pages.data && !error && <Skeleton label="Status pages" />}
      {pages.data && components.data && (
        <Columns sideLabel="Planned work" side={<Planned />}>
          <div className="pt-3">
            <PanelHeader
              title="Status pages"
              note={pages.data.items.length}
              ruled
              actions={
                configures && (
                  <Button size="small" onClick={() => setOpen({ kind: 'page' })}>
                    Add status page…
                  </Button>
                )
              }
            />
            {pages.data.items.length === 0 && (
              <Empty
                title="No status page yet"
                act={
                  configures && (
                    <Button look="solid" onClick={() => setOpen({ kind: 'page' })}>
                      Add the first one
                    </Button>
                  )
                }
              >
                A public page tells customers how components are and takes subscribers; an internal one sends the same to colleagues.
              </Empty>
            )}
            <Rows label="Status pages">
              {pages.data.items.map((page) => (
                <Row
                  key={page.id}
                  meta={
                    <>
                      <span>
                        {page.subscribers} {page.subscribers === 1 ? 'subscriber' : 'subscribers'}
                      </span>
                      {configures && (
                        <Button size="small" onClick={() => setOpen({ kind: 'page', page })}>
                          Change…<span className="sr-only"> {page.name}</span>
                        </Button>
                      )}
                    </>
                  }
                  note={
                    page.visibility === 'public' ? (
                      <CopyLine label="address" value={page.url} />
                    ) : (
                      'Internal: shown under Updates, mailed to colleagues who follow it.'
                    )
                  }
                >
                  <span className="font-semibold">
                    {page.visibility === 'public' ? (
                      <TextLink quiet href={page.url}>
                        {page.name}
                      </TextLink>
                    ) : (
                      page.name
                    )}
                  </span>{' '}
                  <span className="text-ink3">
                    {page.visibility}, {page.components.length} components, {page.zone}
                  </span>
                </Row>
              ))}
            </Rows>
          </div>
          <div className="pt-5">
            <PanelHeader
              title="Components"
              note={all.length}
              ruled
              actions={
                configures && (
                  <Button size="small" onClick={() => setOpen({ kind: 'component' })}>
                    Add component…
                  </Button>
                )
              }
            />
            {all.length > 0 && <Components components={all} onChange={(component) => setOpen({ kind: 'component', component })} />}
          </div>
        </Columns>
      )}
      {open?.kind === 'component' && <ComponentDialog component={open.component} onClose={() => setOpen(undefined)} />}
      {open?.kind === 'page' && <PageDialog page={open.page} components={all} onClose={() => setOpen(undefined)} />}
      {open?.kind === 'work' && <PlanWork components={all} onClose={() => setOpen(undefined)} />}
    </Page>
  )
}

function Components({ components, onChange }: { components: Component[]; onChange: (component: Component) => void }) {
  const may = useMay()
  const sets = may('status.setComponent', null)
  const set = useDo('status.setComponent')
  const says = {
    id: 'set',
    head: 'Say how it is',
    width: '150px',
    cell: ({ slug, name, status }: Component) => (
      <Select
        label={`How ${name} is`}
        labelHidden
        value={status}
        options={statusOptions}
        onChange={(event) => set.mutate({ component: slug, status: event.target.value as ComponentStatus })}
      />
    ),
  }
  const changes = {
    id: 'change',
    head: 'Change',
    headHidden: true,
    width: '90px',
    cell: (component: Component) => (
      <Button size="small" look="quiet" onClick={() => onChange(component)}>
        Change…<span className="sr-only"> {component.name}</span>
      </Button>
    ),
  }
  return (
    <>
      {set.error && <ErrorNotice what={set.error.message} />}
      <Table
        caption="Components"
        rows={components}
        rowId={({ id }) => id}
        columns={[
          {
            id: 'name',
            head: 'Component',
            cell: ({ name, group }) => (
              <>
                {name} <span className="text-ink3">{group}</span>
              </>
            ),
          },
          // On a phone the choice says it, where there is one.
          { id: 'now', head: 'Now', deskOnly: sets, cell: ({ status }) => <ComponentHealth health={healthOf(status)} /> },
          {
            id: 'service',
            head: 'Service behind it',
            deskOnly: true,
            cell: ({ service }) =>
              service ? (
                <TextLink quiet href={`/services/${service}`}>
                  {service}
                </TextLink>
              ) : (
                <span className="text-ink3">none</span>
              ),
          },
          ...(sets ? [says] : []),
          ...(may('status.changeComponent', null) ? [changes] : []),
        ]}
      />
    </>
  )
}

function Planned() {
  const planned = useAsk('status.listMaintenances', {})
  const may = useMay()
  const callOff = useDo('status.callOffMaintenance')
  return (
    <Panel title="Planned work">
      {callOff.error && <ErrorNotice what={callOff.error.message} />}
      {planned.data?.items.length === 0 && (
        <p className="text-ink2">None is announced. Planned work sets its components to maintenance on time, and back.</p>
      )}
      <Rows>
        {(planned.data?.items ?? []).map((work) => (
          <Row
            key={work.id}
            note={
              <>
                <TimeText at={work.startsAt} form="absolute" /> to <TimeText at={work.endsAt} form="absolute" />. {work.reason}
              </>
            }
            meta={
              may('status.callOffMaintenance', null) && (
                <Button size="small" look="quiet" onClick={() => callOff.mutate({ maintenance: work.id })}>
                  {work.beganAt ? 'End now' : 'Call off'}
                </Button>
              )
            }
          >
            <span className="font-medium">{work.title}</span>
          </Row>
        ))}
      </Rows>
    </Panel>
  )
}
