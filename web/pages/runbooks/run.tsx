// One run: its path, the question it waits for with what answers it, where the time went, and what happens if nobody does anything.
import { useParams } from '@tanstack/react-router'
import { useAsk } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Page, useSearchParam } from '../../shell/index.ts'
import {
  Clocks,
  DescriptionList,
  Duration,
  ErrorNotice,
  Markdown,
  Panel,
  PanelHeader,
  Skeleton,
  StateGlyph,
  TextLink,
  TimeText,
} from '../../ui/index.ts'
import { PendingAsk } from './pending-ask.tsx'
import { RunPath, StepTime } from './run-path.tsx'
import { asSentence, isOver, phaseOf, stepState, type Run, type Step } from './run-words.ts'
import { StopRun, StuckStep } from './step-acts.tsx'
import { TimeSpent } from './time-spent.tsx'

export default function RunPage() {
  const { run: key = '' } = useParams({ strict: false }) as { run?: string }
  const { data: run, error } = useAsk('runbooks.getRun', { run: key })
  const [chosen, setChosen] = useSearchParam('step')
  const may = useMay()
  if (error)
    return (
      <Page title="Run" crumbs={[{ label: 'Runbooks', href: '/runbooks' }]}>
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} />
        </div>
      </Page>
    )
  if (!run)
    return (
      <Page
        title="Run"
        crumbs={[
          { label: 'Runbooks', href: '/runbooks' },
          { label: `run ${key}`, mono: true },
        ]}
      >
        <div className="p-4">
          <Skeleton label="Run" />
        </div>
      </Page>
    )
  const steps = run.sections.flatMap((section) => section.steps)
  const current =
    steps.find(({ id }) => id === chosen) ??
    steps.find(({ id }) => id === run.step?.id) ??
    steps.findLast(({ state }) => state !== 'upcoming') ??
    steps[0]
  return (
    <Page
      title={`${run.runbook.name}, run ${run.number}`}
      crumbs={[
        { label: 'Runbooks', href: '/runbooks' },
        { label: run.runbook.name, href: `/runbooks/${run.runbook.slug}` },
        { label: `run ${run.number}`, mono: true },
      ]}
      actions={!isOver(run.phase) && may('runbooks.cancel') && <StopRun run={run} />}
      layout="fixed"
      head={<Head run={run} />}
    >
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto desk:flex-row desk:overflow-hidden">
        <div className="order-2 border-line px-3 py-3 desk:order-1 desk:w-90 desk:shrink-0 desk:overflow-y-auto desk:border-r">
          <RunPath run={run} current={current?.id} onChoose={setChosen} />
        </div>
        <div className="order-1 min-w-0 flex-1 px-4 py-3 desk:order-2 desk:overflow-y-auto">
          {run.pending && <PendingAsk key={`${run.pending.seq}`} pending={run.pending} />}
          <StuckStep run={run} />
          {current && <StepDetail run={run} step={current} />}
          <section aria-label="Where the time went" className="mt-5">
            <PanelHeader title="Where the time went" />
            <TimeSpent run={run} />
          </section>
        </div>
        <aside aria-label="Facts of the run" className="order-3 border-line desk:w-75 desk:shrink-0 desk:overflow-y-auto desk:border-l">
          <Side run={run} />
        </aside>
      </div>
    </Page>
  )
}

