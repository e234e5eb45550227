// People: avatar with initials and a muted tint by id, always with a name in reach; an empty role says "Assign".
import { UserRoundPlus } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { Icon } from './icon.tsx'
import { initialsOf, tintOf } from './tint.ts'

/** Who: the id chooses the tint. */
export interface PersonRef {
  id: string
  name: string
  handle?: string
}

/** Initials on a tint. `named` (default) reads the name to screen readers; give false where the name stands beside it. */
export function Avatar({
  person,
  size = 20,
  named = true,
  className,
}: {
  person: PersonRef
  size?: 16 | 20 | 24 | 28
  named?: boolean
  className?: string
}) {
  return (
    <span
      role={named ? 'img' : undefined}
      aria-label={named ? person.name : undefined}
      aria-hidden={named ? undefined : true}
      title={person.name}
      className={cx(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold',
        avatarSizes[size],
        tintOf(person.id),
        className,
      )}
    >
      {initialsOf(person.name)}
    </span>
  )
}

/** Faces that overlap, and how many more. */
export function AvatarStack({ people, most = 6, label }: { people: PersonRef[]; most?: number; label: string }) {
  const more = people.length - most
  return (
    <span role="group" aria-label={label} className="inline-flex items-center">
      {people.slice(0, most).map((person, index) => (
        <Avatar key={person.id} person={person} className={cx('ring-2 ring-surface', index > 0 && '-ml-1')} />
      ))}
      {more > 0 && <span className="ml-1.5 text-meta text-ink2 tabular-nums">+{more}</span>}
    </span>
  )
}

/** Avatar, full name, role or note in grey. */
export function Person({ person, role, strong = false }: { person: PersonRef; role?: ReactNode; strong?: boolean }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <Avatar person={person} named={false} />
      <bdi title={person.name} className={cx('truncate', strong && 'font-semibold')}>
        {person.name}
      </bdi>
      {role !== undefined && <span className="whitespace-nowrap text-ink3">{role}</span>}
    </span>
  )
}

/** A role nobody has: dashed ring and what to do. */
export function AssignButton({ label = 'Assign', onClick }: { label?: string; onClick?: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="inline-flex min-h-6 items-center gap-1.5 rounded-control font-medium text-accent hover:underline pointer-coarse:min-h-11"
    >
      <EmptySeat />
      {label}
    </button>
  )
}

/** The dashed ring of an empty role or an unowned task. Decoration. */
export function EmptySeat({ size = 20 }: { size?: number }) {
  return (
    <span
      aria-hidden
      style={{ width: size, height: size }}
      className="inline-flex shrink-0 items-center justify-center rounded-full border border-dashed border-line2 text-ink3"
    >
      <Icon of={UserRoundPlus} size={12} />
    </span>
  )
}

const avatarSizes = { 16: 'size-4 text-[7px]', 20: 'size-5 text-[9px]', 24: 'size-6 text-[10px]', 28: 'size-7 text-[11px]' }
