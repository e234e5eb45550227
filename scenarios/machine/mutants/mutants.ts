// Bugs on purpose, each a line of the sources that is made wrong. The machine must find every one.

export type Mutant = { file: string; find: string; replace: string; why: string }

export const mutants: readonly Mutant[] = [
  {
    file: 'src/platform/jobs/effects.ts',
    find: `if (held.size < jobs.length) throw new Lost()
          return seen`,
    replace: 'return seen',
    why: 'a node that lost its job sends all the same',
  },
  {
    file: 'src/domains/notifications/send.ts',
    find: 'inDoubt: context.repeated || (result.inDoubt ?? false),',
    replace: 'inDoubt: result.inDoubt ?? false,',
    why: 'a doubt is forgotten with the next failure',
  },
  {
    file: 'src/domains/notifications/send.ts',
    find: 'repeated: repeat || context.repeated,',
    replace: 'repeated: false,',
    why: 'a repeat does not say that it is one',
  },
  {
    file: 'src/domains/notifications/still-wanted.ts',
    find: "return group.state === 'triggered' ? undefined : `${group.state} by then`",
    replace: 'return undefined',
    why: 'nobody looks again right before sending',
  },
  {
    file: 'src/platform/jobs/effects.ts',
    find: 'startedAt ? store.markStarted(tx, node, jobs, startedAt)',
    replace: 'startedAt ? store.stillHeld(tx, node, jobs)',
    why: 'what is begun is not recorded before',
  },
  {
    file: 'src/platform/jobs/effects.ts',
    find: "startedAt: effect.repeat === 'always' ? null : context.now",
    replace: 'startedAt: null',
    why: 'what is begun as it is written is not recorded as begun',
  },
  {
    file: 'src/platform/jobs/effects.ts',
    find: 'job.startedAt ??= startedAt',
    replace: '',
    why: 'what was begun and whose outcome could not be stored is given back as never begun',
  },
  {
    file: 'src/platform/jobs/effects.ts',
    find: "if (inDoubt && effect.repeat === 'never') {",
    replace: 'if (false) {',
    why: 'what must not be done again unasked is done again',
  },
  {
    file: 'src/platform/jobs/inside.ts',
    find: 'if ((await store.finish(tx, node, jobs)).size < jobs.length) throw new Lost()',
    replace: 'await store.finish(tx, node, jobs)',
    why: 'the outcome of a job that was taken over counts twice',
  },
  {
    file: 'src/platform/jobs/store.ts',
    find: 'owner <> ${self} and not exists (select 1 from nodes where nodes.id = jobs.owner)',
    replace: 'false',
    why: 'the work of the dead is taken over by nobody',
  },
  {
    file: 'src/platform/jobs/store.ts',
    find: 'sql`update jobs set owner = null where owner = ${node} and not id = any(${doing}::bigint[])`',
    replace: 'sql`select ${node}, ${doing}::bigint[]`',
    why: 'a claim whose commit was not heard of is held for ever',
  },
  {
    file: 'src/platform/events/outbox.ts',
    find: 'const hash = linkHash(head.hash, link)',
    replace: 'const hash = linkHash(new Uint8Array(), link)',
    why: 'the chain leaves out what came before',
  },
  {
    file: 'src/platform/processes/engine.ts',
    find: 'if (woke && (wakeAt === null || wakeAt > now)) continue',
    replace: '',
    why: 'an alarm that was set for another time wakes a process too early',
  },
  {
    file: 'src/platform/processes/engine.ts',
    find: 'if (wakeAt === null || endedAt !== null) continue',
    replace: 'if (wakeAt === null || endedAt !== null || step > 0) continue',
    why: 'an alarm is forgotten',
  },
  {
    file: 'src/domains/oncall/escalation.ts',
    find: 'return pageFrom(state, state.level + 1, now, facts)\n}',
    replace: 'return pageFrom(state, state.level + 2, now, facts)\n}',
    why: 'a level is left out',
  },
  {
    file: 'src/domains/oncall/escalation.ts',
    find: 'const alarm = addSeconds(now, delaySeconds)',
    replace: 'const alarm = addSeconds(now, delaySeconds / 2)',
    why: 'the next level is paged before its time',
  },
  {
    file: 'src/domains/oncall/escalation.ts',
    find: "news: [...skipped, { kind: 'exhausted', level, round, reason, people: told }],",
    replace: "news: [...skipped, { kind: 'exhausted', level, round, reason, people: [] }],",
    why: 'nobody is written down as told when nobody answered',
  },
  {
    file: 'src/domains/oncall/level.ts',
    find: 'const now = onCallAt(schedule, at, ',
    replace: 'const now = onCallAt({ ...schedule, overrides: [] }, at, ',
    why: 'overrides count for nothing',
  },
  {
    file: 'src/domains/oncall/paging.ts',
    find: "if (row.state === 'acknowledged' || row.state === 'ended') return\n",
    replace: '',
    why: 'a page is acknowledged twice, also when it is over',
  },
  {
    file: 'src/domains/oncall/reactions.ts',
    find: 'for (const row of await lockPagesOfGroup(context.scope, data.groupId)) await endPaging(context, row, reason, true)',
    replace: 'if (reason) return',
    why: 'a page goes on when its alert is over',
  },
  {
    file: 'src/domains/alerts/group-lifecycle.ts',
    find: 'if (openCount > 0) await saveGroup(scope, { ...group, openCount })',
    replace: 'if (openCount > 1) await saveGroup(scope, { ...group, openCount })',
    why: 'a group is over while one of its alerts is open',
  },
  {
    file: 'src/domains/notifications/reach-decision.ts',
    find: "if ((step.status !== 'waiting' && step.status !== 'again') || step.dueAt > now) return step",
    replace: "if (step.status !== 'waiting' || step.dueAt > now) return step",
    why: 'what failed is never tried again',
  },
  {
    file: 'src/domains/notifications/still-wanted.ts',
    find: 'leftWhy === null && (groupId === null || quiet.get(groupId) === false)',
    replace: "leftWhy !== 'never' && groupId !== undefined",
    why: 'a summary names what was answered before',
  },
  {
    file: 'src/domains/notifications/joined-decision.ts',
    find: "tell: [toldSummaries(message.userId, { type: 'joined' })],",
    replace: '',
    why: 'what waits for a summary tells nobody that it does',
  },
  {
    file: 'src/domains/notifications/reach.ts',
    find: "if (before.phase !== 'new' || state.phase === 'over') await tellPages(",
    replace: "if (before.phase === 'new') await tellPages(",
    why: 'the pages of a summary never hear what became of it',
  },
  {
    file: 'src/domains/notifications/summary-store.ts',
    find: 'where user_id = ${userId} and summary_id is null and left_why is null returning',
    replace: 'where user_id = ${userId} and left_why is null returning',
    why: 'what was in one summary is in the next one again',
  },
]
