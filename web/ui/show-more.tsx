// The button under a list of which more follows.
import { Button } from './button.tsx'
import { cx } from './class-names.ts'

/** Undefined once nothing follows. */
export type More = { sending: boolean; onMore: () => void } | undefined

export function ShowMore({ more, children = 'Show more', className = 'mt-3' }: { more: More; children?: string; className?: string }) {
  if (!more) return null
  return (
    <div className={cx('print:hidden', className)}>
      <Button sending={more.sending} onClick={more.onMore}>
        {children}
      </Button>
    </div>
  )
}
