// The sidebar: 204 px, or 52 px with glyphs and dots. Not on phones.
import { ChevronDown, Search } from 'lucide-react'
import { cx } from '../ui/class-names.ts'
import { Icon } from '../ui/icon.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Menu } from '../ui/menu.tsx'
import { Avatar } from '../ui/person.tsx'
import { PlainLink } from '../ui/text-link.tsx'
import { Tooltip } from '../ui/tooltip.tsx'
import { Bell } from './bell.tsx'
import { useShell } from './context.tsx'
import { isIn, settingsPlace, type Place } from './places.ts'
import { organisationMenu, personMenu } from './reader-menu.ts'

export function Sidebar({ path, narrow }: { path: string; narrow: boolean }) {
  const shell = useShell()
  return (
    <div data-print="no" className={cx('hidden shrink-0 flex-col py-2 tablet:flex', narrow ? 'w-13 items-center' : 'w-51 px-2')}>
      {narrow ? (
        <Menu
          trigger={
            <button type="button" aria-label={`Tocsin, ${shell.organisation}`} className={square}>
              <Bell />
            </button>
          }
          groups={organisationMenu(shell)}
        />
      ) : (
        <Menu
          trigger={
            <button type="button" className="flex h-8 items-center gap-2 rounded-control px-2 hover:bg-chosen">
              <Bell />
              <span className="text-prose font-semibold">Tocsin</span>
              <span className="min-w-0 truncate text-ui text-ink3">{shell.organisation}</span>
              <Icon of={ChevronDown} className="ml-auto text-ink3" />
            </button>
          }
          groups={organisationMenu(shell)}
        />
      )}
      {narrow ? (
        <Tooltip text="Search or do, Ctrl K" side="right">
          <button
            type="button"
            aria-label="Search or do"
            aria-keyshortcuts="Control+K"
            onClick={shell.openPalette}
            className={cx(square, 'mt-1.5')}
          >
            <Icon of={Search} size={16} />
          </button>
        </Tooltip>
      ) : (
        <button
          type="button"
          aria-keyshortcuts="Control+K"
          onClick={shell.openPalette}
          className="mt-1.5 flex h-7 items-center gap-2 rounded-control border border-line bg-surface px-2 text-ink2 hover:border-line2"
        >
          <Icon of={Search} />
          <span>Search or do…</span>
          <Kbd className="ml-auto">Ctrl K</Kbd>
        </button>
      )}
      <nav aria-label="Main" className="mt-2.5 flex min-h-0 flex-1 flex-col overflow-y-auto">
        {shell.places.map((group, index) => (
          <ul key={group[0]?.path} className={index > 0 ? 'mt-2.5' : undefined}>
            {group.map((place) => (
              <li key={place.path}>
                <PlaceLink place={place} path={path} narrow={narrow} count={place.count ? shell.counts[place.count] : 0} />
              </li>
            ))}
          </ul>
        ))}
        <div className="mt-auto pt-2">
          <PlaceLink place={settingsPlace} path={path} narrow={narrow} count={0} />
        </div>
      </nav>
      <Menu
        side="top"
        trigger={
          narrow ? (
            <button type="button" className={cx(square, 'mt-1')}>
              <Avatar person={shell.person} size={24} named={false} />
              <span className="sr-only">{shell.person.name}</span>
            </button>
          ) : (
            <button type="button" className="mt-1 flex items-center gap-2 rounded-control px-1.5 py-1 text-left hover:bg-chosen">
              <Avatar person={shell.person} size={24} named={false} />
              <span className="min-w-0 leading-[15px]">
                <span className="block truncate font-medium">{shell.person.name}</span>
                {shell.personNote && (
                  <span className={cx('block truncate text-meta', shell.onCall ? 'text-teal' : 'text-ink3')}>{shell.personNote}</span>
                )}
              </span>
            </button>
          )
        }
        groups={personMenu(shell)}
      />
    </div>
  )
}

function PlaceLink({ place, path, narrow, count }: { place: Place; path: string; narrow: boolean; count: number }) {
  const here = isIn(place, path)
  const ground = here ? 'bg-chosen text-ink' : 'text-ink2 hover:bg-sunken hover:text-ink'
  if (narrow) {
    return (
      <Tooltip text={place.label} side="right">
        <PlainLink href={place.path} aria-current={here ? 'page' : undefined} className={cx(square, 'relative', ground)}>
          <Icon of={place.icon} size={16} />
          <span className="sr-only">{count > 0 ? `${place.label}, ${count} waiting` : place.label}</span>
          {count > 0 && <span aria-hidden className="absolute top-1 right-0.5 size-1.5 rounded-full bg-ink2" />}
        </PlainLink>
      </Tooltip>
    )
  }
  return (
    <PlainLink
      href={place.path}
      aria-current={here ? 'page' : undefined}
      className={cx('flex h-[26px] items-center gap-2 rounded-control px-2', ground, here && 'font-medium')}
    >
      <Icon of={place.icon} size={15} />
      {place.label}
      {count > 0 && (
        <span className="ml-auto font-normal tabular-nums">
          {count > 999 ? '999+' : count}
          <span className="sr-only"> waiting</span>
        </span>
      )}
    </PlainLink>
  )
}

const square = 'flex size-7 items-center justify-center rounded-control text-ink2 hover:bg-sunken'
