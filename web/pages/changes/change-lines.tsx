// Changes as lines: what it was, on what and by whom, when, and the way to whatever else is known of it.
import type { Output } from '../../api/client.ts'
import { durationWords, TextLink, TimeText } from '../../ui/index.ts'

export type Change = Output<'changes.list'>['items'][number]

/** `began`: tells of those before it by how much. `ofOne`: all are of the same service, which is not said again. */
export function ChangeLines({ changes, began, ofOne = false }: { changes: readonly Change[]; began?: string; ofOne?: boolean }) {
  return (
    <ul>
      {changes.map((change) => {
        const where = [ofOne ? undefined : change.service?.name, whoOf(change)].filter(Boolean).join(', ')
        return (
          <li key={change.id} className="py-1">
            <p className="wrap-break-word">
              <ChangeLink id={change.id}>{change.summary}</ChangeLink>
            </p>
            <p className="wrap-break-word text-ink3">
              {where && `${where}, `}
              {beforeWords(change.at, began) ?? <TimeText at={change.at} form="absolute" />}
            </p>
          </li>
        )
      })}
    </ul>
  )
}

/** What did it, as it calls itself, or who recorded it; undefined when nobody said. */
export const whoOf = ({ source, by }: Pick<Change, 'source' | 'by'>): string | undefined => source || by || undefined

/** To a change, beside the list of them all. */
export function ChangeLink({ id, children }: { id: string; children: string }) {
  return (
    <TextLink quiet href={`/changes?change=${id}`}>
      {children}
    </TextLink>
  )
}

/** "4 min before it began"; undefined for what was changed since. */
function beforeWords(at: string, began: string | undefined): string | undefined {
  if (began === undefined) return undefined
  const seconds = (Date.parse(began) - Date.parse(at)) / 1000
  return seconds < 0 ? undefined : `${durationWords(seconds)} before it began`
}
