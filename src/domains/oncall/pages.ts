// Commands and queries about pages: whom it told, by what, when, and how it ended; starting one, answering, handing it on.
import { z } from 'zod'
import { actsAsPerson, may, personOf, type Actor } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, isRefusal, missing, refuse } from '#kernel/errors.ts'
import { idOf } from '#kernel/ids.ts'
import { decodeCursor, listInput, listOutput, page as pageOfList } from '#kernel/list.ts'
import { acknowledgeGroup, findGroup, unacknowledgeGroup, type GroupId } from '#domains/alerts/index.ts'
import { findUsers, Slug } from '#domains/directory/index.ts'
import { deliveriesAbout, deliveryView } from '#domains/notifications/index.ts'
import { PageIdSchema, type PageId } from './events.ts'
import * as store from './page-store.ts'
import { shownPage, shownPages } from './page-walls.ts'
import {
  acknowledgePaging,
  endPaging,
  escalatePaging,
  giveBackPaging,
  nameOf,
  seeingAll,
  someLeftToAsk,
  startPaging,
  type NewPage,
} from './paging.ts'
import { findPolicy, findSchedule } from './schedule-store.ts'
import { PageDetailView, PageView, pageView } from './views.ts'

const OnePage = z.strictObject({ pageId: PageIdSchema })
const example = { pageId: 'pag_01k3v0v5b8e6w9d2m4q7r1s5t8' }

export const listPages = defineQuery({
  name: 'oncall.listPages',
  summary: 'List pages, newest first',
  http: 'GET /pages',
  needs: 'oncall:read',
  on: 'organisation',
  input: listInput({
    state: z.enum(['open', 'paging', 'acknowledged', 'exhausted', 'ended']).optional(),
    group: idOf('grp').optional(),
    incident: idOf('inc').optional(),
    mine: z.stringbool().optional(),
  }),
  output: listOutput(PageView),
  examples: [{ state: 'open' }],
  async run(context, { mine, limit, cursor, ...filter }) {
    const { scope, actor } = context
    const user = mine ? (personOf(actor) ?? '') : undefined
    const rows = await store.listPages(scope, { ...filter, user, after: decodeCursor(cursor), limit: limit + 1 })
    const { items, nextCursor } = pageOfList(
      rows,
      limit,
      (row) => row,
      (row) => [row.startedAt, row.id],
    )
    return { items: (await shownPages(context, items)).map(pageView), nextCursor }
  },
})

export const getPage = defineQuery({
  name: 'oncall.getPage',
  summary: 'Show one page with its trace: whom it told, by what, when, how it ended',
  http: 'GET /pages/{pageId}',
  needs: 'signed-in',
  on: ({ pageId }) => ({ page: pageId }),
  input: OnePage,
  output: PageDetailView,
  examples: [example],
  async run(context, { pageId }) {
    const { scope, actor } = context
    const row = await shownPage(context, await store.findPage(scope, pageId))
    if (!row) throw missing('page')
    const people = await store.peopleOf(scope, pageId)
    if (!may(actor, 'oncall:read', row.teamId) && !(mayAsPerson(actor) && people.some((one) => one.userId === personOf(actor))))
      throw missing('page')
    const deliveries = Map.groupBy(await deliveriesAbout(scope, pageId), (delivery) => delivery.reachKey)
    return {
      ...pageView(row),
      steps: await store.stepsOf(scope, pageId),
      people: people.map(({ userId, handle, name, level, round, reason, at, reachKey }) => ({
        person: { id: userId, handle, name },
        level,
        round,
        reason,
        at,
        deliveries: (deliveries.get(reachKey) ?? []).map((delivery) => deliveryView(delivery, userId === personOf(actor))),
      })),
    }
  },
})

