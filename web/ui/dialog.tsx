// A dialog over the page; its code loads when the first one opens. On a phone it rises from the bottom. Never one on top of another.
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { KeysRest } from './keys-rest.tsx'
import type { DialogProps } from './dialog-props.ts'

const DialogParts = lazy(() => import('./dialog-parts.tsx'))

/** Shown while `open`. Escape calls `onClose`, at once or the second time when something was written, and a press outside while nothing was filled in. */
export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(props.open)
  if (props.open && !wanted) setWanted(true)
  return wanted ? (
    <Suspense fallback={<KeysRest />}>
      <DialogParts {...props} />
    </Suspense>
  ) : null
}

/** Asks before what cannot be undone; `consequence` says who is told and what runs. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  consequence,
  verb,
  onConfirm,
  sending = false,
  error,
}: {
  open: boolean
  onClose: () => void
  title: string
  consequence: ReactNode
  verb: string
  onConfirm: () => void
  sending?: boolean
  error?: ReactNode
}) {
  // What went wrong with one thing is not said of the next that is asked about.
  const [tried, setTried] = useState<string>()
  const leave = () => {
    setTried(undefined)
    onClose()
  }
  const confirm = () => {
    setTried(title)
    onConfirm()
  }
  return (
    <Dialog
      open={open}
      onClose={leave}
      title={title}
      description={consequence}
      width="narrow"
      footer={
        <>
          <Button look="danger" sending={sending} onClick={confirm}>
            {verb}
          </Button>
          <Button look="quiet" onClick={leave}>
            Cancel
          </Button>
        </>
      }
    >
      {tried === title && error}
    </Dialog>
  )
}
