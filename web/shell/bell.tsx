// The mark: a bell, filled.

/** The bell in the colour of the text. Decoration: the name stands beside it. */
export function Bell({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden className="shrink-0">
      <path d="M12 2.25a1.1 1.1 0 0 1 1.1 1.1v.5c2.9.5 5 3 5 6.1v3.2c0 .9.3 1.8.9 2.5l.9 1.1c.5.7 0 1.75-.85 1.75H4.95c-.86 0-1.35-1.05-.85-1.75l.9-1.1c.6-.7.9-1.6.9-2.5v-3.2c0-3.1 2.1-5.6 5-6.1v-.5A1.1 1.1 0 0 1 12 2.25Z" />
      <path d="M9.6 19.6h4.8a2.4 2.4 0 0 1-4.8 0Z" />
    </svg>
  )
}
