// Whether what is shown is live. Lost: since when the picture is old; after 60 s a bar across the page.
import { RefreshCw } from 'lucide-react'
import { Icon } from './icon.tsx'
import { useNow } from './now.ts'
import { useReader } from './reader.tsx'
import { clockTime, zoneName } from './time-words.ts'

/** `asOf` is the ISO instant of the last news. */
export type LiveState = { live: true } | { live: false; asOf: string }

/** Teal "Live", or amber "Reconnecting, as of 14:40:52". */
export function LiveBadge({ state }: { state: LiveState }) {
  const { zone } = useReader()
  return (
    <span role="status" className="inline-flex items-center gap-1 text-meta font-medium whitespace-nowrap">
      {state.live ? (
        <span className="inline-flex items-center gap-1 text-teal">
          <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden fill="none">
            <circle cx="6" cy="6" r="5.25" stroke="currentColor" strokeOpacity="0.35" />
            <circle cx="6" cy="6" r="3" fill="currentColor" />
          </svg>
          Live
        </span>
      ) : (
        <span className="inline-flex items-center gap-1 text-amber">
          <Icon of={RefreshCw} size={12} />
          Reconnecting, as of {clockTime(Date.parse(state.asOf), zone, true)}
        </span>
      )}
    </span>
  )
}

/** The bar of a connection lost for more than a minute; nothing before. */
export function LiveBar({ state }: { state: LiveState }) {
  const { zone } = useReader()
  const now = useNow(1)
  if (state.live || now - Date.parse(state.asOf) < 60_000) return null
  const at = Date.parse(state.asOf)
  return (
    <div role="alert" className="flex items-center gap-2 border-b border-amber-line bg-amber-bg px-4 py-1.5 text-ui text-amber">
      <Icon of={RefreshCw} />
      No connection: what you see is as of {clockTime(at, zone, true)} {zoneName(at, zone)}. It comes back by itself; acknowledging by SMS
      still works.
    </div>
  )
}
