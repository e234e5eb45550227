// The runbook panel of an incident: the newest open run with its path, its question in place, and the way to start another.
import { useState } from 'react'
import { useAsk, useAskAll } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Button, ErrorNotice, Menu, Panel, StateGlyph, TextLink } from '../../ui/index.ts'
import { PendingAsk } from './pending-ask.tsx'
import { StepTime } from './run-path.tsx'
import { isOver, phaseOf, stepState, type Run, type RunLine, type Step } from './run-words.ts'
import { StartRun } from './start-run.tsx'
import { StuckStep } from './step-acts.tsx'

export default function IncidentRunbooks({ incident }: { incident: string }) {
  const runs = useAsk('runbooks.listRuns', { incident, limit: 20 })
  const items = runs.data?.items ?? []
  const open = items.filter(({ phase }) => !isOver(phase))
  const others = items.filter(({ id }) => id !== open[0]?.id)
  return (
    <>
      {runs.error && (
        <div className="px-4 py-3">
          <ErrorNotice what={runs.error.message} />
        </div>
      )}
      {open[0] && <OpenRun key={open[0].id} line={open[0]} />}
      <Panel
        title={open.length > 0 ? 'Other runbooks' : 'Runbooks'}
        note={others.length || undefined}
        actions={<StartMenu incident={incident} />}
      >
        {items.length === 0 && runs.data && <p className="text-ink2">None has run here yet.</p>}
        <ul>
          {others.map((run) => (
            <OtherRun key={run.id} run={run} />
          ))}
        </ul>
      </Panel>
    </>
  )
}

function OpenRun({ line }: { line: RunLine }) {
  const { data: run, error } = useAsk('runbooks.getRun', { run: line.id })
  const note = line.step ? `step ${line.step.place} of ${line.step.of}` : phaseOf(line.phase).word
  return (
    <Panel
      title={line.runbook.name}
      note={note}
      actions={
        <TextLink quiet href={`/runs/${line.number}`}>
          Open
        </TextLink>
      }
    >
      {error && <ErrorNotice what={error.message} />}
      {run && <Path run={run} />}
    </Panel>
  )
}

/** Every step in one line; the box of what waits stands where its step is. */
function Path({ run }: { run: Run }) {
  const steps = run.sections.flatMap((section) => section.steps)
  const shown = steps.filter(({ state }) => state !== 'skipped')
  return (
    <ol>
      {shown.map((step) => {
        const waits = run.pending?.step === step.id || run.stuck?.step === step.id
        return (
          <li key={step.id} aria-current={waits ? 'step' : undefined} className={waits ? 'py-1.5' : ''}>
            {waits ? (
              <>
                {run.pending && <PendingAsk key={run.pending.seq} pending={run.pending} compact />}
                <StuckStep run={run} />
              </>
            ) : (
              <Line step={step} />
            )}
          </li>
        )
      })}
    </ol>
  )
}

function Line({ step }: { step: Step }) {
  const { glyph, word } = stepState(step)
  return (
    <div className="flex min-h-[22px] items-start gap-2 py-0.5">
      <StateGlyph kind={glyph} className="mt-0.5" />
      <span className="sr-only">{word}:</span>
      <span className={step.state === 'upcoming' ? 'min-w-0 flex-1 text-ink2' : 'min-w-0 flex-1'}>{step.name}</span>
      <span className="max-w-[50%] text-right text-ink3 tabular-nums">
        <StepTime step={step} />
      </span>
    </div>
  )
}

function OtherRun({ run }: { run: RunLine }) {
  const { glyph, word } = phaseOf(run.phase)
  return (
    <li className="flex min-h-7 items-center gap-2">
      <StateGlyph kind={glyph} />
      <TextLink quiet href={`/runs/${run.number}`} className="min-w-0 flex-1">
        {run.runbook.name}
      </TextLink>
      <span className="text-ink3">{word}</span>
    </li>
  )
}

function StartMenu({ incident }: { incident: string }) {
  const runbooks = useAskAll('runbooks.listRunbooks', {})
  const [starting, setStarting] = useState<string>()
  const may = useMay()
  const items = (runbooks.data?.items ?? []).filter(({ team }) => may('runbooks.start', team?.slug ?? null))
  if (items.length === 0) return null
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" size="small">
            Start…
          </Button>
        }
        groups={[{ acts: items.map(({ slug, name }) => ({ label: name, run: () => setStarting(slug) })) }]}
      />
      {starting !== undefined && <StartRun runbook={starting} incident={incident} onClose={() => setStarting(undefined)} />}
    </>
  )
}
