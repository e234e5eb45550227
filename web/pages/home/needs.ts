// What needs the reader: alert groups that nobody has, then what waits for an answer.
import { useAsk } from '../../api/hooks.ts'
import type { Output } from '../../api/client.ts'

type Group = Output<'alerts.listGroups'>['items'][number]

export type Need = { id: string; title: string; note: string; since: string; href: string } & (
  | { kind: 'group'; groupId: Group['id']; severity: Group['severity'] }
  | { kind: 'ask'; act: string }
)

/** The most urgent first. `settled` once everything was asked. */
export function useNeeds(): { needs: Need[]; settled: boolean } {
  const groups = useAsk('alerts.listGroups', { state: 'triggered', limit: 20 })
  const needs = (groups.data?.items ?? [])
    .filter((group) => group.policy !== null)
    .map((group): Need => ({
      kind: 'group', id: group.id, groupId: group.id, severity: group.severity, title: group.title, since: group.openedAt, href: `/alerts?text=${encodeURIComponent(group.title)}`,
      note: `${group.service ? `${group.service.name}. ` : ''}${group.reason}`,
    }))
  const order = ['critical', 'error', 'warning', 'info']
  needs.sort((a, b) => (a.kind === 'group' && b.kind === 'group' ? order.indexOf(a.severity) - order.indexOf(b.severity) : 0) || (a.since < b.since ? -1 : 1))
  return { needs, settled: groups.data !== undefined || groups.error !== null }
}
