// What is known about the incident: description, classification with the reason of its priority, the process's own fields, alert groups.
import { useMay } from '../../may.ts'
import { Button, DescriptionList, Panel, Severity, State, TextLink, TimeText, type Description } from '../../ui/index.ts'
import { severityOf, stateOf } from '../alerts/alert-words.ts'
import type { Option, Screen } from './incident-words.ts'

export function Facts({ incident, onEdit, onClassify }: { incident: Screen; onEdit: () => void; onClassify: () => void }) {
  const { choices, may } = incident
  const reads = useMay()('alerts.list', null)
  const nameIn = (list: readonly Option[], id: string | null) =>
    id === null ? null : (list.find((option) => option.id === id)?.name ?? id)
  const category = choices.categories.find((candidate) => candidate.id === incident.category)
  const classified: [string, string | null][] = [
    ['Category', category ? [category.name, nameIn(category.subcategories, incident.subcategory)].filter(Boolean).join(', ') : null],
    ['Impact', nameIn(choices.impacts, incident.impact)],
    ['Urgency', nameIn(choices.urgencies, incident.urgency)],
    ['Risk', nameIn(choices.risks, incident.risk)],
  ]
  const classifies = choices.impacts.length + choices.categories.length > 0
  return (
    <>
      {classifies && (
        <Panel
          title="Classification"
          actions={
            may.respond && (
              <Button look="quiet" size="small" onClick={onClassify}>
                Classify…
              </Button>
            )
          }
        >
          <DescriptionList items={classified.flatMap(([term, value]) => (value ? [{ term, value }] : []))} />
          <p className="mt-1 text-ink2">
            {incident.priority ? <strong>{incident.priority}</strong> : 'No priority yet'}: {incident.priorityReason}
          </p>
        </Panel>
      )}
      <Panel
        title="Facts"
        actions={
          may.respond && (
            <Button look="quiet" size="small" onClick={onEdit}>
              Change…<span className="sr-only"> the facts</span>
            </Button>
          )
        }
      >
        {incident.description && <p className="mb-2 wrap-break-word whitespace-pre-line">{incident.description}</p>}
        <DescriptionList items={factsOf(incident)} />
      </Panel>
      {incident.groups.length > 0 && (
        <Panel title="Alerts" note={incident.groups.length}>
          <ul>
            {incident.groups.map((group) => (
              <li key={group.id} className="flex min-h-8 items-center gap-2">
                <State {...stateOf(group.state)} glyphOnly />
                <Severity {...severityOf(group.severity)} over={group.state === 'resolved'} small />
                <span className="min-w-0 flex-1 wrap-break-word">
                  {reads ? (
                    <TextLink quiet href={`/alerts?state=all&text=${encodeURIComponent(group.title)}`}>
                      {group.title}
                    </TextLink>
                  ) : (
                    group.title
                  )}
                </span>
                <span className="shrink-0 text-ink3 tabular-nums">
                  {group.alertCount} {group.alertCount === 1 ? 'alert' : 'alerts'}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

function factsOf(incident: Screen): Description[] {
  const own = incident.fields.flatMap((field): Description[] =>
    field.value === null ? [] : [{ term: field.name, value: <span className="whitespace-pre-line">{field.value}</span> }],
  )
  return [
    ...(incident.occurredAt
      ? [
          {
            term: 'Occurred',
            value: (
              <>
                {incident.occurredExact ? '' : 'about '}
                <TimeText at={incident.occurredAt} form="absolute" />
              </>
            ),
          },
        ]
      : []),
    {
      term: 'Logged',
      value: (
        <>
          <TimeText at={incident.openedAt} form="absolute" />
          {incident.openedBy ? ` by ${incident.openedBy.name}` : ' by an alert'}
        </>
      ),
    },
    ...(incident.reporter ? [{ term: 'Reported by', value: incident.reporter.name }] : []),
    ...(incident.errorCode ? [{ term: 'Error code', value: incident.errorCode, mono: true }] : []),
    ...own,
  ]
}
