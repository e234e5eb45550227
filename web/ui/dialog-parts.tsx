// The dialog's own chunk (Base UI). Only dialog.tsx and palette.tsx load it.
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './class-names.ts'
import type { DialogProps } from './dialog-props.ts'

export default function DialogParts({ open, onClose, title, description, children, footer, width = 'normal', initialFocus }: DialogProps) {
  const body = useRef<HTMLDivElement>(null)
  const typed = useRef(false)
  const written = useRef(new Set<Writable>())
  const [isWarned, setWarned] = useState(false)
  useEffect(() => {
    typed.current = false
    written.current.clear()
    setWarned(false)
  }, [open])
  const noteInput = ({ target }: FormEvent) => {
    typed.current = true
    if (isWritable(target)) written.current.add(target)
    setWarned(false)
  }
  const wouldLose = () => [...written.current].some((field) => field.isConnected && field.value !== '')
  const firstField = (by: string) =>
    by === 'touch'
      ? true
      : (body.current?.querySelector<HTMLElement>(
          'input:not([type=checkbox], [role=radiogroup] *, [type=radio]:not(:checked)), textarea, select',
        ) ?? true)
  return (
    <Base.Root
      open={open}
      onOpenChange={(next, { reason }) => {
        if (next) return
        // A press beside it is easily made, on a phone above all: it throws nothing away that was filled in. Escape is meant, and asked about once.
        if (reason === 'outside-press' && typed.current) return
        if (reason === 'escape-key' && !isWarned && wouldLose()) return setWarned(true)
        onClose()
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup
          initialFocus={initialFocus ?? firstField}
          className={cx(
            'appear fixed z-20 flex max-h-[86dvh] flex-col bg-surface text-ink shadow-float',
            'inset-x-0 bottom-0 rounded-t-touch border-t border-line',
            'tablet:inset-x-auto tablet:top-[12dvh] tablet:bottom-auto tablet:left-1/2 tablet:max-h-[76dvh] tablet:-translate-x-1/2 tablet:rounded-box tablet:border',
            widths[width],
          )}
        >
          <div className="flex items-start gap-2 px-4 pt-3">
            <Base.Title className="max-h-[30dvh] min-w-0 flex-1 overflow-y-auto text-panel font-semibold pointer-coarse:pt-2.5">
              {title}
            </Base.Title>
            <IconButton label="Close" of={X} size="small" onClick={onClose} />
          </div>
          {description !== undefined && (
            <Base.Description className="px-4 pt-1 text-ui text-ink2" render={<div />}>
              {description}
            </Base.Description>
          )}
          <div ref={body} onInput={noteInput} className={cx('min-h-0 flex-1 overflow-y-auto px-4 py-3', actsInSight)}>
            {children}
          </div>
          {isWarned && (
            <p role="status" className="border-t border-line px-4 py-2 text-ui text-ink2">
              Press Escape once more to leave, without what you wrote.
            </p>
          )}
          {footer !== undefined && <div className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-3">{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

type Writable = HTMLInputElement | HTMLTextAreaElement
/** Where somebody writes a text, and does not choose between what is there. */
const isWritable = (target: EventTarget): target is Writable =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !['checkbox', 'radio'].includes(target.type))

export const backdrop = 'fixed inset-0 z-20 bg-[rgb(12_13_15/0.45)]'
/** The acts at the end of a form stay where they are seen, however much there is to fill in. */
const actsInSight =
  'scroll-pb-20 [&>form>:last-child]:sticky [&>form>:last-child]:-bottom-3 [&>form>:last-child]:-mx-4 [&>form>:last-child]:-mb-3 [&>form>:last-child]:border-t [&>form>:last-child]:border-line [&>form>:last-child]:bg-surface [&>form>:last-child]:px-4 [&>form>:last-child]:py-3'
const widths = { narrow: 'tablet:w-105', normal: 'tablet:w-140', wide: 'tablet:w-190' }
