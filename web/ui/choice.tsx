// Checkbox, radio and switch: native inputs that look like the design, always inside their label, so the words are part of the target.
import type { InputHTMLAttributes, ReactNode, Ref } from 'react'
import { cx } from './class-names.ts'

interface ChoiceProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'type' | 'children'> {
  label: ReactNode
  /** What follows from it; grey, at the right or below. */
  hint?: ReactNode
  /** The label is read but not seen: a row's own selection. */
  labelHidden?: boolean
  ref?: Ref<HTMLInputElement>
}

/** A square to tick. `done` strikes the label through: a task. */
export function Checkbox({ done = false, ...props }: ChoiceProps & { done?: boolean }) {
  return (
    <Choice {...props} strike={done}>
      {(input) => (
        <span className="relative inline-flex size-4 shrink-0">
          <input
            type="checkbox"
            {...input}
            className={cx(mark, 'rounded-chip checked:border-solid checked:bg-solid indeterminate:border-solid indeterminate:bg-solid')}
          />
          <svg
            viewBox="0 0 16 16"
            aria-hidden
            className="pointer-events-none absolute inset-0 hidden text-on-solid peer-checked:block"
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            strokeLinecap="round"
            strokeLinejoin="round"
          >
            <path d="m4 8.4 2.6 2.6L12 5.4" />
          </svg>
        </span>
      )}
    </Choice>
  )
}

/** One of several; give the same `name` to all of a group. */
export function Radio(props: ChoiceProps) {
  return (
    <Choice {...props}>
      {(input) => (
        <span className="relative inline-flex size-4 shrink-0">
          <input type="radio" {...input} className={cx(mark, 'rounded-full checked:border-ink')} />
          <span aria-hidden className="pointer-events-none absolute inset-1 hidden rounded-full bg-ink peer-checked:block" />
        </span>
      )}
    </Choice>
  )
}

/** On or off, at once: no save button follows. */
export function Switch(props: ChoiceProps) {
  return (
    <Choice {...props}>
      {(input) => (
        <span className="relative inline-flex h-4 w-7 shrink-0">
          <input
            type="checkbox"
            role="switch"
            {...input}
            className="peer absolute inset-0 m-0 appearance-none rounded-full border border-line2 bg-sunken checked:border-accent checked:bg-accent"
          />
          <span
            aria-hidden
            className="pointer-events-none absolute top-[3px] left-[3px] size-2.5 rounded-full bg-line2 peer-checked:translate-x-3 peer-checked:bg-surface"
          />
        </span>
      )}
    </Choice>
  )
}

/** A named group of radios or checkboxes. */
export function ChoiceGroup({
  legend,
  legendHidden = false,
  children,
  className,
}: {
  legend: ReactNode
  legendHidden?: boolean
  children: ReactNode
  className?: string
}) {
  return (
    <fieldset className={cx('min-w-0', className)}>
      <legend className={legendHidden ? 'sr-only' : 'mb-1 text-meta text-ink2'}>{legend}</legend>
      {children}
    </fieldset>
  )
}

function Choice({
  label,
  hint,
  labelHidden,
  className,
  strike = false,
  children,
  ...input
}: ChoiceProps & {
  strike?: boolean
  children: (input: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) => ReactNode
}) {
  return (
    <label
      className={cx('flex min-h-6 items-center gap-2 pointer-coarse:min-h-11', input.disabled ? 'text-ink3' : 'cursor-pointer', className)}
    >
      {children(input)}
      <span
        className={cx(
          'flex min-w-0 flex-1 flex-col justify-between gap-x-3 tablet:flex-row tablet:flex-wrap tablet:items-baseline',
          labelHidden && 'sr-only',
        )}
      >
        <span className={strike ? 'text-ink3 line-through' : undefined}>{label}</span>
        {hint !== undefined && <span className="text-meta text-ink3 tablet:text-right">{hint}</span>}
      </span>
    </label>
  )
}

const mark = 'peer m-0 size-4 appearance-none border border-line2 bg-surface disabled:bg-sunken'