export const startPage = defineCommand({
  name: 'oncall.startPage',
  summary: 'Page a policy, whoever is on call in a schedule, or people',
  http: 'POST /pages',
  status: 201,
  needs: 'oncall:respond',
  on: ({ policy, schedule, incident, group }) => ({
    ...(policy ? { policy } : {}),
    ...(schedule ? { schedule } : {}),
    ...(incident ? { incident } : {}),
    ...(group ? { group } : {}),
  }),
  input: z.strictObject({
    policy: Slug.optional(),
    schedule: Slug.optional(),
    users: z.array(z.string().max(60)).min(1).max(20).optional(),
    incident: idOf('inc').optional(),
    group: idOf('grp').optional(),
    title: z.string().trim().min(1).max(300),
    body: z.string().trim().max(4000).default(''),
  }),
  output: PageView,
  examples: [
    { policy: 'payments', title: 'Card payments fail, 8 % in eu-west' },
    { users: ['priya'], title: 'Help with card payments' },
  ],
  async run(context, input) {
    const { scope } = context
    if ([input.policy, input.schedule, input.users].filter((one) => one !== undefined).length !== 1)
      return refuse('Say whom to page: one of policy, schedule or users.')
    const group = input.group ? await findGroup(scope, input.group) : undefined
    const whom = await levelsOf(context, input)
    const id = await startPaging(context, {
      ...whom,
      groupId: null,
      incidentId: input.incident ?? null,
      teamId: group?.teamId ?? whom.teamId,
      severity: group?.severity ?? null,
      title: input.title,
      body: input.body,
    })
    return pageView((await store.findPage(scope, id))!)
  },
})

type Whom = Pick<NewPage, 'policy' | 'levels' | 'repeat' | 'ackTimeoutSeconds' | 'teamId'>

/** Throws AppError 'missing' for what the scope does not see. */
async function levelsOf(
  { scope }: CommandContext,
  {
    policy: slug,
    schedule: key,
    users: keys,
  }: { policy?: string | undefined; schedule?: string | undefined; users?: string[] | undefined },
): Promise<Whom> {
  const directly = { policy: null, repeat: 1, ackTimeoutSeconds: null }
  if (slug !== undefined) {
    const policy = await findPolicy(scope, slug)
    if (!policy) throw missing('policy')
    return {
      policy: policy.slug,
      levels: policy.levels,
      repeat: policy.repeat,
      ackTimeoutSeconds: policy.ackTimeoutSeconds,
      teamId: policy.team?.id ?? null,
    }
  }
  if (key !== undefined) {
    const schedule = await findSchedule(scope, key)
    if (!schedule) throw missing('schedule')
    return { ...directly, levels: [{ targets: [{ schedule: schedule.slug }], delaySeconds: 300 }], teamId: schedule.team?.id ?? null }
  }
  const users = await findUsers(scope, keys ?? [])
  if (users.length !== new Set(keys).size) throw missing('person')
  return { ...directly, levels: [{ targets: users.map((user) => ({ user: user.handle })), delaySeconds: 300 }], teamId: null }
}

export const acknowledge = defineCommand({
  name: 'oncall.acknowledge',
  summary: 'Acknowledge a page and its alert, so that nobody else is paged',
  http: 'POST /pages/{pageId}/acknowledge',
  needs: 'signed-in',
  on: ({ pageId }) => ({ page: pageId }),
  input: OnePage,
  output: PageView,
  examples: [example],
  async run(context, { pageId }) {
    const row = await answerable(context, pageId)
    if (row.state === 'ended') return refuse(`It is over: ${row.reason}.`)
    await acknowledgePaging(context, row, personOf(context.actor) ?? null)
    await withGroup(context, row, 'triggered', acknowledgeGroup)
    return pageView((await store.findPage(context.scope, pageId))!)
  },
})