function Head({ run }: { run: Run }) {
  const { word, glyph } = phaseOf(run.phase)
  return (
    <div className="flex flex-wrap items-end gap-x-6 gap-y-2">
      <div className="min-w-0 grow basis-full desk:basis-0">
        <h1 className="text-page font-semibold">{run.runbook.name}</h1>
        <p className="flex flex-wrap items-center gap-x-1.5 text-ink2">
          <StateGlyph kind={glyph} />
          <span className={run.pending ? 'font-medium text-amber' : 'font-medium text-ink'}>
            {run.pending ? `Waiting for ${run.pending.isMine ? 'you' : run.pending.who}` : word}
          </span>
          {run.incident && (
            <>
              <span>
                for <TextLink href={`/incidents/${run.incident.number}`}>INC-{run.incident.number}</TextLink>,
              </span>
            </>
          )}
          <span>
            version {run.runbook.version}, started <TimeText at={run.startedAt} form="clock" /> by {run.startedBy}
            {run.startedFor === null ? '' : ` ${run.startedFor}`}
          </span>
        </p>
      </div>
      <Clocks>
        <Figure label="Running">
          {run.endedAt === null ? (
            <Duration since={run.startedAt} exact />
          ) : (
            <Duration seconds={(Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000} exact />
          )}
        </Figure>
        <Figure label="Machines worked">
          <Duration seconds={run.machineSeconds} exact />
        </Figure>
        <Figure label="Waited for people">
          <Duration seconds={run.peopleSeconds} exact />
        </Figure>
      </Clocks>
    </div>
  )
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <div className="text-meta text-ink3">{label}</div>
      <div className="text-panel font-semibold tabular-nums">{children}</div>
    </div>
  )
}

function StepDetail({ run, step }: { run: Run; step: Step }) {
  const section = run.sections.find(({ steps }) => steps.some(({ id }) => id === step.id))
  const values = Object.entries(step.extracted)
  return (
    <section aria-label={step.name} className="mt-5">
      <PanelHeader
        title={step.name}
        note={
          <>
            {stepState(step).word}
            {step.startedAt && step.state !== 'skipped' && (
              <>
                {' '}
                · <StepTime step={step} />
              </>
            )}
            {step.visits > 1 && ` · visited ${step.visits} times`}
          </>
        }
      />
      <p className="text-ink2">
        {asSentence(step.reason === '' ? step.says : step.reason)}
        {step.danger !== 'reads' && <span className="text-orange"> It {step.danger} something outside.</span>}
      </p>
      {values.length > 0 && (
        <DescriptionList
          termWidth={130}
          items={values.map(([term, value]) => ({ term, value: typeof value === 'string' ? value : JSON.stringify(value), mono: true }))}
        />
      )}
      {step.output !== null && step.output !== '' && (
        <pre
          tabIndex={0}
          aria-label={`Output of ${step.name}`}
          className="mt-2 max-h-80 overflow-auto rounded-control border border-line bg-canvas p-2.5 font-mono text-meta whitespace-pre-wrap"
        >
          {step.output}
        </pre>
      )}
      {section && section.html !== '' && (
        <details className="mt-3">
          <summary className="cursor-pointer text-ink2">What the runbook says about ‘{section.name}’</summary>
          <Markdown html={section.html} className="mt-2" />
        </details>
      )}
    </section>
  )
}

function Side({ run }: { run: Run }) {
  return (
    <>
      <Panel title="If you do nothing">
        <p className="text-ink2">{run.ifNothing}</p>
      </Panel>
      {run.values.length > 0 && (
        <Panel title="Values so far">
          <dl>
            {run.values.map(({ name, value }) => (
              <div key={name} className="flex flex-wrap items-baseline justify-between gap-x-3 py-1">
                <dt className="wrap-anywhere text-ink3">{name}</dt>
                <dd className="font-mono text-meta wrap-anywhere">{value}</dd>
              </div>
            ))}
          </dl>
        </Panel>
      )}
      {run.answered.length > 0 && (
        <Panel title="Answered and approved">
          <ul>
            {run.answered.map((one) => (
              <li key={`${one.step} ${one.at} ${one.by}`} className="py-1">
                <span className="font-medium">{one.answer}</span> <span className="text-ink2">{one.question}</span>
                <div className="text-meta text-ink3">
                  {one.by}, <TimeText at={one.at} form="record" />
                  {one.note === null ? '' : `: “${one.note}”`}
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title="Why it stands here">
        <p className="text-ink2">{asSentence(run.reason)}</p>
      </Panel>
    </>
  )
}
