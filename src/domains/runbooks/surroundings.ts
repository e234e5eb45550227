// What a run needs to know of the slices before it: the incident, who holds a role in it, who is on call.
import type { TeamId, UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Instant } from '#kernel/time.ts'

export type IncidentData = Readonly<Record<string, unknown>> & { id: string; number: number; title: string; teamId: TeamId | null }

export const incidentData = async (_scope: Scope, _key: string): Promise<IncidentData | undefined> => undefined
export const holdersOf = async (_scope: Scope, _incidentId: string, _role: string): Promise<UserId[]> => []
export const onCallIn = async (_scope: Scope, _schedule: string, _at: Instant): Promise<UserId[]> => []
