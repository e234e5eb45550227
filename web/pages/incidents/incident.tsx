// The commander's screen: one answer with everything on it. On a phone one thing at a time, in tabs.
import { useParams } from '@tanstack/react-router'
import { Ellipsis, UserRoundPlus } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { useSession } from '../../session.ts'
import { Page, useSearchParam } from '../../shell/index.ts'
import {
  AvatarStack,
  Button,
  ErrorNotice,
  IconButton,
  Menu,
  Skeleton,
  Tabs,
  TextLink,
  useKeys,
  usePhone,
  useToast,
} from '../../ui/index.ts'
import { BringInDialog, ClassifyDialog, EditDialog, EraseDialog, SituationDialog } from './change-dialogs.tsx'
import { Changes } from './changes.tsx'
import { Composer, type Asked, type Composes } from './composer.tsx'
import { Confirmation } from './confirmation.tsx'
import { DueNext } from './due-next.tsx'
import { Facts } from './facts.tsx'
import { IncidentHead, PhoneHead } from './head.tsx'
import { isOver, type Screen } from './incident-words.ts'
import { menuOf, type Opened } from './incident-menu.ts'
import { useIncidentPalette } from './incident-palette.tsx'
import { ReopenDialog, SeverityDialog, StateDialog } from './move-dialogs.tsx'
import { Responders, Roles } from './roles.tsx'
import { RunbookSlot, UpdateSlot } from './slots.tsx'
import { Strip } from './strip.tsx'
import { Tasks } from './tasks.tsx'
import { Decisions, Hypotheses } from './thinking.tsx'
import { IncidentTimeline } from './timeline.tsx'

export default function IncidentPage() {
  const { number = '' } = useParams({ strict: false }) as { number?: string }
  const { data: incident, error, refetch } = useAsk('incidents.get', { incident: number }, { refetchSeconds: 30 })
  const crumbs = [
    { label: 'Incidents', href: '/incidents' },
    { label: incident?.key ?? `INC-${number}`, mono: true },
  ]
  if (error && !incident) {
    return (
      <Page title={`INC-${number}`} crumbs={crumbs}>
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} onRetry={() => void refetch()} />
        </div>
      </Page>
    )
  }
  if (!incident)
    return (
      <Page title={`INC-${number}`} crumbs={crumbs}>
        <Skeleton label="Incident" rows={10} />
      </Page>
    )
  return <Loaded key={incident.id} incident={incident} crumbs={crumbs} />
}

function Loaded({ incident, crumbs }: { incident: Screen; crumbs: { label: string; href?: string; mono?: boolean }[] }) {
  const [opened, setOpened] = useState<Opened>()
  const [asked, setAsked] = useState<Asked>()
  const phone = usePhone()
  const me = useSession()?.user
  const readsReview = useMay()('reviews.get', incident.teamId)
  const toast = useToast()
  const assign = useDo('incidents.assignRole')
  const hide = useDo('incidents.setPrivate')
  const may = incident.may.respond
  const onCompose = (kind: Composes) => setAsked({ kind, at: (asked?.at ?? 0) + 1 })
  const open = (next: Opened) => (may ? setOpened(next) : undefined)
  useIncidentPalette(incident, { open, onCompose })
  useKeys(
    { s: () => open({ what: 'state' }), 'Shift+S': () => open({ what: 'severity' }), p: () => open({ what: 'bring-in' }) },
    { off: !may },
  )

  const onNext = () => {
    const next = incident.strip.next
    if (!next) return
    if (next.act === 'take-lead' && me && next.id) assign.mutate({ incident: incident.key, role: next.id, user: me.id })
    if (next.act === 'classify')
      setOpened({
        what: incident.moves.find((move) => move.to === next.id)?.missing.some((field) => !field.own) ? 'classify' : 'state',
        to: next.id ?? undefined,
      })
    if (next.act === 'move') setOpened({ what: 'state', to: next.id ?? undefined })
    if (next.act === 'publish-update') document.getElementById('update-text')?.focus()
    if (next.act === 'decide') onCompose('decision')
    if (next.act === 'do-task' || next.act === 'test' || next.act === 'confirm')
      document.getElementById(next.act === 'confirm' ? 'confirmation' : 'board')?.scrollIntoView({ block: 'start' })
  }
  const setPrivate = (hidden: boolean) =>
    hide.mutate(
      { incident: incident.key, private: hidden },
      {
        onSuccess: () =>
          toast({ text: hidden ? 'Only its team and those who take part see it now.' : 'Everybody who may see incidents sees it now.' }),
      },
    )
  const failure = assign.error ?? hide.error
  const head = { incident, onSeverity: () => open({ what: 'severity' }), onState: () => open({ what: 'state' }) }
  const close = () => setOpened(undefined)
  const parts = { incident, open, asked, onCompose }
  return (
    <Page
      title={`${incident.key} ${incident.title}`}
      crumbs={crumbs}
      {...(phone ? {} : { note: <Note incident={incident} /> })}
      layout="fixed"
      head={phone ? <PhoneHead {...head} /> : <IncidentHead {...head} />}
      actions={
        <>
          <AvatarStack people={incident.responders} most={phone ? 3 : 6} label="Who takes part" />
          {may && !phone && (
            <Button icon={UserRoundPlus} keys="P" onClick={() => open({ what: 'bring-in' })}>
              Bring in
            </Button>
          )}
          <Menu
            align="end"
            trigger={<IconButton label="More" of={Ellipsis} look="outline" />}
            groups={menuOf(incident, { open, setPrivate, readsReview })}
          />
        </>
      }
    >
      {failure && (
        <div className="p-3">
          <ErrorNotice what={failure.message} reference={failure.reference} />
        </div>
      )}
      <Strip incident={incident} onNext={onNext} onEdit={() => open({ what: 'situation' })} />
      <div id="confirmation">
        <Confirmation incident={incident} />
      </div>
      {phone ? <PhoneBody {...parts} /> : <DeskBody {...parts} />}
      {opened?.what === 'state' && (
        <StateDialog incident={incident} to={opened.to} onClose={close} onClassify={() => setOpened({ what: 'classify' })} />
      )}
      {opened?.what === 'severity' && <SeverityDialog incident={incident} onClose={close} />}
      {opened?.what === 'classify' && <ClassifyDialog incident={incident} onClose={close} />}
      {opened?.what === 'edit' && <EditDialog incident={incident} onClose={close} />}
      {opened?.what === 'situation' && <SituationDialog incident={incident} onClose={close} />}
      {opened?.what === 'bring-in' && <BringInDialog incident={incident} onClose={close} />}
      {opened?.what === 'reopen' && <ReopenDialog incident={incident} onClose={close} />}
      {opened?.what === 'erase' && <EraseDialog incident={incident} textId={opened.textId} onClose={close} />}
    </Page>
  )
}

