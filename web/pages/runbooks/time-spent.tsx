// Where a run's time went: one bar a visit, machines in ink, people in amber, with the table behind it.
import { Duration, useNow } from '../../ui/index.ts'
import type { Run } from './run-words.ts'

const height = 22

export function TimeSpent({ run }: { run: Run }) {
  const now = useNow(1)
  const from = Date.parse(run.startedAt)
  const until = run.endedAt === null ? now : Date.parse(run.endedAt)
  const whole = Math.max(1000, until - from)
  const visits = run.visits.map((visit) => {
    const [start, end] = [Date.parse(visit.startedAt), visit.endedAt === null ? until : Date.parse(visit.endedAt)]
    return {
      ...visit,
      seconds: Math.max(0, (end - start) / 1000),
      left: ((start - from) / whole) * 100,
      width: Math.max(0.6, ((end - start) / whole) * 100),
    }
  })
  if (visits.length === 0) return <p className="text-ink2">Nothing has taken time yet.</p>
  return (
    <figure>
      <figcaption className="mb-1 flex gap-4 text-meta text-ink2">
        <Legend tone="fill-ink2" word="machine" /> <Legend tone="fill-sev3" word="waited for a person" />
      </figcaption>
      <table className="w-full text-ui">
        <caption className="sr-only">Steps with the time that each took</caption>
        <thead className="sr-only">
          <tr>
            <th>Step</th>
            <th>By</th>
            <th>Time</th>
          </tr>
        </thead>
        <tbody>
          {visits.map((visit) => (
            <tr key={visit.seq} className="border-t border-line">
              <th scope="row" className="w-2/5 max-w-0 truncate py-0.5 pr-2 text-left font-normal text-ink2">
                {visit.name}
              </th>
              <td className="w-full">
                <span className="sr-only">{visit.by}</span>
                <svg width="100%" height={height} aria-hidden preserveAspectRatio="none">
                  <rect
                    x={`${visit.left}%`}
                    y={6}
                    width={`${visit.width}%`}
                    height={height - 12}
                    className={visit.by === 'person' ? 'fill-sev3' : 'fill-ink2'}
                  />
                </svg>
              </td>
              <td className="pl-2 text-right whitespace-nowrap text-ink3">
                <Duration seconds={visit.seconds} exact />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

function Legend({ tone, word }: { tone: string; word: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <svg width="10" height="10" aria-hidden>
        <rect width="10" height="10" rx="2" className={tone} />
      </svg>
      {word}
    </span>
  )
}
