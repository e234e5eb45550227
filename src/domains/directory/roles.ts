// What each role may do. The permissions of the whole product stand here, so that one table answers "who may".
import type { Permission } from '#kernel/actor.ts'

/** Everything that can be permitted, with what it means in words. */
export const permissions = {
  'directory:read': 'See people, teams and services',
  'directory:configure': 'Add and change people, teams and services',
  'alerts:read': 'See alerts and why they did or did not page',
  'alerts:respond': 'Acknowledge, snooze and resolve alerts',
  'alerts:configure': 'Change integrations, routes and silences',
  'changes:record': 'Record what was changed: deployments, flags, migrations',
  'oncall:read': 'See who is on call, schedules and policies',
  'oncall:respond': 'Take over shifts, escalate and page people',
  'oncall:configure': 'Change schedules and escalation policies',
  'incidents:read': 'See incidents',
  'incidents:declare': 'Log or declare an incident',
  'incidents:respond': 'Work on incidents: roles, state, tasks, notes, decisions',
  'incidents:configure': 'Change processes',
  'runbooks:read': 'See runbooks and runs',
  'runbooks:run': 'Start runs and answer their questions',
  'runbooks:approve': 'Approve steps that change something',
  'runbooks:configure': 'Write runbooks and connections',
  'status:read': 'See updates to stakeholders',
  'status:publish': 'Publish updates',
  'status:configure': 'Change status pages and components',
  'reviews:read': 'Read reviews',
  'reviews:write': 'Write reviews and action items',
  'insights:read': 'See figures',
  'self:manage': 'See, and act for its person in, what is theirs alone: how they are reached, the pages that told them',
  'platform:audit': 'Read the record of everything',
  'platform:configure': 'Apply configuration, see the state of the machinery',
} as const satisfies Record<Permission, string>

export type KnownPermission = keyof typeof permissions
const all = Object.keys(permissions) as KnownPermission[]
const reads = all.filter((permission) => permission.endsWith(':read'))

/** Roles in the organisation, from most to least. */
export const roles: Record<Role, { title: string; may: readonly KnownPermission[] }> = {
  administrator: { title: 'Administrator', may: all },
  manager: { title: 'Process owner', may: all.filter((permission) => !permission.startsWith('platform:')) },
  responder: {
    title: 'Responder',
    may: [
      ...reads,
      'alerts:respond',
      'alerts:configure',
      'changes:record',
      'oncall:respond',
      'incidents:declare',
      'incidents:respond',
      'runbooks:run',
      'runbooks:approve',
      'status:publish',
      'reviews:write',
      'self:manage',
    ],
  },
  agent: {
    title: 'Service desk',
    may: [
      ...reads,
      'alerts:respond',
      'changes:record',
      'incidents:declare',
      'incidents:respond',
      'runbooks:run',
      'status:publish',
      'self:manage',
    ],
  },
  reporter: { title: 'Reporter', may: ['directory:read', 'incidents:read', 'incidents:declare', 'status:read', 'self:manage'] },
  stakeholder: { title: 'Stakeholder', may: ['directory:read', 'incidents:read', 'status:read', 'insights:read', 'self:manage'] },
}

export const roleNames = ['administrator', 'manager', 'responder', 'agent', 'reporter', 'stakeholder'] as const
export type Role = (typeof roleNames)[number]

/** What the members of a team may do with what belongs to it, beyond their role. */
export const teamRoles: Record<TeamRole, readonly KnownPermission[]> = {
  lead: [
    ...reads,
    'directory:configure',
    'alerts:respond',
    'alerts:configure',
    'oncall:respond',
    'oncall:configure',
    'incidents:declare',
    'incidents:respond',
    'runbooks:run',
    'runbooks:approve',
    'runbooks:configure',
    'status:publish',
    'reviews:write',
  ],
  member: [...reads, 'alerts:respond', 'oncall:respond', 'incidents:declare', 'incidents:respond', 'runbooks:run', 'reviews:write'],
}
export type TeamRole = 'lead' | 'member'
