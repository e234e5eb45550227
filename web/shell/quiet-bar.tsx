// The bar of a restored copy, on every page until an administrator says go. It tells everybody; who may end it sees first what will go out.
// Loaded when it is needed.
import { useState } from 'react'
import { MoonStar } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { TimeText } from '../ui/time-text.tsx'

/** `due` is what will go out at go; undefined while it is read. */
export interface QuietState {
  /** ISO instant of the back-up that this is a copy of. */
  backupAt: string
  /** Only for who may end it. */
  end?: {
    due: { total: number; items: { at: string; sentence: string }[] } | undefined
    sending: boolean
    error: string | undefined
    onGo: () => void
  }
}

export default function QuietBar({ backupAt, end }: QuietState) {
  const [asking, setAsking] = useState(false)
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-amber-line bg-amber-bg px-4 py-1.5 text-ui text-amber"
    >
      <Icon of={MoonStar} />
      <span className="min-w-0 flex-1">
        This is a restored copy, as of <TimeText at={backupAt} form="absolute" />. It pages nobody until an administrator says go.
      </span>
      {end && (
        <>
          <Button size="small" onClick={() => setAsking(true)}>
            See what is due…
          </Button>
          <GoDialog open={asking} onClose={() => setAsking(false)} end={end} />
        </>
      )}
    </div>
  )
}

function GoDialog({ open, onClose, end }: { open: boolean; onClose: () => void; end: NonNullable<QuietState['end']> }) {
  const { due, sending, error, onGo } = end
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Let this copy page and act"
      description="Say go only when the installation that it was copied from no longer runs: else both page the same people."
      width="wide"
      footer={
        <>
          <Button look="solid" sending={sending} onClick={onGo}>
            Go
          </Button>
          <Button onClick={onClose}>Stay quiet</Button>
        </>
      }
    >
      {due === undefined ? (
        <p className="text-ink2">Reading what is due…</p>
      ) : due.total === 0 ? (
        <p>Nothing fell due meanwhile: nobody is paged at once.</p>
      ) : (
        <>
          <p className="mb-2">
            {due.total === 1 ? 'One thing' : `${due.total} things`} fell due meanwhile and will be done at once, the oldest first.
          </p>
          <ul>
            {due.items.map((item, index) => (
              <li key={index} className="flex gap-3 border-b border-line py-1.5">
                <span className="shrink-0 text-ink3 tabular-nums">
                  <TimeText at={item.at} form="absolute" />
                </span>
                <span className="min-w-0">{item.sentence}</span>
              </li>
            ))}
          </ul>
          {due.total > due.items.length && <p className="mt-2 text-ink2">And {due.total - due.items.length} more.</p>}
        </>
      )}
      {error !== undefined && (
        <p role="alert" className="mt-2 text-red">
          {error}
        </p>
      )}
    </Dialog>
  )
}