export const giveBack = defineCommand({
  name: 'oncall.giveBack',
  summary: 'Take an acknowledgement back, so that it pages again',
  http: 'POST /pages/{pageId}/give-back',
  needs: 'signed-in',
  on: ({ pageId }) => ({ page: pageId }),
  input: OnePage,
  output: PageView,
  examples: [example],
  async run(context, { pageId }) {
    const row = await answerable(context, pageId)
    if (row.state !== 'acknowledged') return refuse(row.state === 'ended' ? `It is over: ${row.reason}.` : 'Nobody has acknowledged it.')
    const by = personOf(context.actor)
    await giveBackPaging(context, row, 'person', `${by ? await nameOf(context.scope, by) : 'Tocsin'} gave it back`)
    await withGroup(context, row, 'acknowledged', unacknowledgeGroup)
    return pageView((await store.findPage(context.scope, pageId))!)
  },
})

export const escalateNow = defineCommand({
  name: 'oncall.escalateNow',
  summary: 'Page the next level now',
  http: 'POST /pages/{pageId}/escalate',
  needs: 'signed-in',
  on: ({ pageId }) => ({ page: pageId }),
  input: OnePage,
  output: PageView,
  examples: [example],
  async run(context, { pageId }) {
    const row = await answerable(context, pageId)
    if (row.state === 'ended') return refuse(`It is over: ${row.reason}.`)
    if (row.state === 'exhausted') return refuse('Every level was paged already, and nobody answered. Page somebody else.')
    if (row.state === 'acknowledged' && !(await someLeftToAsk(context, row)))
      return refuse('There is nobody left to ask: every level was paged. Page somebody else.')
    await escalatePaging(context, row, context.actor)
    return pageView(row)
  },
})

export const endPage = defineCommand({
  name: 'oncall.endPage',
  summary: 'End a page that is no longer wanted',
  http: 'POST /pages/{pageId}/end',
  needs: 'oncall:respond',
  on: ({ pageId }) => ({ page: pageId }),
  input: OnePage.extend({ reason: z.string().trim().min(1).max(200).default('no longer wanted') }),
  output: PageView,
  examples: [example],
  async run(context, { pageId, reason }) {
    const row = await shownPage(context, await store.lockPage(context.scope, pageId))
    if (!row) throw missing('page')
    if (row.groupId !== null) return refuse('This page ends with its alert: acknowledge or resolve that.')
    await endPaging(context, row, reason, false)
    return pageView((await store.findPage(context.scope, pageId))!)
  },
})

/** Whether the actor may see what is its person's alone: a token only with the scope for it. */
const mayAsPerson = (actor: Actor): boolean => actor.kind !== 'token' || may(actor, actsAsPerson, null)

/** A page that the actor may answer: whom it told may, and who may respond there. Held until the transaction ends. */
async function answerable(context: CommandContext, pageId: PageId): Promise<store.PageRow> {
  const { scope, actor } = context
  const row = await shownPage(context, await store.lockPage(scope, pageId))
  if (!row) throw missing('page')
  const person = personOf(actor)
  const wasTold = person !== undefined && (await store.peopleOf(scope, pageId)).some((one) => one.userId === person)
  if (!wasTold && !may(actor, 'oncall:respond', row.teamId))
    throw new AppError('forbidden', 'Only whom it paged, and who may respond on call there, can answer it.')
  return row
}

type GroupCommand = typeof acknowledgeGroup | typeof unacknowledgeGroup

/** Does the same with the alert group. Being paged for it is the right to answer it, also for somebody whom its team shows nothing else. */
async function withGroup(
  context: CommandContext,
  { groupId }: store.PageRow,
  from: 'triggered' | 'acknowledged',
  command: GroupCommand,
): Promise<void> {
  if (groupId === null) return
  // Who may answer the page was asked above.
  const scope = seeingAll(context.scope)
  const group = await findGroup(scope, groupId)
  if (group?.state !== from) return
  const moved = await command.run({ ...context, scope }, { groupId: groupId as GroupId })
  if (isRefusal(moved)) throw new AppError('refused', moved.reason)
}
