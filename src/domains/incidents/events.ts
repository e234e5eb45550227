// What happened in an incident. Events hold ids; what people wrote is named by its id and keyed hash, so that it can be erased and the chain stays whole.
import { z } from 'zod'
import { ServiceIdSchema, UserIdSchema } from '#domains/directory/index.ts'
import { GroupIdSchema } from '#domains/alerts/index.ts'
import { defineEvent } from '#kernel/define.ts'
import type { EventRecord, NameOf } from '#kernel/event.ts'
import { idOf, type Id } from '#kernel/ids.ts'
import { InstantOut, spokenDuration } from '#kernel/time.ts'
import type { IncidentId } from './incident.ts'
import { SeverityId, severityIds, spokenId } from './process-definition.ts'

export type TextId = Id<'txt'>
export type TaskId = Id<'tsk'>
export type HypothesisId = Id<'hyp'>
export type DecisionId = Id<'dec'>
export const IncidentIdSchema = idOf('inc') as z.ZodType<IncidentId, IncidentId>
export const TextIdSchema = idOf('txt') as z.ZodType<TextId, TextId>
export const TaskIdSchema = idOf('tsk') as z.ZodType<TaskId, TaskId>
export const HypothesisIdSchema = idOf('hyp') as z.ZodType<HypothesisId, HypothesisId>
export const DecisionIdSchema = idOf('dec') as z.ZodType<DecisionId, DecisionId>

/** What somebody wrote: where it is kept, and the hash that it must have while it is there. */
export const Words = z.object({ textId: TextIdSchema, hash: z.string() })
export type Words = z.output<typeof Words>
/** Who did it when no person asked for it: the rule's sentence. */
const Rule = z.string().max(300).nullable()

type Told<Data> = Pick<EventRecord<Data>, 'actor' | 'about' | 'data' | 'at'>
const incident = { incidentId: IncidentIdSchema }
const about = ({ incidentId }: { incidentId: string }) => ({ incident: incidentId })
const aboutText = ({ incidentId, words }: { incidentId: string; words: Words | null }) => ({
  incident: incidentId,
  ...(words ? { text: words.textId } : {}),
})
/** `: because` when there are words, else nothing. */
const because = (name: NameOf, words: Words | null, rule: string | null = null): string =>
  words ? `: ${name(words.textId)}` : rule ? `: ${rule}` : ''
const by = (event: Told<unknown>, name: NameOf): string => (event.actor.startsWith('system:') ? 'by itself' : `by ${name(event.actor)}`)

export const incidentOpened = defineEvent({
  type: 'incident.opened',
  version: 1,
  data: z.object({
    ...incident,
    number: z.number(),
    type: z.string(),
    processVersion: z.number(),
    state: z.string(),
    severity: SeverityId,
    groupId: GroupIdSchema.nullable(),
    serviceIds: z.array(ServiceIdSchema),
    words: Words,
  }),
  about: ({ incidentId, words, groupId }) => ({ incident: incidentId, text: words.textId, ...(groupId ? { group: groupId } : {}) }),
  sentence: (event, name) =>
    event.data.groupId
      ? `INC-${event.data.number} opened by an alert group: ${name(event.data.words.textId)}`
      : `INC-${event.data.number} opened by ${name(event.actor)}: ${name(event.data.words.textId)}`,
})

export const incidentStateChanged = defineEvent({
  type: 'incident.state-changed',
  version: 1,
  data: z.object({
    ...incident,
    from: z.string(),
    to: z.string(),
    kind: z.enum(['open', 'resolved', 'closed', 'cancelled']),
    holdReason: z.string().nullable(),
    words: Words.nullable(),
    rule: Rule,
  }),
  about: aboutText,
  sentence: (event, name) => `${spokenId(event.data.to)} ${by(event, name)}${because(name, event.data.words, event.data.rule)}`,
})

