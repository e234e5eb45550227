// Due next: updates, tasks, targets and closing, each with whose it is.
import { useState } from 'react'
import { Button, ClockDigits, Panel } from '../../ui/index.ts'
import type { Screen } from './incident-words.ts'

const most = 5

export function DueNext({ incident }: { incident: Screen }) {
  const [all, setAll] = useState(false)
  if (incident.due.length === 0) return null
  const shown = all ? incident.due : incident.due.slice(0, most)
  return (
    <Panel
      title="Due next"
      actions={
        incident.due.length > most &&
        !all && (
          <Button look="quiet" size="small" onClick={() => setAll(true)}>
            Show all
          </Button>
        )
      }
    >
      <ul>
        {shown.map((due) => (
          <li key={`${due.kind} ${due.id}`} className="flex min-h-[27px] items-center gap-2">
            <span className="w-16 shrink-0">
              <ClockDigits label={due.title} face={{ kind: 'due', due: due.at }} />
            </span>
            <span className="min-w-0 flex-1 wrap-break-word">{due.title}</span>
            <span className="shrink-0 text-ink3">{due.who.map((name) => name.split(' ')[0]).join(', ')}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