const Note = ({ incident }: { incident: Screen }) => (
  <>
    {incident.typeName}, version {incident.processVersion}
    {incident.services.map((service) => (
      <TextLink key={service.id} quiet className="ml-3" href={`/services/${service.slug}`}>
        {service.name}
      </TextLink>
    ))}
  </>
)

type Parts = { incident: Screen; open: (next: Opened) => void; asked: Asked | undefined; onCompose: (kind: Composes) => void }

/** What there is for this reader: whoever only reports sees no run, and does not tell stakeholders. */
function useShows({ teamId }: Screen): { runbooks: boolean; updates: boolean } {
  const may = useMay()
  return { runbooks: may('runbooks.listRuns', teamId), updates: may('status.publishUpdate', teamId) }
}

/** Timeline 1fr, the work 408, the people 348; below 1100 px the last two share a column. */
function DeskBody({ incident, open, asked, onCompose }: Parts) {
  const shows = useShows(incident)
  const erase = incident.may.respond ? { onErase: (textId: string) => open({ what: 'erase', textId }) } : {}
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(0,22rem)] desk:grid-cols-[minmax(0,1fr)_minmax(0,24rem)] wide:grid-cols-[minmax(0,1fr)_408px_348px]">
      <div className="flex min-h-0 min-w-0 flex-col">
        <IncidentTimeline incident={incident.key} {...erase} />
        {incident.may.respond && <Composer incident={incident.key} asked={asked} />}
      </div>
      <div id="board" className="min-h-0 overflow-y-auto border-l border-line wide:contents">
        <div className="wide:min-h-0 wide:overflow-y-auto wide:border-l wide:border-line">
          {shows.runbooks && <RunbookSlot incident={incident.key} />}
          <div className="border-t border-line">
            <Work incident={incident} onCompose={onCompose} />
          </div>
        </div>
        <div className="border-t border-line wide:min-h-0 wide:overflow-y-auto wide:border-t-0 wide:border-l">
          <Roles incident={incident} />
          {shows.updates && <UpdateSlot incident={incident.key} over={isOver(incident)} />}
          <div className="border-t border-line">
            <DueNext incident={incident} />
            <Changes incident={incident} />
          </div>
          <div className="border-t border-line">
            <Facts incident={incident} onEdit={() => open({ what: 'edit' })} onClassify={() => open({ what: 'classify' })} />
          </div>
        </div>
      </div>
    </div>
  )
}

const Work = ({ incident, onCompose }: Pick<Parts, 'incident' | 'onCompose'>) => (
  <>
    <Tasks incident={incident} onAdd={() => onCompose('task')} />
    <Hypotheses incident={incident} onAdd={() => onCompose('hypothesis')} />
    <Decisions incident={incident} />
  </>
)

function PhoneBody({ incident, open, asked, onCompose }: Parts) {
  const shows = useShows(incident)
  const [tab, setTab] = useSearchParam('tab', 'timeline')
  const todo = incident.tasks.filter((task) => task.doneAt === null).length
  const tabs = [
    { id: 'timeline', label: 'Timeline' },
    { id: 'tasks', label: 'Tasks', ...(todo > 0 ? { count: todo } : {}) },
    ...(shows.runbooks || shows.updates ? [{ id: 'runbook', label: 'Runbook' }] : []),
    { id: 'people', label: 'People' },
  ]
  const compose = (kind: Composes) => {
    setTab('timeline')
    onCompose(kind)
  }
  const chosen = tabs.some(({ id }) => id === tab) ? tab : 'timeline'
  return (
    <>
      <Tabs label="Parts of the incident" className="shrink-0 border-b border-line px-2" tabs={tabs} value={chosen} onChange={setTab} />
      {chosen === 'timeline' ? (
        <>
          <IncidentTimeline incident={incident.key} />
          {incident.may.respond && <Composer incident={incident.key} asked={asked} compact />}
        </>
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto">
          {chosen === 'tasks' && (
            <>
              <Work incident={incident} onCompose={compose} />
              <Changes incident={incident} />
            </>
          )}
          {chosen === 'runbook' && (
            <>
              {shows.runbooks && <RunbookSlot incident={incident.key} />}
              {shows.updates && <UpdateSlot incident={incident.key} over={isOver(incident)} />}
            </>
          )}
          {chosen === 'people' && (
            <>
              <Roles incident={incident} />
              <Responders incident={incident} onBringIn={() => open({ what: 'bring-in' })} />
              <DueNext incident={incident} />
              <Facts incident={incident} onEdit={() => open({ what: 'edit' })} onClassify={() => open({ what: 'classify' })} />
            </>
          )}
        </div>
      )}
    </>
  )
}
