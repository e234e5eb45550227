// Panels share one surface and are parted by hairlines; a Box is what is acted on as a unit (question, approval, composer).
import { useId, type ReactNode } from 'react'
import { cx } from './class-names.ts'

/** A titled region. Stacked panels part themselves by a line. `note` follows the title in grey, `actions` stand right. */
export function Panel({
  title,
  note,
  actions,
  children,
  className,
  flush = false,
  level = 2,
}: {
  title: ReactNode
  note?: ReactNode
  actions?: ReactNode
  children?: ReactNode
  className?: string
  /** No side padding: the page's own grid gives it. */
  flush?: boolean
  level?: 2 | 3
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={cx('border-line py-3 [&+&]:border-t', flush ? '' : 'px-4', className)}>
      <PanelHeader id={id} title={title} note={note} actions={actions} level={level} />
      {children}
    </section>
  )
}

/** The head of a panel or of a list: title, grey note, quiet acts at the right. */
export function PanelHeader({
  title,
  note,
  actions,
  id,
  level = 2,
  ruled = false,
}: {
  title: ReactNode
  note?: ReactNode
  actions?: ReactNode
  id?: string
  level?: 2 | 3
  /** A line below, as a list's head has it. */
  ruled?: boolean
}) {
  const Heading = `h${level}` as 'h2' | 'h3'
  return (
    <div className={cx('flex min-h-7 items-center gap-2', ruled && 'border-b border-line')}>
      <Heading id={id} className="min-w-0 text-ui font-semibold">
        {title}
      </Heading>
      {note !== undefined && <span className="text-ui whitespace-nowrap text-ink3 tabular-nums">{note}</span>}
      {actions !== undefined && <div className="ml-auto flex items-center gap-1">{actions}</div>}
    </div>
  )
}

const grounds = {
  plain: 'border-line bg-surface',
  waiting: 'border-amber-line bg-amber-bg',
  urgent: 'border-red bg-red-bg',
  dashed: 'border-dashed border-line2 bg-surface',
}

/** A bounded unit that is acted on as one. Never inside another. */
export function Box({
  ground = 'plain',
  label,
  children,
  className,
}: {
  ground?: keyof typeof grounds
  label?: string
  children: ReactNode
  className?: string
}) {
  return (
    <div role={label ? 'group' : undefined} aria-label={label} className={cx('rounded-box border p-2.5', grounds[ground], className)}>
      {children}
    </div>
  )
}
