// A line to paste somewhere else: a key, a command, a link.
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './button.tsx'

/** `label` says what the line is; `secret` hides it until it is asked for. */
export function CopyLine({ label, value, secret = false }: { label: string; value: string; secret?: boolean }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <div className="flex min-w-0 items-center gap-1 rounded-control border border-line bg-canvas py-0.5 pr-0.5 pl-2.5">
      <code
        tabIndex={0}
        aria-label={label}
        className="min-w-0 flex-1 overflow-x-auto text-meta leading-6 whitespace-nowrap"
        role="textbox"
        aria-readonly="true"
      >
        {secret ? `${value.slice(0, 6)}${'•'.repeat(12)}` : value}
      </code>
      <IconButton
        size="small"
        label={copied ? 'Copied' : `Copy ${label}`}
        of={copied ? Check : Copy}
        onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}
      />
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </div>
  )
}
