// What other slices put on the incident's screen: the runbook panel and the update composer, each its own chunk.
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../ui/index.ts'

const RunbookPanel = lazy(() => import('../runbooks/incident-panel.tsx'))
const UpdateComposer = lazy(() => import('../updates/incident-composer.tsx'))

export const RunbookSlot = ({ incident }: { incident: string }) => (
  <Suspense fallback={<Skeleton label="Runbooks" rows={3} />}>
    <RunbookPanel incident={incident} />
  </Suspense>
)

/** `over`: it ended, so that no further update is promised by itself. */
export const UpdateSlot = ({ incident, over }: { incident: string; over: boolean }) => (
  <Suspense fallback={<Skeleton label="Update" rows={3} />}>
    <div className="border-t border-line px-4 py-3">
      <UpdateComposer key={String(over)} incident={incident} over={over} />
    </div>
  </Suspense>
)
