// The timeline and its composer: newest at the bottom, runs of lesser entries folded, views as tabs.
import { useState } from 'react'
import { ask } from '../../api/client.ts'
import { useAsk } from '../../api/hooks.ts'
import { useSearchParam } from '../../shell/index.ts'
import {
  Button,
  ErrorNotice,
  IconButton,
  Skeleton,
  Tabs,
  Timeline,
  TimelineEntry,
  TimelineFold,
  TimeText,
  useReader,
  zoneName,
} from '../../ui/index.ts'
import { Eraser } from 'lucide-react'
import { ChangeLink } from '../changes/change-lines.tsx'
import { isQuiet, markOf, type Entry } from './incident-words.ts'

const views = ['everything', 'facts', 'notes', 'changes'] as const
type View = (typeof views)[number]
const labels: Record<View, string> = { everything: 'Everything', facts: 'Facts', notes: 'Notes', changes: 'Changes' }

/** `onErase` is given when the reader may erase what was written. */
export function IncidentTimeline({ incident, onErase }: { incident: string; onErase?: (textId: string) => void }) {
  const [param, setView] = useSearchParam('show', 'everything')
  const view = views.find((candidate) => candidate === param) ?? 'everything'
  const timeline = useAsk('incidents.timeline', { incident, only: view, limit: 100 }, { refetchSeconds: 30 })
  const { zone } = useReader()
  const counts = timeline.data?.counts
  const newest = timeline.data?.items.at(-1)
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Tabs
        label="What the timeline shows"
        className="shrink-0 border-b border-line px-3 py-1"
        tabs={views
          .filter((id) => id !== 'changes' || (counts?.changes ?? 0) > 0)
          .map((id) => ({ id, label: labels[id], ...(counts ? { count: counts[id] } : {}) }))}
        value={view}
        onChange={setView}
        trail={
          newest && (
            <>
              <TimeText at={newest.at} form="day" />, {zoneName(Date.parse(newest.at), zone)}
            </>
          )
        }
      />
      {timeline.error && (
        <div className="p-3">
          <ErrorNotice
            what="The timeline could not be read."
            todo={timeline.error.message}
            reference={timeline.error.reference}
            onRetry={() => void timeline.refetch()}
          />
        </div>
      )}
      {!timeline.data && !timeline.error && <Skeleton label="Timeline" rows={8} />}
      {timeline.data && (
        <Entries
          key={`${incident} ${view}`}
          incident={incident}
          view={view}
          items={timeline.data.items}
          cursor={timeline.data.nextCursor}
          {...(onErase ? { onErase } : {})}
        />
      )}
    </div>
  )
}

/** The newest part comes from outside and is refreshed; what is older is fetched when it is wanted, and kept. */
function Entries({
  incident,
  view,
  items,
  cursor,
  onErase,
}: {
  incident: string
  view: View
  items: Entry[]
  cursor: string | undefined
  onErase?: (textId: string) => void
}) {
  const [older, setOlder] = useState<{ items: Entry[]; cursor: string | undefined }>()
  const [loading, setLoading] = useState(false)
  const [fault, setFault] = useState<string>()
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set())
  const next = older ? older.cursor : cursor
  const all = [...items, ...(older?.items ?? []).filter((entry) => !items.some((known) => known.id === entry.id))].reverse()
  const fetchOlder = () => {
    setLoading(true)
    setFault(undefined)
    ask('incidents.timeline', { incident, only: view, limit: 200, cursor: next })
      .then((page) => setOlder({ items: [...(older?.items ?? []), ...page.items], cursor: page.nextCursor }))
      .catch((error: Error) => setFault(error.message))
      .finally(() => setLoading(false))
  }
  return (
    <Timeline
      className="flex-1 px-2"
      head={
        next ? (
          <div className="flex justify-center p-2">
            <Button look="quiet" size="small" sending={loading} onClick={fetchOlder}>
              Show what came before
            </Button>
            {fault && (
              <span role="alert" className="text-red">
                {fault}
              </span>
            )}
          </div>
        ) : undefined
      }
    >
      {folded(all, shown).map((part) =>
        'entry' in part ? (
          <OneEntry key={part.entry.id} entry={part.entry} {...(onErase ? { onErase } : {})} />
        ) : (
          <TimelineFold
            key={part.id}
            count={part.count}
            between={
              <>
                between <TimeText at={part.from} form="clock" /> and <TimeText at={part.to} form="clock" />
              </>
            }
            onShow={() => setShown(new Set([...shown, part.id]))}
          />
        ),
      )}
    </Timeline>
  )
}

function OneEntry({ entry, onErase }: { entry: Entry; onErase?: (textId: string) => void }) {
  const mark = markOf(entry)
  const isNote = 'person' in mark
  const [fact, rest] = isNote ? [entry.actorName, entry.text ?? ''] : splitFact(entry.sentence)
  const below = !isNote && entry.text !== null && !entry.sentence.includes(entry.text) ? entry.text : entry.detail
  const { textId } = entry
  const { change } = entry.about
  return (
    <TimelineEntry
      id={entry.id}
      at={entry.at}
      {...(entry.happenedAt ? { happenedAt: entry.happenedAt } : {})}
      mark={mark}
      fact={fact}
      {...(rest ? { text: change ? <ChangeLink id={change}>{rest}</ChangeLink> : rest } : {})}
      quiet={isQuiet(entry)}
      {...(below ? { children: <p className="wrap-break-word whitespace-pre-line text-ink2">{below}</p> } : {})}
      {...(onErase && textId && entry.text !== '(erased)'
        ? { actions: <IconButton label="Erase what was written…" of={Eraser} size="small" onClick={() => onErase(textId)} /> }
        : {})}
    />
  )
}

/** The bold fact ends at the first colon; what people said follows in ink. */
function splitFact(sentence: string): [string, string] {
  const at = sentence.indexOf(': ')
  return at < 0 ? [sentence, ''] : [`${sentence.slice(0, at)}:`, sentence.slice(at + 2)]
}

type Part = { entry: Entry } | { id: string; count: number; from: string; to: string }
const foldFrom = 5
const keepNewest = 8

/** Runs of five and more quiet entries become one line; the newest stay open. */
function folded(entries: Entry[], shown: ReadonlySet<string>): Part[] {
  const parts: Part[] = []
  let run: Entry[] = []
  const flush = () => {
    const [first, last] = [run[0], run.at(-1)]
    if (first && last && run.length >= foldFrom && !shown.has(first.id))
      parts.push({ id: first.id, count: run.length, from: first.at, to: last.at })
    else parts.push(...run.map((entry) => ({ entry })))
    run = []
  }
  for (const [index, entry] of entries.entries()) {
    if (isQuiet(entry) && index < entries.length - keepNewest) run.push(entry)
    else {
      flush()
      parts.push({ entry })
    }
  }
  flush()
  return parts
}
