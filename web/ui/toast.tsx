// Toasts tell only the reader's own done act, for 6 s, with a way back. Others' acts arrive where they belong; failures stay inline.
import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from 'react'
import { Button } from './button.tsx'

export interface Toast {
  /** What was done, as a sentence: "Acknowledged. Nobody else is paged." */
  text: string
  undo?: () => void
}

const ToastContext = createContext<(toast: Toast) => void>(() => {
  throw new Error('useToast needs a ToastProvider above it')
})

const shownMs = 6000

/** Holds at most one toast at a time; a new one takes the place of the old. Pointing at it or focusing it keeps it. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<Toast & { id: number }>()
  const count = useRef(0)
  const show = useCallback((next: Toast) => setToast({ ...next, id: ++count.current }), [])
  return (
    <ToastContext value={show}>
      {children}
      <div
        role="status"
        data-print="no"
        className="pointer-events-none fixed inset-x-0 bottom-20 z-40 flex justify-center px-4 tablet:bottom-6"
      >
        {toast && <ToastBar key={toast.id} toast={toast} onGone={() => setToast(undefined)} />}
      </div>
    </ToastContext>
  )
}

/** A function that shows a toast. */
export const useToast = (): ((toast: Toast) => void) => useContext(ToastContext)

/** The bar itself; ToastProvider places it. */
export function ToastBar({ toast, onGone }: { toast: Toast; onGone: () => void }) {
  const [kept, setKept] = useState(false)
  const gone = useRef(onGone)
  useEffect(() => {
    gone.current = onGone
  })
  useEffect(() => {
    if (kept) return
    const timer = setTimeout(() => gone.current(), shownMs)
    return () => clearTimeout(timer)
  }, [kept])
  return (
    <div
      className="appear pointer-events-auto flex min-h-10 max-w-full items-center gap-3 rounded-box bg-solid py-1.5 pr-1.5 pl-3.5 text-ui text-on-solid shadow-float"
      onPointerEnter={() => setKept(true)}
      onPointerLeave={() => setKept(false)}
      onFocus={() => setKept(true)}
      onBlur={() => setKept(false)}
    >
      <span className="pr-2">{toast.text}</span>
      {toast.undo && (
        <Button
          look="solid"
          className="border-on-solid! font-semibold"
          onClick={() => {
            toast.undo?.()
            onGone()
          }}
        >
          Undo
        </Button>
      )}
    </div>
  )
}