/** The four that others react to; each stands beside an `incident.state-changed`, which tells it in the timeline. */
export const incidentResolved = defineEvent({
  type: 'incident.resolved',
  version: 1,
  data: z.object({ ...incident, seconds: z.number() }),
  about,
  sentence: (event) => `Resolved after ${spokenDuration(event.data.seconds)}`,
})
export const incidentClosed = defineEvent({
  type: 'incident.closed',
  version: 1,
  data: z.object(incident),
  about,
  sentence: (event, name) => `Closed ${by(event, name)}`,
})
export const incidentCancelled = defineEvent({
  type: 'incident.cancelled',
  version: 1,
  data: z.object(incident),
  about,
  sentence: (event, name) => `Cancelled ${by(event, name)}`,
})
export const incidentReopened = defineEvent({
  type: 'incident.reopened',
  version: 1,
  data: z.object(incident),
  about,
  sentence: (event, name) => `Reopened ${by(event, name)}`,
})

export const incidentSeverityChanged = defineEvent({
  type: 'incident.severity-changed',
  version: 1,
  data: z.object({ ...incident, from: SeverityId, to: SeverityId, words: Words.nullable(), rule: Rule }),
  about: aboutText,
  sentence: (event, name) => {
    const raised = severityIds.indexOf(event.data.to) < severityIds.indexOf(event.data.from)
    return `Severity ${raised ? 'raised' : 'lowered'} to ${event.data.to} ${by(event, name)}${because(name, event.data.words, event.data.rule)}`
  },
})

export const incidentClassified = defineEvent({
  type: 'incident.classified',
  version: 1,
  data: z.object({
    ...incident,
    changed: z.array(z.string()),
    priority: z.string().nullable(),
    reason: z.string(),
    words: Words.nullable(),
  }),
  about: aboutText,
  sentence: (event, name) => {
    const { priority, reason, changed, words } = event.data
    const what = priority ? `Classified as ${priority}` : `${spokenId(changed.join(', '))} set`
    return `${what} ${by(event, name)}${words ? because(name, words) : priority ? `: ${reason}` : ''}`
  },
})

export const incidentChanged = defineEvent({
  type: 'incident.changed',
  version: 1,
  data: z.object({ ...incident, changed: z.array(z.string()), words: Words.nullable() }),
  about: aboutText,
  sentence: (event, name) => {
    const what = event.data.changed.join(', ')
    if (what === 'impact now' || what === 'trying')
      return `${what === 'trying' ? 'Trying' : 'Impact'}, says ${name(event.actor)}${event.data.words ? because(name, event.data.words) : ': nothing more'}`
    return `${spokenId(what)} set by ${name(event.actor)}${because(name, event.data.words)}`
  },
})

export const fieldSet = defineEvent({
  type: 'incident.field-set',
  version: 1,
  data: z.object({ ...incident, field: z.string(), words: Words.nullable() }),
  about: aboutText,
  sentence: (event, name) =>
    `${spokenId(event.data.field)} ${event.data.words ? 'set' : 'cleared'} by ${name(event.actor)}${because(name, event.data.words)}`,
})

export const roleAssigned = defineEvent({
  type: 'incident.role-assigned',
  version: 1,
  data: z.object({
    ...incident,
    role: z.string(),
    userId: UserIdSchema.nullable(),
    before: UserIdSchema.nullable(),
    leads: z.boolean(),
    words: Words.nullable(),
  }),
  about: ({ incidentId, userId, words }) => ({
    incident: incidentId,
    ...(userId ? { user: userId } : {}),
    ...(words ? { text: words.textId } : {}),
  }),
  sentence: (event, name) => {
    const { role, userId, before, words } = event.data
    const what = spokenId(role)
    if (userId === null) return `${name(event.actor)} left ${what} empty${because(name, words)}`
    if (event.actor.startsWith(userId))
      return `${name(userId)} ${role === 'commander' ? 'took command' : `is ${what.toLowerCase()}`}${because(name, words)}`
    if (before !== null && event.actor.startsWith(before))
      return `${name(before)} handed ${what.toLowerCase()} over to ${name(userId)}${because(name, words)}`
    return `${name(userId)} is ${what.toLowerCase()}, ${by(event, name)}${because(name, words)}`
  },
})

