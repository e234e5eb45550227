// The open incidents in one line each, for Home: how bad, where it stands, for how long.
import { useAsk } from '../../api/hooks.ts'
import { Duration, PanelHeader, Row, Rows, Severity, State, TextLink } from '../../ui/index.ts'
import { glyphOf, levelOf } from './incident-words.ts'

export function OpenIncidents() {
  const incidents = useAsk('incidents.list', { open: true, limit: 8 })
  const items = incidents.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section className="mt-6" aria-label="Open incidents">
      <PanelHeader
        title="Happening now"
        note={incidents.data?.nextCursor ? `more than ${items.length} open` : `${items.length} open`}
        ruled
        actions={
          <TextLink href="/incidents" quiet>
            All incidents
          </TextLink>
        }
      />
      <Rows label="Open incidents">
        {items.map((incident) => (
          <Row
            key={incident.id}
            lead={<Severity level={levelOf(incident.severity)} label={incident.severity} small />}
            note={
              <span className="flex flex-wrap items-center gap-x-3">
                <State kind={glyphOf(incident.state.glyph)} word={incident.state.name} />
                <span className="text-ink3">{incident.lead?.name ?? 'nobody leads'}</span>
              </span>
            }
            meta={<Duration since={incident.occurredAt ?? incident.openedAt} />}
          >
            <TextLink quiet href={`/incidents/${incident.number}`}>
              {incident.title}
            </TextLink>
          </Row>
        ))}
      </Rows>
    </section>
  )
}
