// A key as it is pressed. Shown beside the act it does; hidden where there is no keyboard.
import { cx } from './class-names.ts'

/** One key or chord, such as `A` or `Ctrl K`. Hidden on touch screens and from screen readers (`aria-keyshortcuts` tells them). */
export function Kbd({ children, onSolid = false, className }: { children: string; onSolid?: boolean; className?: string }) {
  return (
    <kbd
      aria-hidden
      className={cx(
        'inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-chip border px-1 font-sans text-[11px]/none font-normal pointer-coarse:hidden',
        onSolid ? 'border-current' : 'border-line bg-surface text-ink2',
        className,
      )}
    >
      {children}
    </kbd>
  )
}