export const responderJoined = defineEvent({
  type: 'incident.responder-joined',
  version: 1,
  data: z.object({ ...incident, userId: UserIdSchema, words: Words.nullable() }),
  about: ({ incidentId, userId, words }) => ({ incident: incidentId, user: userId, ...(words ? { text: words.textId } : {}) }),
  sentence: (event, name) =>
    (event.actor.startsWith(event.data.userId)
      ? `${name(event.data.userId)} joined`
      : `${name(event.actor)} brought in ${name(event.data.userId)}`) + because(name, event.data.words),
})

export const taskAdded = defineEvent({
  type: 'incident.task-added',
  version: 1,
  data: z.object({ ...incident, taskId: TaskIdSchema, assigneeId: UserIdSchema.nullable(), words: Words }),
  about: ({ incidentId, taskId, words }) => ({ incident: incidentId, task: taskId, text: words.textId }),
  sentence: (event, name) =>
    `Task${event.data.assigneeId ? ` for ${name(event.data.assigneeId)}` : ''} ${by(event, name)}: ${name(event.data.words.textId)}`,
})
export const taskChanged = defineEvent({
  type: 'incident.task-changed',
  version: 1,
  data: z.object({
    ...incident,
    taskId: TaskIdSchema,
    changed: z.array(z.string()),
    assigneeId: UserIdSchema.nullable(),
    words: Words.nullable(),
  }),
  about: ({ incidentId, taskId, words }) => ({ incident: incidentId, task: taskId, ...(words ? { text: words.textId } : {}) }),
  sentence: (event, name) => {
    const { changed, assigneeId, taskId } = event.data
    if (changed.length === 1 && changed[0] === 'assignee')
      return `${assigneeId ? `${name(assigneeId)} has the task` : 'Nobody has the task'}: ${name(taskId)}`
    return `${name(event.actor)} changed ${changed.join(', ')} of the task: ${name(taskId)}`
  },
})
export const taskDone = defineEvent({
  type: 'incident.task-done',
  version: 1,
  data: z.object({ ...incident, taskId: TaskIdSchema, done: z.boolean() }),
  about: ({ incidentId, taskId }) => ({ incident: incidentId, task: taskId }),
  sentence: (event, name) => `Task ${event.data.done ? 'done' : 'open again'} ${by(event, name)}: ${name(event.data.taskId)}`,
})

export const noteAdded = defineEvent({
  type: 'incident.note-added',
  version: 1,
  data: z.object({ ...incident, words: Words, happenedAt: InstantOut.nullable() }),
  about: aboutText,
  sentence: (event, name) => `${name(event.actor)}: ${name(event.data.words.textId)}`,
})

export const hypothesisAdded = defineEvent({
  type: 'incident.hypothesis-added',
  version: 1,
  data: z.object({ ...incident, hypothesisId: HypothesisIdSchema, words: Words }),
  about: ({ incidentId, hypothesisId, words }) => ({ incident: incidentId, hypothesis: hypothesisId, text: words.textId }),
  sentence: (event, name) => `Suspected ${by(event, name)}: ${name(event.data.words.textId)}`,
})
export const hypothesisSettled = defineEvent({
  type: 'incident.hypothesis-settled',
  version: 1,
  data: z.object({
    ...incident,
    hypothesisId: HypothesisIdSchema,
    state: z.enum(['suspected', 'testing', 'confirmed', 'refuted']),
    words: Words.nullable(),
  }),
  about: ({ incidentId, hypothesisId, words }) => ({
    incident: incidentId,
    hypothesis: hypothesisId,
    ...(words ? { text: words.textId } : {}),
  }),
  sentence: (event, name) => {
    const verb = { suspected: 'suspected again', testing: 'being tested', confirmed: 'confirmed', refuted: 'ruled out' }[event.data.state]
    return `Hypothesis ${verb} ${by(event, name)}: ${name(event.data.hypothesisId)}`
  },
})

export const decisionMade = defineEvent({
  type: 'incident.decision-made',
  version: 1,
  data: z.object({ ...incident, decisionId: DecisionIdSchema, words: Words }),
  about: ({ incidentId, decisionId, words }) => ({ incident: incidentId, decision: decisionId, text: words.textId }),
  sentence: (event, name) => `Decided ${by(event, name)}: ${name(event.data.words.textId)}`,
})

