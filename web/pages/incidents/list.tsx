// Incidents: the open ones first, each with how bad it is, where it stands, who leads and for how long. Declaring opens over it.
import { useNavigate } from '@tanstack/react-router'
import { useAskPages } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Lead, Page, useSearchParam } from '../../shell/index.ts'
import {
  Avatar,
  Button,
  cx,
  Duration,
  Empty,
  ErrorNotice,
  FindInput,
  Kbd,
  PlainLink,
  Select,
  Severity,
  ShowMore,
  Skeleton,
  State,
  TextLink,
  TimeText,
  useListKeys,
} from '../../ui/index.ts'
import { ServiceFilter } from '../services/service-filter.tsx'
import { DeclareDialog } from './declare.tsx'
import { glyphOf, isOver, levelOf, type Incident } from './incident-words.ts'

const shows = ['open', 'over', 'all', 'mine'] as const
type Shows = (typeof shows)[number]
const showOptions: { value: Shows; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'over', label: 'Resolved and closed' },
  { value: 'all', label: 'All' },
  { value: 'mine', label: 'Mine' },
]
const filters: Record<Shows, object> = { open: { open: true }, over: { open: false }, all: {}, mine: { mine: true } }

export default function IncidentsPage() {
  const [param, setShow] = useSearchParam('show', 'open')
  const [text, setText] = useSearchParam('text')
  const [severity, setSeverity] = useSearchParam('severity')
  const [service, setService] = useSearchParam('service')
  const [asked, setDeclaring] = useSearchParam('declare')
  const declares = useMay()('incidents.declare')
  const declaring = declares ? asked : ''
  const show = shows.find((one) => one === param) ?? 'open'
  const input = {
    ...filters[show],
    ...(text ? { text } : {}),
    ...(severity ? { severity: severity as 'SEV1' } : {}),
    ...(service ? { service } : {}),
    limit: 100,
  }
  const incidents = useAskPages('incidents.list', input, { refetchSeconds: 30 })
  const navigate = useNavigate()
  const items = incidents.items ?? []
  const keys = useListKeys({
    ids: items.map((item) => String(item.number)),
    onOpen: (id) => void navigate({ to: `/incidents/${id}` }),
    off: declaring !== '',
  })
  const filtered = show !== 'open' || text !== '' || severity !== '' || service !== ''
  return (
    <Page
      title="Incidents"
      bar={
        <>
          <Select
            label="Which"
            labelHidden
            className="w-40"
            options={showOptions}
            value={show}
            onChange={(event) => setShow(event.target.value)}
          />
          <Select
            label="Severity"
            labelHidden
            className="w-32 pointer-coarse:w-40"
            placeholder="Any severity"
            value={severity}
            onChange={(event) => setSeverity(event.target.value)}
            options={[1, 2, 3, 4, 5].map((level) => ({ value: `SEV${level}`, label: `SEV${level}` }))}
          />
          <ServiceFilter value={service} onChange={setService} />
          <FindInput value={text} onFind={setText} />
        </>
      }
      actions={
        declares && (
          <Button look="solid" keys="D" onClick={() => setDeclaring('yes')}>
            Declare incident
          </Button>
        )
      }
    >
      <div className="mx-auto max-w-300 px-4 pb-6 tablet:px-6">
        <Lead>{incidents.items ? sentence(items, show, incidents.more !== undefined) : 'Looking at what is open…'}</Lead>
        {incidents.error && (
          <ErrorNotice
            what="The incidents could not be read."
            todo={incidents.error.message}
            reference={incidents.error.reference}
            onRetry={() => void incidents.refetch()}
          />
        )}
        {!incidents.items && !incidents.error && <Skeleton label="Incidents" rows={6} tall />}
        {incidents.items && items.length === 0 && <Nothing filtered={filtered} />}
        <ul aria-label="Incidents" className={items.length > 0 ? 'border-t border-line' : undefined}>
          {items.map((incident) => (
            <IncidentRow key={incident.id} incident={incident} current={keys.current === String(incident.number)} />
          ))}
        </ul>
        <ShowMore more={incidents.more}>Show earlier ones</ShowMore>
        {items.length > 0 && (
          <p className="mt-3 hidden text-meta text-ink3 tablet:block">
            <Kbd>J</Kbd> <Kbd>K</Kbd> move, <Kbd>Enter</Kbd> open. How they go is written in{' '}
            <TextLink quiet href="/processes">
              processes
            </TextLink>
            .
          </p>
        )}
      </div>
      {declaring !== '' && <DeclareDialog onClose={() => setDeclaring(undefined)} />}
    </Page>
  )
}

