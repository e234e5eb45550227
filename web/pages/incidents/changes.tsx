// What was changed on its services, from the day before it began: the newest first.
import { useMay } from '../../may.ts'
import { Panel, TextLink } from '../../ui/index.ts'
import { ChangeLines } from '../changes/change-lines.tsx'
import type { Screen } from './incident-words.ts'

export function Changes({ incident }: { incident: Screen }) {
  const may = useMay()
  const { changes, running } = incident
  if (changes.length === 0) return null
  return (
    <Panel
      title="Changed"
      note={changes.length}
      actions={
        may('changes.list', null) && (
          <TextLink quiet href="/changes">
            All changes
          </TextLink>
        )
      }
    >
      <ChangeLines changes={changes} began={running.since} />
    </Panel>
  )
}
