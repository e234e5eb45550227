// One process, read: its problems first, then states and what may follow them, priorities, targets, roles and how it ends.
import { useParams } from '@tanstack/react-router'
import type { Output } from '../../api/client.ts'
import { useAsk } from '../../api/hooks.ts'
import { Columns, Page } from '../../shell/index.ts'
import { CopyLine, DescriptionList, Empty, ErrorNotice, Panel, Severity, Skeleton, State, TimeText } from '../../ui/index.ts'
import { glyphOf, levelOf } from '../incidents/incident-words.ts'

type Process = Output<'incidents.getProcess'>
type Definition = Process['definition']

export default function ProcessPage() {
  const { slug = '' } = useParams({ strict: false }) as { slug?: string }
  const { data: process, error } = useAsk('incidents.getProcess', { process: slug })
  const crumbs = [
    { label: 'Incidents', href: '/incidents' },
    { label: 'Processes', href: '/processes' },
    { label: slug, mono: true },
  ]
  return (
    <Page title={process?.definition.name ?? slug} crumbs={crumbs} note={process && `version ${process.version}`} still>
      {error && (
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} />
        </div>
      )}
      {!process && !error && <Skeleton label="Process" rows={8} />}
      {process && (
        <Columns side={<Side process={process} />} sideLabel="Targets, roles, versions">
          <div className="pt-4 pb-2">
            <h1 className="text-page font-semibold tablet:text-lead">
              {process.definition.name}:{' '}
              {process.problems.length === 0
                ? 'nothing is wrong with it'
                : process.problems.length === 1
                  ? 'one problem'
                  : `${process.problems.length} problems`}
            </h1>
            <p className="mt-0.5 text-ink2">{process.definition.summary}</p>
          </div>
          <Problems process={process} />
          <States process={process} />
          <Matrix definition={process.definition} />
          <AsCode slug={slug} />
        </Columns>
      )}
    </Page>
  )
}

