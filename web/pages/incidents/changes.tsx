// What was changed on its services, from the day before it began: the newest first.
import { durationWords, Panel, TextLink, TimeText } from '../../ui/index.ts'
import type { Screen } from './incident-words.ts'

export function Changes({ incident }: { incident: Screen }) {
  const { changes, running } = incident
  if (changes.length === 0) return null
  return (
    <Panel title="Changed" note={changes.length}>
      <ul>
        {changes.map((change) => (
          <li key={change.id} className="py-1">
            <p className="wrap-break-word">
              {change.links[0] ? (
                <TextLink quiet href={change.links[0].href}>
                  {change.summary}
                </TextLink>
              ) : (
                change.summary
              )}
            </p>
            <p className="text-ink3">
              {[change.service?.name, change.source || change.by].filter(Boolean).join(', ')}
              {change.service || change.by || change.source ? ', ' : ''}
              {words(change.at, running.since) ?? <TimeText at={change.at} form="absolute" />}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** "4 min before it began"; undefined for what was changed since. */
function words(at: string, began: string): string | undefined {
  const seconds = (Date.parse(began) - Date.parse(at)) / 1000
  return seconds < 0 ? undefined : `${durationWords(seconds)} before it began`
}
