// A failure, inline where it happened: what failed, what is safe, what to do, and the reference for whoever helps.
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

export interface ErrorNoticeProps {
  /** "The update was not published." */
  what: ReactNode
  /** "Your text is kept. Nobody was told." */
  safe?: ReactNode
  /** "Publish again, or tell them by hand in #inc-2417." */
  todo?: ReactNode
  /** The request's id. */
  reference?: string
  onRetry?: () => void
}

export function ErrorNotice({ what, safe, todo, reference, onRetry }: ErrorNoticeProps) {
  return (
    <div role="alert" className="rounded-box border border-red-line bg-red-bg p-2.5">
      <p className="flex items-start gap-2 font-semibold text-red">
        <Icon of={TriangleAlert} className="mt-0.5" />
        {what}
      </p>
      {(safe !== undefined || todo !== undefined) && (
        <p className="mt-1 text-ink2">
          {safe} {todo}
        </p>
      )}
      {(onRetry || reference) && (
        <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
          {onRetry && <Button onClick={onRetry}>Try again</Button>}
          {reference && (
            <span className="text-meta text-ink2">
              Reference <code className="break-all">{reference}</code>
            </span>
          )}
        </div>
      )}
    </div>
  )
}
