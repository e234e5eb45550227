// The glyph on the timeline's rail, by kind of entry.
import {
  ArrowUpRight,
  Bell,
  BellOff,
  Check,
  GitCommitHorizontal,
  Gavel,
  Lightbulb,
  Megaphone,
  Paperclip,
  Phone,
  Play,
  ShieldCheck,
  UserRoundPlus,
} from 'lucide-react'
import { cx } from './class-names.ts'
import { Icon, type LucideIcon } from './icon.tsx'

export type EntryKind =
  | 'alert'
  | 'page'
  | 'state'
  | 'role'
  | 'task'
  | 'hypothesis'
  | 'decision'
  | 'approval'
  | 'runbook'
  | 'change'
  | 'update'
  | 'attachment'
  | 'silence'

/** The outcome an entry tells, where its colour is not that of its kind. */
export type EntryTone = 'plain' | 'red' | 'orange' | 'amber' | 'accent' | 'teal' | 'violet'

/** A ringed glyph, 20 px. Decoration: the bold fact says what it is. */
export function TimelineGlyph({ kind, tone }: { kind: EntryKind; tone?: EntryTone }) {
  const { icon, tone: own } = kinds[kind]
  return (
    <span aria-hidden className={cx('flex size-5 items-center justify-center rounded-full border bg-surface', tones[tone ?? own])}>
      <Icon of={icon} size={12} />
    </span>
  )
}

const kinds: Record<EntryKind, { icon: LucideIcon; tone: EntryTone }> = {
  alert: { icon: Bell, tone: 'red' },
  page: { icon: Phone, tone: 'plain' },
  state: { icon: ArrowUpRight, tone: 'accent' },
  role: { icon: UserRoundPlus, tone: 'accent' },
  task: { icon: Check, tone: 'plain' },
  hypothesis: { icon: Lightbulb, tone: 'violet' },
  decision: { icon: Gavel, tone: 'violet' },
  approval: { icon: ShieldCheck, tone: 'teal' },
  runbook: { icon: Play, tone: 'plain' },
  change: { icon: GitCommitHorizontal, tone: 'violet' },
  update: { icon: Megaphone, tone: 'accent' },
  attachment: { icon: Paperclip, tone: 'plain' },
  silence: { icon: BellOff, tone: 'plain' },
}

const mixed = 'border-[color-mix(in_oklab,currentColor_45%,var(--surface))]'
const tones: Record<EntryTone, string> = {
  plain: 'border-line text-ink3',
  red: cx('text-red', mixed),
  orange: cx('text-orange', mixed),
  amber: cx('text-amber', mixed),
  accent: cx('text-accent', mixed),
  teal: cx('text-teal', mixed),
  violet: cx('text-violet', mixed),
}
