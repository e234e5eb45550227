// The head of the commander's screen: title, severity, the way through the process, and three clocks.
import { Button, Clock, ClockDigits, Clocks, Severity, State, StatePath } from '../../ui/index.ts'
import { clocksOf, glyphOf, isOver, levelOf, stagesOf, type Screen } from './incident-words.ts'

export function IncidentHead({ incident, onSeverity, onState }: { incident: Screen; onSeverity: () => void; onState: () => void }) {
  const { respond } = incident.may
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-120">
        <h1 className="text-lead font-semibold wrap-break-word">{incident.title}</h1>
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1">
          <SeverityButton incident={incident} onClick={onSeverity} />
          {incident.priority && (
            <span title={incident.priorityReason} className="text-ui font-semibold">
              {incident.priority}
              <span className="sr-only">: {incident.priorityReason}</span>
            </span>
          )}
          <StatePath stages={stagesOf(incident)} />
          {respond && incident.moves.length > 0 && (
            <Button look="quiet" size="small" keys="S" onClick={onState}>
              Change…<span className="sr-only"> the state</span>
            </Button>
          )}
          {incident.private && <span className="text-meta text-violet">Private: its team and those who take part</span>}
        </div>
      </div>
      <Clocks>
        {clocksOf(incident).map((clock) => (
          <Clock key={clock.id} label={clock.label} face={clock.face} />
        ))}
      </Clocks>
    </div>
  )
}

/** The same on a phone: one line of state and the clock that is next. */
export function PhoneHead({ incident, onSeverity, onState }: { incident: Screen; onSeverity: () => void; onState: () => void }) {
  const [running, update] = clocksOf(incident)
  return (
    <div>
      <h1 className="text-page font-semibold wrap-break-word">{incident.title}</h1>
      <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 pointer-coarse:mt-0 pointer-coarse:-mb-2">
        <SeverityButton incident={incident} onClick={onSeverity} />
        <button
          type="button"
          onClick={onState}
          disabled={!incident.may.respond || incident.moves.length === 0}
          className="rounded-control pointer-coarse:min-h-11"
        >
          <State kind={glyphOf(incident.state.glyph)} word={incident.state.name} />
          <span className="sr-only">, change the state</span>
        </button>
        {running && <ClockDigits label={running.label} face={running.face} />}
        {update?.id === 'update' && (
          <span className="ml-auto">
            <ClockDigits label="Update" face={update.face} before="update in" />
          </span>
        )}
      </div>
    </div>
  )
}

function SeverityButton({ incident, onClick }: { incident: Screen; onClick: () => void }) {
  const badge = <Severity level={levelOf(incident.severity)} label={incident.severity} over={isOver(incident)} />
  if (!incident.may.respond) return badge
  return (
    <button
      type="button"
      onClick={onClick}
      aria-keyshortcuts="Shift+S"
      title={`${incident.severityName}. Change the severity`}
      className="inline-flex min-h-6 items-center rounded-chip pointer-coarse:min-h-11"
    >
      {badge}
      <span className="sr-only">, {incident.severityName}: change the severity</span>
    </button>
  )
}
