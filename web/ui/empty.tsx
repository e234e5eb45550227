// Nothing here yet: what this is, one act, one safe try. And the difference to "nothing matches".
import { Inbox } from 'lucide-react'
import type { ReactNode } from 'react'
import { Icon, type LucideIcon } from './icon.tsx'
import { Box } from './panel.tsx'

/** A dashed box. `act` is the one solid button, `attempt` the safe try beside it ("Send a test alert"). */
export function Empty({
  title,
  icon = Inbox,
  act,
  attempt,
  children,
}: {
  title: string
  icon?: LucideIcon
  act?: ReactNode
  attempt?: ReactNode
  children: ReactNode
}) {
  return (
    <Box ground="dashed">
      <p className="flex items-center gap-2 font-semibold">
        <Icon of={icon} />
        {title}
      </p>
      <div className="mt-1 text-ink2">{children}</div>
      {(act !== undefined || attempt !== undefined) && (
        <div className="mt-2 flex flex-wrap gap-2">
          {act}
          {attempt}
        </div>
      )}
    </Box>
  )
}
