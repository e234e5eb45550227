// Commands and queries about teams.
import { z } from 'zod'
import type { UserId } from '#kernel/actor.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import type { Scope } from '#kernel/scope.ts'
import { teamAdded, teamChanged } from './events.ts'
import type { TeamRole } from './roles.ts'
import * as store from './store.ts'
import { mostMembers, Name, Slug, TeamView } from './views.ts'

const Members = z.array(z.strictObject({ user: z.string().max(60), role: z.enum(['lead', 'member']).default('member') })).max(mostMembers)

async function views(scope: Scope, teams: store.Team[]): Promise<z.input<typeof TeamView>[]> {
  const members = await store.membersOf(
    scope,
    teams.map((team) => team.id),
  )
  return teams.map((team) => ({
    ...team,
    members: members
      .filter((member) => member.teamId === team.id)
      .map(({ userId, handle, name, role }) => ({ userId, handle, name, role })),
  }))
}

export const listTeams = defineQuery({
  name: 'directory.listTeams',
  summary: 'List teams',
  http: 'GET /teams',
  needs: 'directory:read',
  on: 'organisation',
  input: listInput({}),
  output: listOutput(TeamView),
  examples: [{}],
  async run({ scope }, { limit, cursor }) {
    const teams = await store.listTeams(scope, decodeCursor(cursor)?.[0] as string | undefined, limit + 1)
    const { items, nextCursor } = page(
      teams,
      limit,
      (team) => team,
      (team) => [team.slug],
    )
    return { items: await views(scope, items), nextCursor }
  },
})

export const getTeam = defineQuery({
  name: 'directory.getTeam',
  summary: 'Show one team',
  http: 'GET /teams/{team}',
  needs: 'directory:read',
  on: ({ team }) => ({ team }),
  input: z.strictObject({ team: z.string().max(60) }),
  output: TeamView,
  examples: [{ team: 'payments' }],
  async run({ scope }, { team }) {
    const found = await store.findTeam(scope, team)
    if (!found) throw missing('team')
    return (await views(scope, [found]))[0]!
  },
})

export const addTeam = defineCommand({
  name: 'directory.addTeam',
  summary: 'Add a team',
  http: 'POST /teams',
  status: 201,
  needs: 'directory:configure',
  on: 'organisation',
  input: z.strictObject({ slug: Slug, name: Name, membersOnly: z.boolean().default(false), members: Members.default([]) }),
  output: TeamView,
  examples: [{ slug: 'payments', name: 'Payments', members: [{ user: 'mara', role: 'lead' }] }],
  async run({ scope, emit, newId }, { slug, name, membersOnly, members }) {
    const team = { id: newId('tem'), slug, name, membersOnly }
    if (!(await store.insertTeam(scope, team))) return refuse(`There is already a team ${slug}.`)
    await store.setMembers(scope, team.id, await resolveMembers(scope, members))
    await emit(teamAdded, { teamId: team.id })
    return (await views(scope, [team]))[0]!
  },
})

export const changeTeam = defineCommand({
  name: 'directory.changeTeam',
  summary: "Change a team's name, walls or members",
  http: 'PATCH /teams/{team}',
  needs: 'directory:configure',
  on: ({ team }) => ({ team }),
  input: z.strictObject({
    team: z.string().max(60),
    name: Name.optional(),
    membersOnly: z.boolean().optional(),
    members: Members.optional(),
  }),
  output: TeamView,
  examples: [{ team: 'payments', name: 'Payments' }],
  async run({ scope, emit }, { team: key, name, membersOnly, members }) {
    await store.lockTeam(scope, key)
    const team = await store.findTeam(scope, key)
    if (!team) throw missing('team')
    const next = { ...team, name: name ?? team.name, membersOnly: membersOnly ?? team.membersOnly }
    await store.saveTeam(scope, next)
    if (members) await store.setMembers(scope, team.id, await resolveMembers(scope, members))
    const changed = [
      ...(next.name !== team.name ? ['name'] : []),
      ...(next.membersOnly !== team.membersOnly ? ['walls'] : []),
      ...(members ? ['members'] : []),
    ]
    if (changed.length > 0) await emit(teamChanged, { teamId: team.id, changed })
    return (await views(scope, [next]))[0]!
  },
})

async function resolveMembers(scope: Scope, members: z.output<typeof Members>) {
  const users = await store.findUsers(
    scope,
    members.map((member) => member.user),
  )
  const roles = new Map<UserId, TeamRole>()
  for (const { user: key, role } of members) {
    const user = users.find((candidate) => candidate.handle === key || candidate.id === key)
    if (!user) throw missing(`person ${key}`)
    if (roles.has(user.id)) throw new AppError('refused', `${user.name} is named twice.`)
    roles.set(user.id, role)
  }
  return [...roles].map(([userId, role]) => ({ userId, role }))
}
