// One change beside the list: what it was, where more is to be read, and whatever else its source said.
import { X } from 'lucide-react'
import { useAsk } from '../../api/hooks.ts'
import { DescriptionList, ErrorNotice, IconButton, Panel, Skeleton, TextLink, TimeText } from '../../ui/index.ts'
import { whoOf } from './change-lines.tsx'

/** The panel at the right; the whole page on a phone. */
export function ChangePanel({ change: id, onClose }: { change: string; onClose: () => void }) {
  const { data: change, error } = useAsk('changes.get', { change: id as `chg_${string}` })
  return (
    <aside aria-label="Change" className="w-full overflow-y-auto border-line desk:w-90 desk:shrink-0 desk:border-l">
      <div className="flex items-start gap-2 px-4 py-3">
        <h2 className="min-w-0 flex-1 text-panel font-semibold wrap-break-word">{change?.summary ?? 'Change'}</h2>
        <IconButton label="Close" of={X} onClick={onClose} />
      </div>
      {error && (
        <div className="px-4">
          <ErrorNotice what={error.message} reference={error.reference} />
        </div>
      )}
      {!change && !error && <Skeleton label="Change" rows={4} />}
      {change && (
        <>
          <div className="px-4 pb-3">
            <DescriptionList
              termWidth={90}
              items={[
                { term: 'When', value: <TimeText at={change.at} /> },
                {
                  term: 'Service',
                  value: change.service ? (
                    <TextLink quiet href={`/services/${change.service.slug}`}>
                      {change.service.name}
                    </TextLink>
                  ) : (
                    'none in particular'
                  ),
                },
                { term: 'By', value: whoOf(change) ?? 'nobody said' },
                ...(change.by && change.source ? [{ term: 'Recorded by', value: change.by }] : []),
              ]}
            />
          </div>
          {change.links.length > 0 && (
            <Panel title="Links" className="border-t">
              <ul>
                {change.links.map((link) => (
                  <li key={link.href} className="py-0.5 wrap-break-word">
                    <TextLink href={link.href}>{link.text}</TextLink>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
          <Details details={change.details} />
        </>
      )}
    </aside>
  )
}

/** What its source said beside: names and values as they came. */
function Details({ details }: { details: unknown }) {
  if (details === null || details === undefined) return null
  const isNamed = typeof details === 'object' && !Array.isArray(details)
  return (
    <Panel title="Said by its source" className="border-t">
      {isNamed ? (
        <DescriptionList items={Object.entries(details).map(([term, value]) => ({ term, value: textOf(value), mono: true }))} />
      ) : (
        <pre className="mt-1 text-meta wrap-break-word whitespace-pre-wrap">{textOf(details)}</pre>
      )}
    </Panel>
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