export const alertGroupLinked = defineEvent({
  type: 'incident.group-linked',
  version: 1,
  data: z.object({ ...incident, groupId: GroupIdSchema, opened: z.boolean() }),
  about: ({ incidentId, groupId }) => ({ incident: incidentId, group: groupId }),
  sentence: (event, name) => `Alert group linked ${by(event, name)}: ${name(event.data.groupId)}`,
})

export const confirmationAsked = defineEvent({
  type: 'incident.confirmation-asked',
  version: 1,
  data: z.object({ ...incident, userId: UserIdSchema }),
  about: ({ incidentId, userId }) => ({ incident: incidentId, user: userId }),
  sentence: (event, name) => `${name(event.data.userId)} is asked whether it works again`,
})
export const confirmationGiven = defineEvent({
  type: 'incident.confirmation-given',
  version: 1,
  data: z.object({ ...incident, works: z.boolean(), words: Words.nullable() }),
  about: aboutText,
  sentence: (event, name) =>
    `${name(event.actor)} ${event.data.works ? 'confirmed that it works again' : 'says that it does not work'}${because(name, event.data.words)}`,
})

export const incidentPrivacyChanged = defineEvent({
  type: 'incident.privacy-changed',
  version: 1,
  data: z.object({ ...incident, private: z.boolean() }),
  about,
  sentence: (event, name) =>
    event.data.private ? `${name(event.actor)} made it private` : `${name(event.actor)} opened it to everybody who may see incidents`,
})

export const textErased = defineEvent({
  type: 'incident.text-erased',
  version: 1,
  data: z.object({ ...incident, textId: TextIdSchema, of: z.string() }),
  about: ({ incidentId, textId }) => ({ incident: incidentId, text: textId }),
  sentence: (event, name) => `${name(event.actor)} erased ${event.data.of}`,
})

export const slaWarned = defineEvent({
  type: 'incident.sla-warned',
  version: 1,
  data: z.object({ ...incident, sla: z.string(), dueAt: z.string() }),
  about,
  sentence: (event) =>
    `${spokenId(event.data.sla)} target is close: ${spokenDuration((Date.parse(event.data.dueAt) - Date.parse(event.at)) / 1000)} left`,
})
export const slaBreached = defineEvent({
  type: 'incident.sla-breached',
  version: 1,
  data: z.object({ ...incident, sla: z.string() }),
  about,
  sentence: (event) => `${spokenId(event.data.sla)} target missed`,
})
export const slaPageFailed = defineEvent({
  type: 'incident.page-failed',
  version: 1,
  data: z.object({ ...incident, sla: z.string() }),
  about,
  sentence: (event) => `Nobody could be paged for the missed ${spokenId(event.data.sla).toLowerCase()} target`,
})
export const updateDue = defineEvent({
  type: 'incident.update-due',
  version: 1,
  data: z.object({ ...incident, overdue: z.boolean() }),
  about,
  sentence: (event) => (event.data.overdue ? 'The next update is overdue' : 'The next update is due soon'),
})
export const taskDue = defineEvent({
  type: 'incident.task-due',
  version: 1,
  data: z.object({ ...incident, taskId: TaskIdSchema }),
  about: ({ incidentId, taskId }) => ({ incident: incidentId, task: taskId }),
  sentence: (event, name) => `Task is due: ${name(event.data.taskId)}`,
})
export const processSaved = defineEvent({
  type: 'process.saved',
  version: 1,
  data: z.object({ slug: z.string(), processVersion: z.number() }),
  about: ({ slug }) => ({ process: slug }),
  sentence: (event, name) => `${name(event.actor)} saved version ${event.data.processVersion} of the process ${event.data.slug}`,
})
export const processRemoved = defineEvent({
  type: 'process.removed',
  version: 1,
  data: z.object({ slug: z.string() }),
  about: ({ slug }) => ({ process: slug }),
  sentence: (event, name) => `${name(event.actor)} removed the process ${event.data.slug}`,
})
