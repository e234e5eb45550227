// How a component of a status page is: a shape and a word, the same five for every reader.
import { cx } from './class-names.ts'

export type Health = 'works' | 'slow' | 'partly' | 'down' | 'maintenance'

/** The words the outside reads. */
export const healthWord: Record<Health, string> = {
  works: 'Works',
  slow: 'Slow',
  partly: 'Partly down',
  down: 'Down',
  maintenance: 'Maintenance',
}

/** The fill of a health, as a CSS colour. */
export const healthFill: Record<Health, string> = {
  works: 'var(--teal)',
  slow: 'var(--sev3)',
  partly: 'var(--sev2)',
  down: 'var(--sev1)',
  maintenance: 'var(--accent)',
}

/** Shape and word; `word` replaces the standard one ("Slower than usual"), `shapeOnly` keeps it for screen readers. */
export function ComponentHealth({ health, word, shapeOnly = false }: { health: Health; word?: string; shapeOnly?: boolean }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <HealthShape health={health} />
      <span className={cx(shapeOnly && 'sr-only')}>{word ?? healthWord[health]}</span>
    </span>
  )
}

/** Circle with a check, triangle, diamond, octagon, square with a bar. */
export function HealthShape({ health, size = 14 }: { health: Health; size?: number }) {
  const fill = healthFill[health]
  const mark = health === 'slow' || health === 'partly' ? '#16181d' : health === 'down' ? '#ffffff' : 'var(--surface)'
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden
      className="shrink-0"
      fill="none"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {health === 'works' && (
        <>
          <circle cx="8" cy="8" r="7.2" fill={fill} />
          <path d="m5.2 8.2 2 2 3.6-4" stroke={mark} />
        </>
      )}
      {health === 'slow' && (
        <>
          <path d="M8 1.8 15 14H1Z" fill={fill} stroke={fill} />
          <path d="M8 6.5v3.2M8 12v.01" stroke={mark} />
        </>
      )}
      {health === 'partly' && (
        <>
          <path d="M8 1 15 8 8 15 1 8Z" fill={fill} stroke={fill} strokeWidth="1" />
          <path d="M8 5v3.6M8 11v.01" stroke={mark} />
        </>
      )}
      {health === 'down' && (
        <>
          <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" fill={fill} />
          <path d="M8 4.6v4M8 11.2v.01" stroke={mark} />
        </>
      )}
      {health === 'maintenance' && (
        <>
          <rect x="1.2" y="1.2" width="13.6" height="13.6" rx="3" fill={fill} />
          <path d="M5 8h6" stroke={mark} />
        </>
      )}
    </svg>
  )
}
