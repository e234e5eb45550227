// A few views of the same thing, one of them on: Day, Week, Month. Radios to the machine.
import { useId } from 'react'
import { cx } from './class-names.ts'

/** One choice of two to five; `label` names the group. */
export function SegmentedControl<Value extends string>({
  label,
  value,
  onChange,
  options,
  className,
}: {
  label: string
  value: Value
  onChange: (value: Value) => void
  options: { value: Value; label: string }[]
  className?: string
}) {
  const name = useId()
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={cx('inline-flex h-6 shrink-0 overflow-hidden rounded-control border border-line pointer-coarse:h-11', className)}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'flex cursor-pointer items-center border-line px-2.5 text-meta not-first:border-l has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent',
            option.value === value ? 'bg-sunken font-semibold' : 'bg-surface text-ink2 hover:bg-sunken',
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="sr-only"
          />
          {option.label}
        </label>
      ))}
    </div>
  )
}
