// Buttons: 28 px, 44 where a finger is used. One solid button per screen: the next act of this reader.
import type { ButtonHTMLAttributes, MouseEvent, ReactNode, Ref } from 'react'
import { cx } from './class-names.ts'
import { Icon, type LucideIcon } from './icon.tsx'
import { Kbd } from './kbd.tsx'
import { PlainLink } from './text-link.tsx'

type ButtonLook = 'solid' | 'outline' | 'quiet' | 'danger'

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** `solid` at most once a screen. Default `outline`. */
  look?: ButtonLook
  /** `small` is 24 px (a panel's head), `touch` 44, `page` 60 (the signed phone page). */
  size?: 'small' | 'normal' | 'touch' | 'page'
  icon?: LucideIcon
  iconAfter?: LucideIcon
  /** The single key that does the same, such as `A`. */
  keys?: string
  /**
   * The act was sent and has no answer yet: stays readable, cannot be pressed again. A button that sends takes a double click for one press: the answer may
   * be quicker than the second, which would do it to whatever is there by then.
   */
  sending?: boolean
  /** Makes it a link that looks like a button. */
  href?: string
  children?: ReactNode
  ref?: Ref<HTMLButtonElement>
}

const sizes = {
  small: 'h-6 px-2 gap-1 text-meta rounded-control pointer-coarse:min-h-9',
  normal: 'h-7 px-2.5 gap-1.5 text-ui rounded-control pointer-coarse:min-h-11 pointer-coarse:px-4',
  touch: 'h-11 px-4 gap-2 text-prose rounded-touch',
  page: 'h-15 px-5 gap-2 text-panel font-semibold rounded-touch',
}

const looks: Record<ButtonLook, string> = {
  solid: 'bg-solid text-on-solid border-solid hover:not-disabled:bg-[color-mix(in_oklab,var(--solid)_88%,var(--on-solid))]',
  outline: 'bg-surface text-ink border-line hover:not-disabled:bg-sunken',
  quiet: 'text-ink2 border-transparent hover:not-disabled:bg-sunken hover:not-disabled:text-ink',
  danger: 'bg-surface text-red border-red-line hover:not-disabled:bg-red-bg',
}

/** A button, or with `href` a link of the same look. Its label is a verb; "…" means that more questions come. */
export function Button({
  look = 'outline',
  size = 'normal',
  icon,
  iconAfter,
  keys,
  sending,
  href,
  className,
  children,
  type = 'button',
  disabled,
  onClick,
  ...rest
}: ButtonProps) {
  const off = disabled && !sending
  const onPress = (event: MouseEvent<HTMLButtonElement>) => {
    if (sending !== undefined && event.detail > 1) event.preventDefault()
    else onClick?.(event)
  }
  const classes = cx(
    'inline-flex shrink-0 select-none items-center justify-center border font-medium whitespace-nowrap',
    sizes[size],
    off ? 'border-line bg-sunken text-ink3' : looks[look],
    className,
  )
  const body = (
    <>
      {icon && <Icon of={icon} size={size === 'page' ? 16 : 14} />}
      {children !== undefined && <span>{sending ? 'Sending…' : children}</span>}
      {iconAfter && <Icon of={iconAfter} />}
      {keys && !off && (
        <Kbd onSolid={look === 'solid'} className="ml-0.5">
          {keys}
        </Kbd>
      )}
    </>
  )
  if (href !== undefined) {
    return (
      <PlainLink href={href} className={classes} aria-label={rest['aria-label']} title={rest.title}>
        {body}
      </PlainLink>
    )
  }
  return (
    <button type={type} className={classes} disabled={disabled || sending} aria-keyshortcuts={keys} onClick={onPress} {...rest}>
      {body}
    </button>
  )
}

/** A square button with an icon only; `label` names it for everybody. */
export function IconButton({
  label,
  of,
  look = 'quiet',
  size = 'normal',
  className,
  ...rest
}: Omit<ButtonProps, 'icon' | 'children' | 'iconAfter' | 'keys'> & { label: string; of: LucideIcon }) {
  const square =
    size === 'small'
      ? 'w-6 px-0 pointer-coarse:min-w-9'
      : size === 'normal'
        ? 'w-7 px-0 pointer-coarse:min-w-11 pointer-coarse:px-0'
        : 'w-11 px-0'
  return <Button aria-label={label} title={label} icon={of} look={look} size={size} className={cx(square, className)} {...rest} />
}
