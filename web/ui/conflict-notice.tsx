// Somebody else changed it first: both values, when, two buttons. Nothing of the reader's is lost.
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { Box } from './panel.tsx'

/** `who` changed it first; `children` tells both values and when; one button keeps theirs, the other sets the reader's again. */
export function ConflictNotice({
  who,
  children,
  keep,
  again,
}: {
  who: string
  children: ReactNode
  keep: { label: string; run: () => void }
  again: { label: string; run: () => void }
}) {
  return (
    <div role="alert">
      <Box>
        <p className="flex items-center gap-2 font-semibold">
          <Icon of={TriangleAlert} className="text-orange" />
          {who} changed this first
        </p>
        <p className="mt-1 text-ink2">{children}</p>
        <div className="mt-2 flex flex-wrap gap-2">
          <Button size="small" onClick={keep.run}>
            {keep.label}
          </Button>
          <Button size="small" onClick={again.run}>
            {again.label}
          </Button>
        </div>
      </Box>
    </div>
  )
}
