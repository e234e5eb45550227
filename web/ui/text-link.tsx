// Links: inside the product through the router, outside in a new tab without an opener.
import { Link } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react'
import { cx } from './class-names.ts'

export interface PlainLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** A path of this product (`/incidents/2417?tab=tasks#e-183`) or a whole URL. */
  href: string
  children?: ReactNode
  ref?: Ref<HTMLAnchorElement>
}

/** A link without looks of its own. Paths go through the router, `https:` and `mailto:` do not. */
export function PlainLink({ href, children, ...rest }: PlainLinkProps) {
  const outside = /^[a-z][a-z0-9+.-]*:/i.test(href)
  if (outside) {
    const newTab = /^https?:/i.test(href) ? { target: '_blank', rel: 'noopener noreferrer' } : {}
    return (
      <a href={href} {...newTab} {...rest}>
        {children}
      </a>
    )
  }
  const [beforeHash = '', hash] = href.split('#')
  const [path = '', query] = beforeHash.split('?')
  return (
    <Link to={path} search={query ? Object.fromEntries(new URLSearchParams(query)) : {}} hash={hash} {...rest}>
      {children}
    </Link>
  )
}

/** A link in running text: underlined, so that it is told without colour; in accent, or with `quiet` in the ink around it. */
export function TextLink({ quiet = false, className, ...rest }: PlainLinkProps & { quiet?: boolean }) {
  const look = quiet
    ? 'underline decoration-line2 underline-offset-3 hover:decoration-current'
    : 'text-accent underline decoration-1 underline-offset-2'
  return <PlainLink className={cx(look, 'rounded-chip', className)} {...rest} />
}
