// One runbook: outline, prose and steps with where each may lead, and its problems at their steps.
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useAsk } from '../../api/hooks.ts'
import type { Output } from '../../api/client.ts'
import { useMay } from '../../may.ts'
import { Columns, Lead, Page } from '../../shell/index.ts'
import {
  Button,
  DescriptionList,
  ErrorNotice,
  Icon,
  Markdown,
  Panel,
  PanelHeader,
  Row,
  Rows,
  Skeleton,
  StateGlyph,
  TextLink,
  TimeText,
  type LucideIcon,
} from '../../ui/index.ts'
import { CircleQuestionMark, Clock4, GitBranch, Megaphone, NotebookPen, Play, ShieldCheck, Tag, Zap } from 'lucide-react'
import { count, phaseOf } from './run-words.ts'
import { StartRun } from './start-run.tsx'

type Runbook = Output<'runbooks.getRunbook'>
type Step = Runbook['outline'][number]

const icons: Record<string, LucideIcon> = {
  http: Zap,
  ask: CircleQuestionMark,
  approve: ShieldCheck,
  branch: GitBranch,
  update: Megaphone,
  do: Play,
  wait: Clock4,
  set: Tag,
  note: NotebookPen,
}

export default function RunbookPage() {
  const { slug = '' } = useParams({ strict: false }) as { slug?: string }
  const { data: runbook, error } = useAsk('runbooks.getRunbook', { runbook: slug })
  const [starting, setStarting] = useState(false)
  const may = useMay()
  const crumbs = [{ label: 'Runbooks', href: '/runbooks' }, { label: runbook?.name ?? slug }]
  if (error)
    return (
      <Page title="Runbook" crumbs={crumbs}>
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} />
        </div>
      </Page>
    )
  return (
    <Page
      title={runbook?.name ?? 'Runbook'}
      crumbs={crumbs}
      actions={
        runbook &&
        may('runbooks.start', runbook.team?.slug ?? null) && (
          <Button look="solid" onClick={() => setStarting(true)}>
            Start…
          </Button>
        )
      }
    >
      {!runbook ? (
        <div className="p-4">
          <Skeleton label="Runbook" />
        </div>
      ) : (
        <Columns sideLabel="About the runbook" side={<Side runbook={runbook} />}>
          <Lead note={runbook.definition.description || undefined}>{runbook.name}</Lead>
          {runbook.problems.length > 0 && <Problems runbook={runbook} />}
          {runbook.definition.sections.map((section, index) => (
            <section key={index} id={`section-${index}`} aria-label={section.name} className="mt-5">
              <PanelHeader
                title={section.name}
                note={
                  section.when ? (
                    <>
                      only if <code>{section.when}</code>
                    </>
                  ) : undefined
                }
                ruled
              />
              {runbook.prose.sections[index] && <Markdown html={runbook.prose.sections[index]} className="my-2 max-w-160" />}
              <Rows label={`Steps of ${section.name}`}>
                {runbook.outline
                  .filter((step) => step.section === index)
                  .map((step) => (
                    <StepRow key={step.step} step={step} runbook={runbook} />
                  ))}
              </Rows>
            </section>
          ))}
        </Columns>
      )}
      {starting && <StartRun runbook={slug} onClose={() => setStarting(false)} />}
    </Page>
  )
}

function StepRow({ step, runbook }: { step: Step; runbook: Runbook }) {
  const problems = problemsAt(runbook, step.step)
  return (
    <Row
      id={`step-${step.step}`}
      lead={<Icon of={icons[step.kind] ?? Play} />}
      meta={<span className={step.danger === 'reads' ? '' : 'text-orange'}>{step.says}</span>}
      note={
        <>
          {runbook.prose.steps[step.step] && <Markdown html={runbook.prose.steps[step.step]!} className="my-1 max-w-160" />}
          {step.next.length > 0 && (
            <ul>
              {step.next.map((way) => (
                <li key={way.label}>
                  {way.label} <span aria-hidden>→</span>
                  <span className="sr-only">leads to</span> <span className="text-ink2">{way.to}</span>
                </li>
              ))}
            </ul>
          )}
          {problems.map((problem) => (
            <p key={problem.message} className="text-red">
              {problem.message}
            </p>
          ))}
        </>
      }
    >
      <span className="font-medium">{step.name}</span> <span className="font-mono text-meta text-ink3">{step.step}</span>
    </Row>
  )
}

/** A problem's path begins with its step's place. */
function problemsAt(runbook: Runbook, id: string) {
  return runbook.definition.sections.flatMap((section, s) =>
    section.steps.flatMap((step, index) => {
      const place = `/sections/${s}/steps/${index}`
      return step.id === id ? runbook.problems.filter(({ path }) => path === place || path.startsWith(`${place}/`)) : []
    }),
  )
}

function Problems({ runbook }: { runbook: Runbook }) {
  return (
    <ErrorNotice
      what={`This runbook has ${count(runbook.problems.length, 'problem')}`}
      safe="It may be started all the same: a step with a problem stands and asks a person."
      todo={
        <ul>
          {runbook.problems.map((problem) => (
            <li key={problem.path + problem.message}>{problem.message}</li>
          ))}
        </ul>
      }
    />
  )
}

function Side({ runbook }: { runbook: Runbook }) {
  const runs = useAsk('runbooks.listRuns', { runbook: runbook.slug, limit: 8 })
  return (
    <>
      <Panel title="Outline">
        <ol>
          {runbook.definition.sections.map((section, index) => (
            <li key={index} className="flex justify-between gap-2 py-0.5">
              <TextLink quiet href={`#section-${index}`} className="inline-flex min-h-6 items-center">
                {section.name}
              </TextLink>
              <span className="text-meta text-ink3">{count(section.steps.length, 'step')}</span>
            </li>
          ))}
        </ol>
      </Panel>
      <Panel title="Facts">
        <DescriptionList
          items={[
            { term: 'Team', value: runbook.team?.name ?? 'everybody' },
            {
              term: 'Version',
              value: (
                <>
                  {runbook.version}, <TimeText at={runbook.changedAt} form="relative" />
                </>
              ),
            },
            {
              term: 'Inputs',
              value: runbook.definition.inputs.length === 0 ? 'none' : runbook.definition.inputs.map(({ label }) => label).join(', '),
            },
            { term: 'As code', value: <code>tocsin export</code> },
          ]}
        />
      </Panel>
      <Panel title="Runs" note={runs.data?.items.length === 0 ? 'none yet' : undefined}>
        <Rows>
          {(runs.data?.items ?? []).map((run) => (
            <Row key={run.id} lead={<StateGlyph kind={phaseOf(run.phase).glyph} />} meta={<TimeText at={run.startedAt} form="relative" />}>
              <TextLink quiet href={`/runs/${run.number}`}>
                run {run.number}
              </TextLink>{' '}
              <span className="text-ink3">
                {phaseOf(run.phase).word}
                {run.incident && `, INC-${run.incident.number}`}
              </span>
            </Row>
          ))}
        </Rows>
      </Panel>
    </>
  )
}
