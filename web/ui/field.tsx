// Labelled fields. A field is never without its label; hint and error belong to it by aria-describedby. Native controls, so that forms,
// phones and screen readers need nothing from us.
import { ChevronDown } from 'lucide-react'
import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react'
import { cx } from './class-names.ts'
import { Icon } from './icon.tsx'

export interface FieldFrame {
  label: ReactNode
  /** What to put in, or what will happen; below the field. */
  hint?: ReactNode
  /** Why it cannot stay so, with what to do. */
  error?: ReactNode
  /** The label is read but not seen: a search box under its own heading. */
  labelHidden?: boolean
  /** Adds "optional" beside the label. */
  optional?: boolean
  className?: string
}

/** Label, control, hint and error around any control: `children` gets the ids and states to spread on it. */
function Field({
  label,
  hint,
  error,
  labelHidden,
  optional,
  className,
  children,
}: FieldFrame & { children: (control: ControlProps) => ReactNode }) {
  const id = useId()
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && error !== null && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'text-meta text-ink2'}>
        {label}
        {optional && <span className="text-ink3"> optional</span>}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-meta text-ink3">
          {hint}
        </p>
      )}
      {error !== undefined && error !== null && (
        <p id={`${id}-error`} role="alert" className="text-meta text-red">
          {error}
        </p>
      )}
    </div>
  )
}

interface ControlProps {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

/** A one-line field. `mono` for ids, keys and expressions; `lead` stands inside at the left (an icon). */
export function TextInput({
  label,
  hint,
  error,
  labelHidden,
  optional,
  className,
  mono = false,
  lead,
  trail,
  ref,
  ...rest
}: FieldFrame &
  InputHTMLAttributes<HTMLInputElement> & { mono?: boolean; lead?: ReactNode; trail?: ReactNode; ref?: Ref<HTMLInputElement> }) {
  return (
    <Field {...{ label, hint, error, labelHidden, optional, className }}>
      {(control) => (
        <span className={cx(box, 'flex h-7 items-center gap-1.5 px-2 pointer-coarse:h-11', within)}>
          {lead !== undefined && <span className="flex shrink-0 text-ink3">{lead}</span>}
          <input
            ref={ref}
            type="text"
            {...control}
            {...rest}
            className={cx('h-full w-full min-w-0 bg-transparent outline-none', mono && 'font-mono text-meta')}
          />
          {trail}
        </span>
      )}
    </Field>
  )
}

/** Several lines; grows with its text where the browser can. Ctrl+Enter submits the form it stands in. */
export function TextArea({
  label,
  hint,
  error,
  labelHidden,
  optional,
  className,
  mono = false,
  rows = 3,
  bare = false,
  ref,
  ...rest
}: FieldFrame & TextareaHTMLAttributes<HTMLTextAreaElement> & { mono?: boolean; bare?: boolean; ref?: Ref<HTMLTextAreaElement> }) {
  return (
    <Field {...{ label, hint, error, labelHidden, optional, className }}>
      {(control) => (
        <textarea
          ref={ref}
          rows={rows}
          // A field that grows with its text begins with one line, whatever its rows say.
          style={{ minHeight: `calc(${rows} * 1lh + ${bare ? '0px' : '0.75rem + 2px'})` }}
          {...control}
          {...rest}
          onKeyDown={(event) => {
            rest.onKeyDown?.(event)
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
          }}
          className={cx(
            'field-sizing-content max-h-96 w-full resize-y',
            bare ? 'bg-transparent outline-none' : `${box} ${within} px-2 py-1.5`,
            mono ? 'font-mono text-meta' : 'text-prose',
          )}
        />
      )}
    </Field>
  )
}

export interface SelectOption {
  value: string
  label: string
  disabled?: boolean
}

/** A choice among a few known values: the system's own list, good on a phone. */
export function Select({
  label,
  hint,
  error,
  labelHidden,
  optional,
  className,
  options,
  placeholder,
  ref,
  ...rest
}: FieldFrame & SelectHTMLAttributes<HTMLSelectElement> & { options: SelectOption[]; placeholder?: string; ref?: Ref<HTMLSelectElement> }) {
  return (
    <Field {...{ label, hint, error, labelHidden, optional, className }}>
      {(control) => (
        <span className="relative inline-flex w-full">
          <select
            ref={ref}
            {...control}
            {...rest}
            className={cx(box, within, 'h-7 w-full appearance-none truncate pr-7 pl-2 pointer-coarse:h-11')}
          >
            {placeholder !== undefined && <option value="">{placeholder}</option>}
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.disabled}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon of={ChevronDown} className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 text-ink3" />
        </span>
      )}
    </Field>
  )
}

const box =
  'rounded-control border border-line2 bg-surface text-ink has-disabled:bg-sunken has-aria-invalid:border-red aria-invalid:border-red'
const within = 'focus-within:outline-2 focus-within:outline-accent focus-within:-outline-offset-1'
