// What was changed before an alert began, on its service and on none in particular: the first thing that whoever is woken asks.
import { useAsk } from '../../api/hooks.ts'
import { Panel, TextLink } from '../../ui/index.ts'
import { ChangeLines } from '../changes/change-lines.tsx'

const lookedBackMs = 86_400_000

export function ChangedBefore({ service, began }: { service: string; began: string }) {
  const { data } = useAsk('changes.list', {
    service,
    general: true,
    since: new Date(Date.parse(began) - lookedBackMs).toISOString(),
    until: began,
    limit: 5,
  })
  if (!data || data.items.length === 0) return null
  return (
    <Panel
      title="Changed before"
      className="border-t"
      actions={
        <TextLink quiet href={`/changes?service=${service}`}>
          All of them
        </TextLink>
      }
    >
      <ChangeLines changes={data.items} began={began} />
    </Panel>
  )
}
