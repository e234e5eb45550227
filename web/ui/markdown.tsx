// Text somebody wrote, rendered and sanitised on the server (markdown-it without HTML, then sanitize-html). Never give it anything else.
import { trustedHtml } from '../trusted.ts'
import { cx } from './class-names.ts'

/** HTML the server has sanitised. The brand keeps other texts out by accident. */
export type SanitisedHtml = string & { readonly sanitised?: true }

export function Markdown({ html, className }: { html: SanitisedHtml; className?: string }) {
  return <div className={cx('prose', className)} dangerouslySetInnerHTML={{ __html: trustedHtml(html) }} />
}
