// Runbooks: what there is to run, what runs now, and what comes with the product to be copied.
import { useState } from 'react'
import { useAsk, useAskAll, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Columns, Lead, Page, useSearchParam } from '../../shell/index.ts'
import {
  Button,
  Empty,
  ErrorNotice,
  FindInput,
  Panel,
  PanelHeader,
  Row,
  Rows,
  Skeleton,
  StateGlyph,
  TextLink,
  TimeText,
} from '../../ui/index.ts'
import { count, phaseOf, type RunLine } from './run-words.ts'
import { StartRun } from './start-run.tsx'

export default function RunbooksPage() {
  const [text, setText] = useSearchParam('text')
  const runbooks = useAskAll('runbooks.listRunbooks', text ? { text } : {})
  const open = useAskAll('runbooks.listRuns', { open: 'true' })
  const [starting, setStarting] = useState<string>()
  const may = useMay()
  const items = runbooks.data?.items ?? []
  const running = open.data?.items ?? []
  return (
    <Page
      title="Runbooks"
      note={runbooks.data ? count(items.length, 'runbook') : undefined}
      bar={<FindInput value={text} onFind={setText} />}
    >
      <Columns
        sideLabel="Running and ready to copy"
        side={
          <>
            {open.data && <Running runs={running} />}
            {may('runbooks.addShipped', null) && <Shipped />}
          </>
        }
      >
        <Lead>{open.data ? sentence(running) : open.error ? 'What runs could not be read' : 'Looking at what runs…'}</Lead>
        {runbooks.error && (
          <ErrorNotice what="The runbooks could not be read." todo={runbooks.error.message} onRetry={() => void runbooks.refetch()} />
        )}
        {!runbooks.data && !runbooks.error && <Skeleton label="Runbooks" rows={5} tall />}
        {runbooks.data && items.length === 0 && (
          <Empty title={text ? 'No runbook is called like this' : 'No runbook yet'}>
            A runbook is what your team does about something, in steps: machines do what needs no judgement, people answer and approve. Copy
            one that ships, or write one as YAML and run <code>tocsin apply</code>.
          </Empty>
        )}
        <Rows label="Runbooks">
          {items.map((runbook) => (
            <Row
              key={runbook.id}
              note={
                <>
                  {runbook.description || `${count(runbook.steps, 'step')}.`}{' '}
                  <span className="text-ink3">
                    {count(runbook.steps, 'step')}, asks {count(runbook.asks, 'time')}
                    {runbook.changes > 0 && (
                      <>
                        ,{' '}
                        <span className="text-orange">
                          {count(runbook.changes, 'step')} {runbook.changes === 1 ? 'changes' : 'change'} something
                        </span>
                      </>
                    )}
                    {runbook.team && `, ${runbook.team.name}`}
                  </span>
                </>
              }
              meta={
                <>
                  {runbook.problems.length > 0 && <span className="text-red">{count(runbook.problems.length, 'problem')}</span>}
                  {runbook.lastRun && (
                    <TextLink quiet href={`/runs/${runbook.lastRun.number}`}>
                      run {runbook.lastRun.number}, <TimeText at={runbook.lastRun.startedAt} form="relative" />
                    </TextLink>
                  )}
                  {may('runbooks.start', runbook.team?.slug ?? null) && (
                    <Button size="small" onClick={() => setStarting(runbook.slug)}>
                      Start…
                    </Button>
                  )}
                </>
              }
            >
              <TextLink quiet href={`/runbooks/${runbook.slug}`} className="font-semibold">
                {runbook.name}
              </TextLink>
            </Row>
          ))}
        </Rows>
        {starting !== undefined && <StartRun runbook={starting} onClose={() => setStarting(undefined)} />}
      </Columns>
    </Page>
  )
}

function sentence(running: RunLine[]): string {
  if (running.length === 0) return 'No runbook is running'
  const waiting = running.filter(({ phase }) => ['asking', 'approving', 'doubt', 'stuck'].includes(phase)).length
  const runs = running.length === 1 ? 'One runbook is running' : `${running.length} runbooks are running`
  return waiting === 0
    ? runs
    : `${runs}, ${waiting === running.length && waiting > 1 ? 'all wait' : waiting === 1 ? 'one waits' : `${waiting} wait`} for a person`
}

function Running({ runs }: { runs: RunLine[] }) {
  return (
    <Panel title="Running now" note={runs.length || undefined}>
      {runs.length === 0 && <p className="text-ink2">Nothing.</p>}
      <Rows>
        {runs.map((run) => (
          <Row
            key={run.id}
            lead={<StateGlyph kind={phaseOf(run.phase).glyph} />}
            meta={<TimeText at={run.startedAt} form="relative" />}
            note={`${phaseOf(run.phase).word}${run.step ? `: ${run.step.name}` : ''}`}
          >
            <TextLink quiet href={`/runs/${run.number}`}>
              {run.runbook.name}
            </TextLink>
            {run.incident && <span className="text-ink3"> INC-{run.incident.number}</span>}
          </Row>
        ))}
      </Rows>
    </Panel>
  )
}

function Shipped() {
  const shipped = useAsk('runbooks.listShipped', {})
  const add = useDo('runbooks.addShipped')
  const ready = (shipped.data?.items ?? []).filter(({ isThere }) => !isThere)
  if (ready.length === 0) return null
  return (
    <section aria-label="Ready to copy" className="border-t border-line px-4 py-3">
      <PanelHeader title="Ready to copy" />
      {add.error && <ErrorNotice what={add.error.message} />}
      <Rows>
        {ready.map((runbook) => (
          <Row
            key={runbook.slug}
            note={runbook.description}
            meta={
              <Button
                size="small"
                sending={add.isPending && add.variables?.slug === runbook.slug}
                onClick={() => add.mutate({ slug: runbook.slug })}
              >
                Copy
              </Button>
            }
          >
            {runbook.name}
          </Row>
        ))}
      </Rows>
    </section>
  )
}