function IncidentRow({ incident, current = false }: { incident: Incident; current?: boolean }) {
  const over = isOver(incident)
  const since = incident.occurredAt ?? incident.openedAt
  return (
    <li
      data-row={incident.number}
      className={cx(
        'relative flex min-h-[58px] items-start gap-3 border-b border-line px-2 py-2 hover:bg-sunken',
        current && 'bg-accent-bg',
      )}
    >
      <span className="w-16 shrink-0 pt-px">
        <Severity level={levelOf(incident.severity)} label={incident.severity} over={over} small />
      </span>
      <div className="min-w-0 flex-1">
        <PlainLink href={`/incidents/${incident.number}`} className="font-semibold wrap-break-word after:absolute after:inset-0">
          {incident.title}
        </PlainLink>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-ink2">
          <State
            kind={glyphOf(incident.state.glyph)}
            word={incident.holdReason ? `${incident.state.name}: ${incident.holdReason}` : incident.state.name}
          />
          <span className="font-mono text-meta text-ink3">{incident.key}</span>
          {incident.priority && <span className="font-semibold">{incident.priority}</span>}
          <span className="text-ink3">{incident.services.map((one) => one.name).join(', ') || incident.typeName}</span>
          {incident.private && <span className="text-violet">private</span>}
        </p>
        {!over && incident.impactNow && <p className="mt-0.5 wrap-break-word text-ink2">{incident.impactNow}</p>}
      </div>
      <div className="shrink-0 text-right text-ink2 tabular-nums">
        {over ? <TimeText at={incident.resolvedAt ?? incident.openedAt} form="relative" /> : <Duration since={since} />}
        <p className="mt-0.5 flex items-center justify-end gap-1.5 text-meta text-ink3 max-tablet:hidden">
          {incident.lead ? (
            <>
              <Avatar person={incident.lead} size={16} named={false} />
              {incident.lead.name}
            </>
          ) : over ? null : (
            'nobody leads'
          )}
        </p>
      </div>
    </li>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No incident is like this" act={<Button href="/incidents">Show the open ones</Button>}>
      Nothing matches the words and choices above.
    </Empty>
  ) : (
    <Empty title="No incident is open" attempt={<Button href="/processes">Read how incidents go here</Button>}>
      When something breaks, declare it: two fields are enough, and matching incidents show while you type.
    </Empty>
  )
}

function sentence(items: Incident[], show: Shows, more: boolean): string {
  const count = more ? `More than ${items.length}` : items.length === 0 ? 'No' : String(items.length)
  const noun = items.length === 1 ? 'incident' : 'incidents'
  if (show === 'mine') return `${count} ${noun} with you in ${items.length === 1 ? 'it' : 'them'}`
  if (show === 'all') return `${count} ${noun}`
  if (show === 'over') return `${count} ${noun} that ${items.length === 1 ? 'is' : 'are'} over`
  if (items.length === 0) return 'Nothing is broken that we know of'
  const unled = items.filter((item) => item.lead === null).length
  const worst = items.map((item) => item.severity).sort()[0]
  return `${count} ${noun} open, the worst ${worst}${unled > 0 ? `, ${unled} without a lead` : ''}`
}
