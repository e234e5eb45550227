// Whether a new group pages, by which policy, and why not.
import type { AlertSeverity } from '#kernel/signal.ts'
import type { Service } from '#domains/directory/index.ts'
import type { Target } from './rules.ts'

/** `policy` is null when it pages nobody; `named` is the one that is written for it all the same. */
export function pagingOf(
  target: Pick<Target, 'pages' | 'policy'>,
  service: Service | undefined,
  severity: AlertSeverity,
): { policy: string | null; named: string | null; reason: string } {
  const named = target.policy ?? service?.policy ?? null
  const no = (reason: string) => ({ policy: null, named, reason: `Not paged: ${reason}.` })
  if (!target.pages) return no('the route does not page')
  if (named === null) return no(service ? `${service.name} has no escalation policy` : 'it names no service, and its route no policy')
  if (severity === 'info') return no('it is for information only')
  return { policy: named, named, reason: `Pages by the policy '${named}'.` }
}
