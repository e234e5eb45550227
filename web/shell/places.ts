// The places of the product in the order of the sidebar, with their keys.
import { Bell, BookOpenCheck, Boxes, CalendarClock, ChartNoAxesColumn, Flame, House, ListChecks, Megaphone, Settings } from 'lucide-react'
import type { OperationName } from '../api/client.ts'
import type { LucideIcon } from '../ui/icon.tsx'

export interface Place {
  path: string
  label: string
  icon: LucideIcon
  /** The letter after G. */
  key?: string
  count?: 'home' | 'incidents' | 'alerts'
  /** What its page reads: whoever may not is not led there. */
  needs?: OperationName
}

/** Three groups, parted by a gap: what happens, how it works, what is told. */
export const places: Place[][] = [
  [
    { path: '/', label: 'Home', icon: House, key: 'h', count: 'home' },
    { path: '/incidents', label: 'Incidents', icon: Flame, key: 'i', count: 'incidents', needs: 'incidents.list' },
    { path: '/alerts', label: 'Alerts', icon: Bell, key: 'a', count: 'alerts', needs: 'alerts.list' },
    { path: '/oncall', label: 'On-call', icon: CalendarClock, key: 'o', needs: 'oncall.now' },
  ],
  [
    { path: '/runbooks', label: 'Runbooks', icon: ListChecks, key: 'r', needs: 'runbooks.listRunbooks' },
    { path: '/services', label: 'Services', icon: Boxes, needs: 'directory.listServices' },
  ],
  [
    { path: '/updates', label: 'Updates', icon: Megaphone, key: 'u', needs: 'status.dashboard' },
    { path: '/reviews', label: 'Reviews', icon: BookOpenCheck, needs: 'reviews.list' },
    { path: '/insights', label: 'Insights', icon: ChartNoAxesColumn, needs: 'insights.response' },
  ],
]

export const settingsPlace: Place = { path: '/settings', label: 'Settings', icon: Settings }

/** The places of a reader: a group without any is left out. */
export const placesFor = (may: (operation: OperationName, team: null) => boolean): Place[][] =>
  places.map((group) => group.filter(({ needs }) => !needs || may(needs, null))).filter((group) => group.length > 0)

/** Which place a path belongs to. */
export function isIn(place: Place, path: string): boolean {
  if (place.path === '/') return path === '/'
  if (/^\/incidents\/[^/]+\/review$/.test(path)) return place.path === '/reviews'
  const parts = [place.path, ...(alsoThere[place.path] ?? [])]
  return parts.some((part) => path === part || path.startsWith(`${part}/`))
}

/** Paths of a place that do not begin like it. */
const alsoThere: Record<string, string[]> = { '/runbooks': ['/runs'], '/services': ['/changes'], '/updates': ['/status-pages'] }
