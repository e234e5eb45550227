// The bottom tabs of a phone: four places and More, which holds the rest and the reader's own.
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { cx } from '../ui/class-names.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Avatar } from '../ui/person.tsx'
import { SegmentedControl } from '../ui/segmented-control.tsx'
import { PlainLink } from '../ui/text-link.tsx'
import { Button } from '../ui/button.tsx'
import { useShell, type ThemeChoice } from './context.tsx'
import { isIn, settingsPlace } from './places.ts'

export function PhoneTabs({ path }: { path: string }) {
  const shell = useShell()
  const [more, setMore] = useState(false)
  const [tabs = [], ...rest] = shell.places
  const others = [...rest.flat(), settingsPlace]
  const inMore = others.some((place) => isIn(place, path))
  return (
    <nav
      aria-label="Main, phone"
      data-print="no"
      className="flex shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] tablet:hidden"
    >
      {tabs.map((place) => {
        const here = isIn(place, path)
        const count = place.count ? shell.counts[place.count] : 0
        return (
          <PlainLink
            key={place.path}
            href={place.path}
            aria-current={here ? 'page' : undefined}
            className={cx(tab, here ? 'font-medium text-ink' : 'text-ink3')}
          >
            <span className="relative">
              <Icon of={place.icon} size={18} />
              {count > 0 && <span aria-hidden className="absolute -top-0.5 -right-1.5 size-1.5 rounded-full bg-ink2" />}
            </span>
            {place.label}
            {count > 0 && <span className="sr-only">, {count} waiting</span>}
          </PlainLink>
        )
      })}
      <button
        type="button"
        aria-haspopup="dialog"
        aria-expanded={more}
        onClick={() => setMore(true)}
        className={cx(tab, inMore ? 'font-medium text-ink' : 'text-ink3')}
      >
        <Icon of={Ellipsis} size={18} />
        More
      </button>
      <Dialog open={more} onClose={() => setMore(false)} title="More">
        <ul className="-mx-2">
          {others.map((place) => (
            <li key={place.path}>
              <PlainLink
                href={place.path}
                onClick={() => setMore(false)}
                className="flex h-11 items-center gap-3 rounded-control px-2 text-prose"
              >
                <Icon of={place.icon} size={16} className="text-ink2" />
                {place.label}
              </PlainLink>
            </li>
          ))}
        </ul>
        <div className="mt-2 flex items-center gap-2 border-t border-line pt-3">
          <Avatar person={shell.person} size={28} named={false} />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{shell.person.name}</span>
            {shell.personNote && (
              <span className={cx('block text-meta', shell.onCall ? 'text-teal' : 'text-ink3')}>{shell.personNote}</span>
            )}
          </span>
          <Button look="quiet" onClick={shell.onSignOut}>
            Sign out
          </Button>
        </div>
        <SegmentedControl<ThemeChoice>
          label="Theme"
          className="mt-3"
          value={shell.theme}
          onChange={shell.onTheme}
          options={[
            { value: 'system', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </Dialog>
    </nav>
  )
}

const tab = 'flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-1 text-[11px]/none'
