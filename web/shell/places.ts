// The places of the product in the order of the sidebar, with their keys.
import { Bell, BookOpenCheck, Boxes, CalendarClock, ChartNoAxesColumn, Flame, House, ListChecks, Megaphone, Settings } from 'lucide-react'
import type { LucideIcon } from '../ui/icon.tsx'

export interface Place {
  path: string
  label: string
  icon: LucideIcon
  /** The letter after G. */
  key?: string
  count?: 'home' | 'incidents' | 'alerts'
}

/** Three groups, parted by a gap: what happens, how it works, what is told. */
export const places: Place[][] = [
  [
    { path: '/', label: 'Home', icon: House, key: 'h', count: 'home' },
    { path: '/incidents', label: 'Incidents', icon: Flame, key: 'i', count: 'incidents' },
    { path: '/alerts', label: 'Alerts', icon: Bell, key: 'a', count: 'alerts' },
    { path: '/oncall', label: 'On-call', icon: CalendarClock, key: 'o' },
  ],
  [
    { path: '/runbooks', label: 'Runbooks', icon: ListChecks, key: 'r' },
    { path: '/services', label: 'Services', icon: Boxes },
  ],
  [
    { path: '/updates', label: 'Updates', icon: Megaphone, key: 'u' },
    { path: '/reviews', label: 'Reviews', icon: BookOpenCheck },
    { path: '/insights', label: 'Insights', icon: ChartNoAxesColumn },
  ],
]

export const settingsPlace: Place = { path: '/settings', label: 'Settings', icon: Settings }

/** The first four are tabs on a phone; the others are behind More. */
export const phoneTabs: Place[] = places[0] ?? []

/** Which place a path belongs to. */
export function isIn(place: Place, path: string): boolean {
  if (place.path === '/') return path === '/'
  if (/^\/incidents\/[^/]+\/review$/.test(path)) return place.path === '/reviews'
  const parts = [place.path, ...(alsoThere[place.path] ?? [])]
  return parts.some((part) => path === part || path.startsWith(`${part}/`))
}

/** Paths of a place that do not begin like it. */
const alsoThere: Record<string, string[]> = { '/runbooks': ['/runs'], '/services': ['/changes'], '/updates': ['/status-pages'] }
