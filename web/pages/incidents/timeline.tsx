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
  usePhone,
  useReader,
  zoneName,
} from '../../ui/index.ts'
import { Eraser } from 'lucide-react'
import { ChangeLink } from '../changes/change-lines.tsx'
import { isQuiet, markOf, type Entry } from './incident-words.ts'
import { folded, stretchOf } from './timeline-parts.ts'

const views = ['everything', 'facts', 'notes', 'changes'] as const
type View = (typeof views)[number]
const labels: Record<View, string> = { everything: 'Everything', facts: 'Facts', notes: 'Notes', changes: 'Changes' }

/** `onErase` is given when the reader may erase what was written. */
export function IncidentTimeline({ incident, onErase }: { incident: string; onErase?: (textId: string) => void }) {
  const [param, setView] = useSearchParam('show', 'everything')
  const view = views.find((candidate) => candidate === param) ?? 'everything'
  const timeline = useAsk('incidents.timeline', { incident, only: view, limit: 100 }, { refetchSeconds: 30 })
  const counts = timeline.data?.counts
  const newest = timeline.data?.items[0]
  const phone = usePhone()
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
        trail={!phone && newest && <Stretch at={newest.at} />}
      />
      {phone && newest && (
        <p className="shrink-0 border-b border-line px-4 py-1 text-meta text-ink2">
          <Stretch at={newest.at} />
        </p>
      )}
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
  const { zone } = useReader()
  const stretch = (entry: Entry) => stretchOf(entry.happenedAt ?? entry.at, zone)
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
      {folded(all, { shown, isQuiet, stretch }).map((part) =>
        'begins' in part ? (
          <p
            key={`stretch ${part.begins.id}`}
            className="relative py-1.5 pr-2 pl-[102px] text-meta font-medium text-ink2 max-tablet:pl-[84px]"
          >
            <Stretch at={part.begins.happenedAt ?? part.begins.at} />
          </p>
        ) : 'entry' in part ? (
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

/** The day and the zone that the clock times below it are of. */
function Stretch({ at }: { at: string }) {
  const { zone } = useReader()
  return (
    <>
      <TimeText at={at} form="day" />, {zoneName(Date.parse(at), zone)}
    </>
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