function Problems({ process }: { process: Process }) {
  if (process.problems.length === 0) return null
  return (
    <Panel title="Problems" flush>
      <ul>
        {process.problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`} className="border-b border-line py-1.5">
            <code className="text-meta text-orange">{problem.path}</code> {problem.message}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function States({ process: { definition } }: { process: Process }) {
  const nameOf = (id: string) => definition.states.find((state) => state.id === id)?.name ?? id
  return (
    <Panel title="States" note={definition.states.length} flush>
      <ul>
        {definition.states.map((state) => {
          const ways = definition.transitions.filter((transition) => transition.from.includes(state.id))
          return (
            <li key={state.id} className="border-b border-line py-2">
              <div className="flex flex-wrap items-center gap-x-3">
                <State kind={glyphOf(state.glyph)} word={state.name} />
                {state.id === definition.start && <span className="text-meta text-ink2">begins here</span>}
                <span className="text-ink2">{state.means}</span>
              </div>
              {state.requires.length > 0 && (
                <p className="mt-0.5 text-meta text-ink2">
                  Needs {state.requires.map((field) => fieldWords(definition, field)).join(', ')}.
                </p>
              )}
              <ul className="mt-1 pl-5">
                {ways.map((way) => (
                  <li key={`${way.to} ${way.label}`} className="py-0.5">
                    <strong>{way.label}</strong> <span className="text-ink2">to {nameOf(way.to)}</span>
                    {way.when && (
                      <span className="text-ink3">
                        , when <code className="text-meta">{way.when}</code>
                      </span>
                    )}
                    {way.needs.length > 0 && (
                      <span className="text-ink3">, with {way.needs.map((field) => fieldWords(definition, field)).join(', ')}</span>
                    )}
                    {way.by.length > 0 && <span className="text-ink3">, only by {way.by.join(', ')}</span>}
                    {way.asksReason && <span className="text-ink3">, asks why</span>}
                    {way.because && <p className="text-meta text-ink3">Else: {way.because}</p>}
                  </li>
                ))}
                {state.kind === 'resolved' && <li className="py-0.5 text-ink2">{closingWords(definition)}</li>}
              </ul>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

function Matrix({ definition }: { definition: Definition }) {
  if (definition.impacts.length === 0) return null
  const severityOf = (priority: string | undefined) => definition.priorities.find(({ id }) => id === priority)?.severity
  return (
    <Panel title="Priority" note="from impact and urgency" flush>
      <div className="overflow-x-auto">
        <table className="mt-1 border-collapse text-left">
          <caption className="sr-only">Priority by impact and urgency</caption>
          <thead>
            <tr className="border-b border-line">
              <th scope="col" className="h-8 pr-4 text-meta font-normal text-ink2">
                Impact, then urgency
              </th>
              {definition.urgencies.map((urgency) => (
                <th key={urgency.id} scope="col" title={urgency.means} className="h-8 px-3 text-meta font-normal text-ink2">
                  {urgency.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {definition.impacts.map((impact) => (
              <tr key={impact.id} className="border-b border-line">
                <th scope="row" className="h-8 pr-4 font-medium">
                  {impact.name} <span className="font-normal text-ink3">{impact.means}</span>
                </th>
                {definition.urgencies.map((urgency) => {
                  const priority = definition.matrix[impact.id]?.[urgency.id]
                  const severity = severityOf(priority)
                  return (
                    <td key={urgency.id} className="px-3">
                      {severity ? (
                        <Severity level={levelOf(severity)} label={priority ?? ''} small />
                      ) : (
                        (priority ?? <span className="text-orange">none</span>)
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="mt-2 text-ink2">
        {definition.risks
          .filter(({ raises }) => raises !== 0)
          .map((risk) => (
            <li key={risk.id}>
              Risk {risk.name.toLowerCase()} moves it {Math.abs(risk.raises)} {risk.raises > 0 ? 'up' : 'down'}. {risk.means}
            </li>
          ))}
        {definition.severities
          .filter(({ atLeast }) => atLeast !== null)
          .map((severity) => (
            <li key={severity.id}>
              {severity.id} is at least {severity.atLeast}.
            </li>
          ))}
      </ul>
    </Panel>
  )
}

function Side({ process: { definition, versions } }: { process: Process }) {
  return (
    <>
      <Panel title="Targets" note={definition.slas.length}>
        {definition.slas.map((sla) => (
          <div key={sla.id} className="mb-2">
            <p className="font-medium">{sla.name}</p>
            <DescriptionList items={Object.entries(sla.within).map(([level, within]) => ({ term: level, value: within }))} />
            <p className="text-meta text-ink3">
              Warns at {Math.round(sla.warnAt * 100)} %{sla.pages ? `, pages ${sla.pages} when missed` : ''}.
            </p>
          </div>
        ))}
      </Panel>
      {definition.updates && (
        <Panel title="Updates">
          <DescriptionList
            items={
              typeof definition.updates.every === 'string'
                ? [{ term: 'Every', value: definition.updates.every }]
                : Object.entries(definition.updates.every).map(([severity, every]) => ({ term: severity, value: every }))
            }
          />
        </Panel>
      )}
      <Panel title="Roles">
        <DescriptionList
          items={definition.roles.map((role) => ({
            term: role.id === definition.lead ? `${role.name}, leads` : role.name,
            value: role.does || '–',
          }))}
        />
      </Panel>
      <Panel title="Runbooks" note={definition.runbooks.length}>
        {definition.runbooks.length === 0 ? (
          <p className="text-ink2">None starts by itself.</p>
        ) : (
          <DescriptionList
            items={definition.runbooks.map(({ runbook, on, when }) => ({
              term: typeof on === 'string' ? 'opened' : on.state,
              value: (
                <>
                  {runbook}
                  {when && <code className="ml-1 text-meta">{when}</code>}
                </>
              ),
            }))}
          />
        )}
      </Panel>
      {definition.review && (
        <Panel title="Review" note={`within ${definition.review.within}`}>
          <ol className="list-inside list-decimal">
            {definition.review.sections.map((section) => (
              <li key={section.id}>{section.title}</li>
            ))}
          </ol>
        </Panel>
      )}
      <Panel title="Versions" note="incidents keep the one they began with">
        {versions.length === 0 ? (
          <p className="text-ink2">As it came with the product; no incident has followed it yet.</p>
        ) : (
          <ul>
            {versions.map((version) => (
              <li key={version.version} className="flex gap-2">
                <span>version {version.version}</span>
                <span className="text-ink3">{version.shipped ? 'as shipped' : 'your own'}</span>
                <span className="ml-auto text-ink3">
                  <TimeText at={version.savedAt} form="absolute" />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  )
}

function AsCode({ slug: _slug }: { slug: string }) {
  return (
    <div className="mt-4">
      <Empty title="Change it">
        <p className="mb-2">
          A process is a file. Export it, change it, check it, apply it; open incidents go on under the version they began with.
        </p>
        <CopyLine label="Export everything" value="tocsin export ./configuration" />
        <CopyLine label="Check and apply" value="tocsin check ./configuration && tocsin apply ./configuration" />
      </Empty>
    </div>
  )
}

const fieldWords = (definition: Definition, field: string): string =>
  (definition.fields.find(({ id }) => id === field)?.name ?? field.replace(/([A-Z])/g, ' $1')).toLowerCase()

function closingWords({ closure, states }: Definition): string {
  const nameOf = (id: string) => states.find((state) => state.id === id)?.name ?? id
  const asks =
    closure.confirmedBy === 'reporter'
      ? `The reporter is asked: yes leads to ${nameOf(closure.closes)}, no back to ${nameOf(closure.reopens)}.`
      : ''
  const silence = closure.autoCloseAfter ? ` After ${closure.autoCloseAfter} without an answer it closes by itself.` : ''
  return `${asks}${silence} It can be reopened${closure.reopenWithin ? ` within ${closure.reopenWithin}` : ''}.`.trim()
}
