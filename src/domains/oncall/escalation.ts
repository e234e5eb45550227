// Decides one page: whom to tell now, when to go on, when to stop. A level with nobody is skipped at once and says why; the policy is the copy
// of the start, who is on call is looked up at each moment. In prose: paging → acknowledged (→ paging again) → ended; or exhausted. Pure.
import { call, toTell } from '#kernel/define.ts'
import type { Decision, Ended, Told as ToldProcess, Woke } from '#kernel/process.ts'
import { cut } from '#kernel/signal.ts'
import { addSeconds, secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'
import { reach } from '#domains/notifications/index.ts'
import type { Owner } from './book.ts'
import { giveBackGroup } from './give-back.ts'
import { peopleOfLevel, type Book, type PagedPerson } from './level.ts'
import { listed, overTitle, pageBody } from './messages.ts'
import type { Level } from './policy.ts'
import type { PageInput, PageState, Running, Step, Subject, Taker, Told } from './page-state.ts'

export type PageFacts = {
  book: Book
  /** Who is told when nobody answers. */
  owners: Owner[]
  /** How the alert group stands: it may be ahead of the input that will say so. Undefined when the page is about none. */
  group: 'triggered' | 'acknowledged' | 'resolved' | undefined
  /** The page was answered by a command whose input is still on the way. */
  answered: boolean
  /** Until when whoever has the alert group has snoozed it, where that is asked. */
  snoozedUntil?: Instant | undefined
}

/** See the file's head. */
export function decidePage(state: PageState, input: PageInput | Woke | Ended, now: Instant, facts: PageFacts): Decision<PageState> {
  if (state.phase === 'new') {
    if (input.type !== 'start') return { state, reason: 'over before it began', ended: true }
    const { subject, taker } = input
    const begun: Running = {
      phase: 'paging',
      key: state.key,
      subject,
      level: 0,
      round: 1,
      roundsLeft: subject.repeat,
      told: [],
      news: [],
      next: null,
      alarm: null,
    }
    return taker ? acknowledged(begun, taker, now) : pageFrom(begun, 1, now, facts)
  }
  const quietly: Running = { ...state, news: [] }
  if (quietly.phase === 'ended') return { state: quietly, reason: 'it is over', ended: true }
  switch (input.type) {
    case 'start':
      return stay(quietly, 'it is paging already')
    case 'effect':
      return quietly.phase !== 'acknowledged' || input.result.type === 'done'
        ? stay(quietly, 'the alert was given back')
        : {
            state: { ...quietly, alarm: addSeconds(now, 60) },
            reason: 'the alert could not be given back: tried again',
            wakeAt: addSeconds(now, 60),
          }
    case 'end':
      return end(quietly, input, now)
    case 'acknowledged':
      return quietly.phase === 'acknowledged' ? stay(quietly, `${quietly.name} has it already`) : acknowledged(quietly, input, now)
    case 'hidden':
      return stay({ ...quietly, subject: { ...quietly.subject, title: input.title, body: '' } }, 'what it is about is hidden from now on')
    case 'given-back':
      return quietly.phase === 'paging' ? stay(quietly, 'it is paging already') : again(quietly, input.reason, now, facts)
    case 'escalate':
      if (input.from && (input.from.level !== quietly.level || input.from.round !== quietly.round))
        return stay(quietly, 'it has gone on since that was asked')
      return quietly.phase === 'acknowledged'
        ? askForHelp(quietly, input.name, now, facts)
        : pageFrom(quietly, quietly.level + 1, now, facts, `${input.name} escalated it`)
    case 'woke':
      return woke(quietly, now, facts)
  }
}

/** So long a page waits to hear that its alert is resolved. */
const mostHeldSeconds = 120

/** Nothing changes: the alarm that was set stays set. */
const stay = (state: Running, reason: string): Decision<PageState> => ({ state, reason, wakeAt: state.alarm ?? undefined })

function woke(state: Running, now: Instant, facts: PageFacts): Decision<PageState> {
  if (state.phase === 'acknowledged') return timedOut(state, now, facts)
  if (state.phase !== 'paging') return { state, reason: 'nobody answered' }
  if (facts.answered || (facts.group ?? 'triggered') !== 'triggered') {
    // It was resolved while this page began, so that nobody found the page to end: then it ends by itself.
    const heldSeconds = secondsBetween(state.alarm ?? now, now)
    if (facts.group === 'resolved' && !facts.answered && heldSeconds >= mostHeldSeconds)
      return end(state, { type: 'end', reason: 'its alert is resolved', over: true }, now)
    // Its input is on the way, unless it was given back before anybody heard of it: then this page has to go on by itself.
    return { state, reason: 'held: it has just been answered', wakeAt: addSeconds(now, Math.min(30, Math.max(1, heldSeconds))) }
  }
  return pageFrom(state, state.level + 1, now, facts)
}

/** Goes on from a level: skips those with nobody, begins the next round after the last, gives up when the rounds are used up. */
function pageFrom(state: Running, from: number, now: Instant, facts: PageFacts, why?: string): Decision<PageState> {
  const { levels } = state.subject
  const skipped: Step[] = []
  let { round, roundsLeft } = state
  for (let level = from; ; level++) {
    if (level > levels.length) {
      // Rounds in which nobody is on call would all pass in this moment.
      if (roundsLeft === 0 || skipped.length >= levels.length) return exhausted({ ...state, round, roundsLeft }, skipped, facts)
      round++
      roundsLeft--
      level = 1
    }
    const { people, reason } = peopleOfLevel(levels[level - 1]!, facts.book, now)
    if (people.length > 0) return paged({ ...state, level, round, roundsLeft }, people, skipped, why, now, facts)
    skipped.push({ kind: 'skipped', level, round, reason: `level ${level} has nobody: ${reason}`, people: [] })
  }
}

function paged(
  state: Running,
  people: PagedPerson[],
  skipped: Step[],
  why: string | undefined,
  now: Instant,
  facts: PageFacts,
): Decision<PageState> {
  const { key, subject, level, round } = state
  const delaySeconds = subject.levels[level - 1]!.delaySeconds
  const alarm = addSeconds(now, delaySeconds)
  const next = nextUp(state, alarm, facts.book)
  const told = toldOf(state, people)
  const cause =
    why ??
    (skipped.length > 0
      ? skipped.map((step) => step.reason).join('; ')
      : state.told.length === 0
        ? 'it is the first level'
        : 'nobody answered')
  const names = people.map((one) => one.name)
  return {
    state: {
      ...state,
      phase: 'paging',
      told: [...state.told, ...told],
      news: [...skipped, { kind: 'paged', level, round, reason: cause, people: told }],
      next,
      alarm,
    },
    reason: `${listed(names)} ${names.length === 1 ? 'is' : 'are'} paged, level ${level}: ${cause}; ${next ? `then ${listed(next.names)} after ${spokenDuration(delaySeconds)}` : 'nobody after that'}`,
    wakeAt: alarm,
    tell: inOneOrder(
      people.map((one, i) => tellPerson(subject, key, told[i]!.reachKey, one, pageBody(subject, round, next, now, one.zone))),
    ),
  }
}

/** Who is paged at `at` when nobody answers until then: the first level after this one that has somebody, over the rounds that are left. */
function nextUp(state: Running, at: Instant, book: Book): { at: Instant; level: number; names: string[] } | null {
  const { levels } = state.subject
  const ahead = [...levels.keys()].map((i) => i + 1)
  for (const level of [...ahead.slice(state.level), ...(state.roundsLeft > 0 ? ahead : [])]) {
    const { people } = peopleOfLevel(levels[level - 1]!, book, at)
    if (people.length > 0) return { at, level, names: people.map((one) => one.name) }
  }
  return null
}

function exhausted(state: Running, skipped: Step[], { owners }: PageFacts): Decision<PageState> {
  const { key, subject, round } = state
  const level = subject.levels.length
  const why =
    level === 0
      ? `there is no policy ${subject.policy} any more`
      : state.told.length === 0
        ? `no level has anybody: ${skipped.map((step) => step.reason).join('; ')}`
        : `nobody answered in ${round === 1 ? 'one round' : `${round} rounds`} of ${level === 1 ? 'one level' : `${level} levels`}`
  const told = owners.map((owner): Told => ({
    userId: owner.userId,
    reachKey: `${key}/owners/${round}/${owner.userId}`,
    reason: 'told because nobody answered',
  }))
  const names = owners.map((owner) => owner.name)
  const reason =
    names.length > 0 ? `${why}; ${listed(names)} ${names.length === 1 ? 'was' : 'were'} told` : `${why}; there is nobody else to tell`
  // A message has an end; the whole of it stands in the trace.
  const sentence = pageSentence(why.length > 2000 ? `${cut(why, 1999)}…` : why)
  const body = `${sentence} ${subject.body}`
  return {
    state: {
      ...state,
      phase: 'exhausted',
      told: [...state.told, ...told],
      news: [...skipped, { kind: 'exhausted', level, round, reason, people: told }],
      next: null,
      alarm: null,
    },
    reason,
    tell: inOneOrder(
      owners.map((owner, i) => tellPerson({ ...subject, title: `Nobody answered: ${subject.title}` }, key, told[i]!.reachKey, owner, body)),
    ),
  }
}

function acknowledged(state: Running, { by, name }: Taker, now: Instant): Decision<PageState> {
  const timeout = state.subject.ackTimeoutSeconds
  const alarm = timeout === null ? null : addSeconds(now, timeout)
  const reason = `${name} has it; nobody else is paged${timeout === null ? '' : `, unless it is still open in ${spokenDuration(timeout)}`}`
  return {
    state: { ...state, phase: 'acknowledged', by, name, news: [step('acknowledged', state, reason)], next: null, alarm },
    reason,
    wakeAt: alarm ?? undefined,
    tell: hush(state.told, `${name} has it`),
  }
}

/** An acknowledgement that has grown old: the alert is given back, which pages again; without an alert it pages again at once. */
function timedOut(state: Extract<Running, { phase: 'acknowledged' }>, now: Instant, facts: PageFacts): Decision<PageState> {
  if (facts.group === 'resolved') return { state, reason: 'it is resolved' }
  // A snooze says itself when it pages again: not before.
  const until = facts.snoozedUntil
  if (until !== undefined && until > now)
    return { state: { ...state, alarm: until }, reason: `it is snoozed until ${until}`, wakeAt: until }
  const reason = `${state.name} acknowledged it ${spokenDuration(state.subject.ackTimeoutSeconds ?? 0)} ago and it is still open`
  const { groupId } = state.subject
  if (groupId === null) return again(state, reason, now, facts)
  return { state: { ...state, alarm: null }, reason, effects: [call(giveBackGroup, { groupId })] }
}

function again(state: Running, reason: string, now: Instant, facts: PageFacts): Decision<PageState> {
  // What told somebody earlier was taken back when it was acknowledged: of each person the last one is left, or a page that is given back for weeks would
  // know of thousands.
  const told = [...new Map(state.told.map((one) => [one.userId, one])).values()]
  const fresh: Running = { ...state, told, phase: 'paging', level: 0, round: state.round + 1, roundsLeft: state.subject.repeat }
  const decision = pageFrom(fresh, 1, now, facts, reason)
  const next = decision.state as Running
  return { ...decision, state: { ...next, news: [step('given-back', fresh, reason), ...next.news] } }
}

/** Somebody has it and wants the next level beside them, in which there is somebody else: they keep it, and nothing goes on by itself. */
function askForHelp(state: Extract<Running, { phase: 'acknowledged' }>, name: string, now: Instant, facts: PageFacts): Decision<PageState> {
  const { key, subject } = state
  const others = (level: Level) => peopleOfLevel(level, facts.book, now).people.filter(({ userId }) => userId !== state.by)
  const found = subject.levels.findIndex((level, i) => i >= state.level && others(level).length > 0)
  if (found < 0) return stay(state, 'there is nobody left to ask for help')
  const people = others(subject.levels[found]!)
  const wanted = { ...state, level: found + 1, round: state.round + 1 }
  const told = toldOf(wanted, people)
  const reason = name === state.name ? `${name} has it and asks for help` : `${state.name} has it, and ${name} asks for help`
  return {
    state: {
      ...wanted,
      told: [...state.told, ...told],
      news: [{ kind: 'paged', level: wanted.level, round: wanted.round, reason, people: told }],
    },
    reason: `${listed(people.map((one) => one.name))} paged, level ${wanted.level}: ${reason}`,
    wakeAt: state.alarm ?? undefined,
    tell: inOneOrder(
      people.map((one, i) =>
        tellPerson(subject, key, told[i]!.reachKey, one, `${pageSentence(reason)} ${subject.body}`, { evenIfOwned: true }),
      ),
    ),
  }
}

function end(state: Running, { reason, over }: Extract<PageInput, { type: 'end' }>, now: Instant): Decision<PageState> {
  const people = [...new Set(state.told.map((one) => one.userId))]
  const { key, subject } = state
  return {
    state: { ...state, phase: 'ended', news: [step('ended', state, reason)], next: null, alarm: null },
    reason,
    ended: true,
    tell: [
      ...hush(state.told, reason),
      ...(over ? people : []).map((userId) =>
        toTell(reach, `${key}/over/${userId}`, {
          type: 'start',
          userId,
          about: aboutOf(key, subject),
          urgency: 'update',
          title: overTitle(subject, now),
          body: pageSentence(reason),
          path: `/pages/${key}`,
          overOf: state.told
            .filter((one) => one.userId === userId)
            .map((one) => one.reachKey)
            .slice(-20),
        }),
      ),
    ],
  }
}

const step = (kind: Step['kind'], state: Running, reason: string): Step => ({
  kind,
  level: Math.max(1, state.level),
  round: state.round,
  reason,
  people: [],
})

const toldOf = (state: Pick<Running, 'key' | 'level' | 'round'>, people: readonly PagedPerson[]): Told[] =>
  people.map((one) => ({ userId: one.userId, reachKey: `${state.key}/${state.level}/${state.round}/${one.userId}`, reason: one.reason }))

const hush = (told: readonly Told[], reason: string): ToldProcess[] =>
  told.map((one) => toTell(reach, one.reachKey, { type: 'cancel', reason }))

const pageSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const aboutOf = (key: string, subject: Subject): Record<string, string> => ({
  page: key,
  ...(subject.groupId ? { group: subject.groupId } : {}),
  ...(subject.incidentId ? { incident: subject.incidentId } : {}),
})

/**
 * By person. Beginning to page somebody holds, until the commit, how often they were paged lately: when every page takes people in the same order, no two
 * of them wait for each other.
 */
const inOneOrder = (told: ToldProcess[]): ToldProcess[] => told.sort((a, b) => (a.key < b.key ? -1 : 1))

function tellPerson(
  subject: Subject,
  key: string,
  reachKey: string,
  person: Pick<PagedPerson, 'userId'>,
  body: string,
  options: { evenIfOwned?: boolean } = {},
): ToldProcess {
  return toTell(reach, reachKey, {
    type: 'start',
    userId: person.userId,
    about: aboutOf(key, subject),
    urgency: 'page',
    title: subject.title,
    body,
    path: `/pages/${key}`,
    page: key as `pag_${string}`,
    severity: subject.severity,
    // What a page for an alert group is about is its service; what a person pages for is said by them.
    ...(subject.groupId ? { service: subject.body } : {}),
    ...(subject.groupId && !options.evenIfOwned ? { onlyWhile: { group: subject.groupId } } : {}),
  })
}
