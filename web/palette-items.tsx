// What the palette offers everywhere: places, and what the words typed may find.
import { useNavigate } from '@tanstack/react-router'
import { useAsk } from './api/hooks.ts'
import type { May } from './may.ts'
import { changeIcon } from './pages/changes/change-icon.ts'
import { placesFor, settingsPlace } from './shell/places.ts'
import { Icon, type PaletteItem, type PaletteSearch } from './ui/index.ts'

/** What the palette offers for the words typed, and how the search on the server stands. */
export function usePaletteItems(words: string, may: May): { items: PaletteItem[]; further?: PaletteSearch } {
  const navigate = useNavigate()
  const looks = words.trim().length >= 2
  const services = useAsk(
    'directory.listServices',
    looks && may('directory.listServices', null) ? { text: words.trim(), limit: 5 } : undefined,
  )
  const people = useAsk('directory.listUsers', looks && may('directory.listUsers', null) ? { text: words.trim(), limit: 5 } : undefined)
  const alerts = useAsk('alerts.list', looks && may('alerts.list', null) ? { text: words.trim(), state: 'open', limit: 5 } : undefined)
  const incidents = useAsk('incidents.list', looks && may('incidents.list', null) ? { text: words.trim(), limit: 5 } : undefined)
  const go = (to: string) => () => void navigate({ to })
  const searches = [services, people, alerts, incidents]
  const further = searches.some((search) => search.isLoading || search.isPlaceholderData)
    ? 'looking'
    : searches.some((search) => search.isError)
      ? 'failed'
      : undefined
  const items: PaletteItem[] = [
    ...(may('incidents.declare')
      ? [
          {
            id: 'declare',
            group: 'Do',
            label: 'Declare an incident',
            consequence: 'opens it under a process and starts its runbooks',
            keys: 'D',
            run: () => void navigate({ to: '/incidents', search: { declare: 'yes' } as never }),
          },
        ]
      : []),
    ...[...placesFor(may).flat(), settingsPlace].map((place) => ({
      id: `go ${place.path}`,
      group: 'Go to',
      label: place.label,
      lead: <Icon of={place.icon} />,
      ...(place.key ? { keys: `G ${place.key.toUpperCase()}` } : {}),
      run: go(place.path),
    })),
    ...(may('changes.list', null)
      ? [{ id: 'go /changes', group: 'Go to', label: 'Changes', lead: <Icon of={changeIcon} />, run: go('/changes') }]
      : []),
    ...(looks
      ? (incidents.data?.items ?? []).map((incident) => ({
          id: incident.id,
          group: 'Incidents',
          label: `${incident.key} ${incident.title}`,
          consequence: incident.state.name,
          always: !incidents.isPlaceholderData,
          run: go(`/incidents/${incident.number}`),
        }))
      : []),
    ...(looks
      ? (alerts.data?.items ?? []).map((alert) => ({
          id: alert.id,
          group: 'Open alerts',
          label: alert.title,
          consequence: alert.reason,
          always: !alerts.isPlaceholderData,
          run: go(`/alerts?alert=${alert.id}`),
        }))
      : []),
    ...(looks
      ? (services.data?.items ?? []).map((service) => ({
          id: service.id,
          group: 'Services',
          label: service.name,
          always: !services.isPlaceholderData,
          run: go(`/services/${service.slug}`),
        }))
      : []),
    ...(looks
      ? (people.data?.items ?? []).map((person) => ({
          id: person.id,
          group: 'People',
          label: person.name,
          consequence: person.handle,
          always: !people.isPlaceholderData,
          run: go('/settings/people'),
        }))
      : []),
  ]
  return { items, ...(looks && further ? { further } : {}) }
}
