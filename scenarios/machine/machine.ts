// One run: an organisation, operations and faults from one seed on a virtual clock, until everything has come to rest. The seed chooses each step.
import { AppError } from '#kernel/errors.ts'
import { addSeconds, epochMs, instant } from '#kernel/time.ts'
import { isAway, isRace, type Database } from '#platform/database/database.ts'
import { perform, type Acting } from './acts.ts'
import { createAway } from './away.ts'
import { drawClocks } from './clocks.ts'
import { createDisk, type Disk } from './disk.ts'
import { createFailOver } from './fail-over.ts'
import { drawFaults, type FaultKind } from './faults.ts'
import { invariants } from './invariants/all.ts'
import type { Look } from './invariants/invariant.ts'
import { createLooking } from './looking.ts'
import { looksAgainSeconds } from './inhibiting.ts'
import { beat, createNode, enterRecurring, topicsHeard, type Node, type NodeWorld } from './node.ts'
import { planOperations } from './operations.ts'
import { beginning, establish, type Organisation } from './organisation.ts'
import type { Line, Outcome, Setup } from './outcome.ts'
import { provider, type World } from './provider.ts'
import { oneByWeight, randomOf } from './random.ts'
import { drawRare } from './rare.ts'
import { hashOf, nothingSeen, takeIn, Violation, type Answer } from './record.ts'
import { drawOrder } from './rows.ts'
import { createSchedule } from './schedule.ts'
import { lookForStates } from './sometimes.ts'
import { emptyDatabase, wholly } from './wholly.ts'

/** Within so many steps all is done after the last operation; and after so many steps none is begun any more: some organisations are busy for hours. */
const mostSteps = 60_000
const mostStepsOfOperations = 30_000
/** A thousand is what a storm needs. */
const mostStepsAtOneMoment = 5000
const secondsUntilTakeover = 4
/** What nodes do unasked. */
const upkeep = new Set(['worker', 'beat', 'look', 'backlog', 'look back'])

/** Runs a seed over an empty, migrated database. Never throws for what it finds. */
export async function run(setup: Setup, database: Database): Promise<Outcome> {
  const { seed } = setup
  let now = beginning(randomOf(seed, 'time'))
  const start = now
  const clock = { now: () => now }
  const random = randomOf(seed, 'schedule')
  const faults = drawFaults(randomOf(seed, 'rates'), randomOf(seed, 'faults'), new Set(setup.without ?? []))
  const rare = drawRare(randomOf(seed, 'rare ways'), randomOf(seed, 'rare'), new Set(setup.without ?? []))
  const schedule = createSchedule(clock)
  const clocks = drawClocks(clock, randomOf(seed, 'clocks'))
  const seen = nothingSeen(() => faults.counts.size > 0, clocks.apartSeconds)
  if (clocks.apartSeconds > 0) seen.reached.add('a node whose clock is wrong')
  const history: Line[] = []
  let steps = 0
  let movedAt = 0
  let lastOperationAt = 0
  let failure: Outcome['failure']
  const say = (node: string, what: string, why = '') => void history.push({ step: steps, at: now, node, what, why })
  const fails = (error: unknown) => {
    failure ??=
      error instanceof Violation
        ? { invariant: error.invariant, sentence: error.message }
        : { invariant: 'errors', sentence: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  const disturb = (kind: FaultKind | 'clock', seconds: number, node = '') => void seen.disturbed.push({ kind, at: now, seconds, node })

  const world: World = { clock, database, schedule, faults, seen }
  const outside = provider(world, randomOf(seed, 'channels').chance(0.5), async (handed) => {
    say(handed.node, `${handed.channel} is handed ${handed.key.slice(4, 10)}${handed.repeated ? ', a repeat' : ''}`, handed.reachKey)
    try {
      for (const invariant of invariants) await invariant.handing?.(handed, seen, lookNow())
    } catch (error) {
      fails(error)
    }
  })
  /** Names of nodes that are down, and when they come back; ids of the dead of whom nobody has taken over. */
  const down = new Map<string, number>()
  const dead = new Map<string, number>()
  const still = new Map<string, number>()
  /** Those that have said that they live: before that a node claims nothing. */
  const entered = new WeakSet<Node>()
  const nodes = new Map<string, Node>()
  const away = createAway(clock, faults, randomOf(seed, 'away'))
  const failOver = createFailOver(world, away, randomOf(seed, 'fail-over'))
  const looking = createLooking(clock, seen)
  const disks = new Map<string, Disk>()
  const makeDisk = (name: string): Disk =>
    createDisk({
      schedule,
      faults,
      random: randomOf(seed, `disk of ${name}`),
      seen,
      crashed: (how) => nodeWorld.crashed(name, how),
      emptied() {
        const handedOver = ++seen.turns
        for (const one of seen.sent) if (one.inFile && one.node === name) one.handedOver ??= handedOver
        for (const invariant of invariants) invariant.emptied?.(name, seen)
      },
    })
  const nodeWorld: NodeWorld = {
    ...world,
    outside,
    random: randomOf(seed, 'ids'),
    away,
    clocks,
    inAnyOrder: drawOrder(seed),
    rarely: (way) => rare.goes(way) && seen.reached.add(way) !== undefined,
    diskOf(name) {
      const disk = disks.get(name) ?? makeDisk(name)
      disks.set(name, disk)
      return disk
    },
    kept(kept) {
      say(
        kept.node,
        'keeps it in its file',
        kept.batches.flatMap(({ signals }) => signals.map((one) => `${one.action} ${one.dedupKey}`)).join(),
      )
      seen.reached.add('an alert that was kept in the file')
      if (kept.commit !== undefined) seen.inDoubt.push(kept.commit)
      try {
        for (const invariant of invariants) invariant.kept?.(kept, lookNow())
      } catch (error) {
        fails(error)
      }
    },
    crashed(name, how) {
      say(name, 'crashes', how)
      const comesBack = epochMs(now) + random.one([1, 5, 30, 120]) * 1000
      disturb(how, (comesBack - epochMs(now)) / 1000)
      schedule.drop(name)
      disks.get(name)!.crashed()
      for (const invariant of invariants) invariant.crashed?.(name, seen)
      for (const place of seen.looks.keys()) if (place.startsWith(`${name} `)) seen.looks.delete(place)
      failOver.crashed(name)
      dead.set(nodes.get(name)!.id, epochMs(now))
      nodes.delete(name)
      still.delete(name)
      down.set(name, comesBack)
    },
    async committed(said) {
      const commit = await takeIn(seen, database, now)
      for (const event of commit.events) say(' ', event.type, Object.values(event.about).join(' '))
      if (!organisation) return commit
      for (const { name, engine } of nodes.values()) nodeWorld.heard(name, commit, topicsHeard(engine.live, said))
      try {
        for (const invariant of invariants) await invariant.always?.(commit, lookNow())
        lookForStates(commit, seen)
      } catch (error) {
        fails(error)
      }
      return commit
    },
    heard(name, commit, topics) {
      try {
        if (organisation) for (const invariant of invariants) invariant.heard?.(name, commit, topics)
      } catch (error) {
        fails(error)
      }
    },
  }
  let organisation: Organisation | undefined
  const lookNow = (): Look => ({ seen, database, now, organisation: organisation!, nodes: [...nodes.values()], disks: [...disks.values()] })
  const beginTask = (name: string, node: string, work: () => Promise<unknown>, isRequest: boolean) =>
    schedule.begin(name, node, work, (_, error) => {
      if (error === undefined || isAway(error) || isRace(error)) return
      if (error instanceof AppError && !['internal', 'invalid-input'].includes(error.code) && isRequest) return
      if (!isRequest && error instanceof AppError) return
      fails(error)
    })
  const come = async (name: string) => {
    if (disks.get(name)?.holds()) seen.reached.add('a file of a node that crashed')
    if (away.of(name)) seen.reached.add('a node that begins while its database is away')
    nodes.set(name, createNode(name, nodeWorld))
    down.delete(name)
  }

  await emptyDatabase(database)
  await come('one')
  organisation = await wholly(schedule, 'set-up', 'one', async () => {
    await enterRecurring(nodes.get('one')!, clock)
    await beat(nodes.get('one')!, [])
    entered.add(nodes.get('one')!)
    return establish(nodes.get('one')!.engine, randomOf(seed, 'organisation'), randomOf(seed, 'inhibition'), setup.people ?? 6)
  })
  await come('two')
  const planned = planOperations(randomOf(seed, 'operations'))
  const operations = setup.only ? planned.filter(({ n }) => setup.only!.includes(n)) : planned
  const waiting = [...operations]
  const hasDue = (node: Node) => seen.due !== undefined && seen.due <= node.engine.clock.now()
  faults.begin()

  type Choice = { weight: number; does: () => void | Promise<void> }
  function choices(): Choice[] {
    const found: Choice[] = []
    // What a node had sent when it went may be committed after its work was taken over: that it is silent is noticed once more.
    const known = new Set([...nodes.values()].map(({ id }) => id))
    for (const id of seen.owners) if (!known.has(id) && !dead.has(id)) dead.set(id, epochMs(now))
    const motionless = new Set([...still].filter(([, until]) => until > epochMs(now)).map(([name]) => name))
    for (const one of schedule.ready(motionless)) found.push({ weight: 2, does: () => schedule.let(one) })
    const living = [...nodes.values()].filter(({ name }) => !motionless.has(name))
    const [next] = waiting
    if (next && epochMs(start) + next.at * 1000 <= epochMs(now) && living.length > 0)
      found.push({ weight: 3, does: () => doNext(random.one(living)) })
    for (const node of living) {
      if (looking.isDue(node) && !isDoing(node, 'look'))
        found.push({ weight: 2, does: () => void beginTask('look', node.name, () => looking.look(node), false) })
      if (away.of(node.name)?.how === 'refuses') continue
      if (seen.isBehind && !isDoing(node, 'backlog'))
        found.push({ weight: 2, does: () => void beginTask('backlog', node.name, () => node.backlog.readAll(), false) })
      const working = schedule.running(node.name).filter(({ name }) => name === 'worker').length
      // It has begun nothing of what it holds: what it adopted waits for it, or it has not heard that it claimed it.
      const holdsIdly = working === 0 && seen.owners.has(node.id)
      if (entered.has(node) && ((hasDue(node) && working < 3) || holdsIdly))
        found.push({ weight: 2, does: () => void beginTask('worker', node.name, () => node.worker.runDue(), false) })
      const taken = [...dead].filter(([id, since]) => epochMs(now) >= since + secondsUntilTakeover * 1000 || id === node.id)
      if ((taken.length > 0 || !entered.has(node)) && !isDoing(node, 'beat'))
        found.push({
          weight: 2,
          does: () =>
            void beginTask(
              'beat',
              node.name,
              () =>
                takeOver(
                  node,
                  taken.map(([id]) => id),
                ),
              false,
            ),
        })
    }
    for (const [name, at] of down) if (at <= epochMs(now)) found.push({ weight: 2, does: () => come(name) })
    return found
  }

  const isDoing = (node: Node, what: string) => schedule.running(node.name).some(({ name }) => name === what)

  async function takeOver(node: Node, ids: string[]): Promise<void> {
    if (ids.some((id) => seen.owners.has(id))) seen.reached.add('takeover of work')
    await beat(node, ids)
    entered.add(node)
    for (const id of ids) dead.delete(id)
  }

  function doNext(node: Node): void {
    const operation = waiting.shift()!
    for (let times = operation.twice ? 2 : 1; times > 0; times--) {
      say(node.name, operation.kind, `operation ${operation.n}`)
      const actingAt = (place: Node): Acting => ({
        node: place,
        organisation: organisation!,
        seen,
        random: randomOf(seed, `operation ${operation.n}`),
        answered,
        pass,
        hasKept: () => disks.get(place.name)!.holds(),
        elsewhere(work) {
          const other = [...nodes.values()].find(({ name }) => name !== place.name)
          if (other) beginTask(operation.kind, other.name, () => work(actingAt(other)), true)
          return other !== undefined
        },
      })
      beginTask(operation.kind, node.name, () => perform(operation, actingAt(node)), true)
    }
  }

  const pass = (seconds: number) => schedule.gate('a sender waits', addSeconds(now, seconds))

  const answered = (answer: Answer) =>
    schedule.during(async () => {
      try {
        for (const invariant of invariants) await invariant.answered?.(answer, lookNow())
      } catch (error) {
        fails(error)
      }
    })

  /** The next moment at which something falls due; undefined when nothing ever does. */
  function nextMoment(): number | undefined {
    const times = [
      schedule.nextTime(),
      ...(seen.dueOnce ? [...nodes.values()].map(({ engine }) => epochMs(seen.dueOnce!) + epochMs(now) - epochMs(engine.clock.now())) : []),
      waiting[0] && epochMs(start) + waiting[0].at * 1000,
      seen.inhibits && seen.heard && epochMs(addSeconds(seen.heard, looksAgainSeconds)),
      ...down.values(),
      ...still.values(),
      away.until(),
      ...[...nodes.values()].map(looking.next),
      ...[...dead.values()].map((at) => at + secondsUntilTakeover * 1000),
    ].filter((at): at is number => typeof at === 'number' && at > epochMs(now))
    return times.length === 0 ? undefined : Math.min(...times)
  }

  async function loseWhatWasLast(): Promise<void> {
    const seconds = await failOver.happen([...nodes.keys()])
    say(' ', 'the database loses what was last', `${seconds} s away`)
    disturb('database loses what was last', seconds)
    // Which nodes there are it may not know any more.
    for (const node of nodes.values()) {
      entered.delete(node)
      beginTask('look back', node.name, () => node.lookBack.doubt().then(() => failOver.lookedBack(node.name)), false)
    }
  }

  async function strike(): Promise<void> {
    await failOver.strike()
    if (failOver.isDue(steps)) await loseWhatWasLast()
    if (failOver.isUnderWay()) return
    if (nodes.size > 0 && faults.strikes('node stands still')) {
      const name = random.one([...nodes.keys()])
      const length = random.one([1, 5, 30, 60])
      say(name, 'stands still', `${length} s`)
      disturb('node stands still', length, name)
      still.set(name, epochMs(now) + length * 1000)
      // Longer than a lease: the others take it for dead, and it does not know.
      if (length > secondsUntilTakeover) dead.set(nodes.get(name)!.id, epochMs(now))
      seen.reached.add('a node stood still')
    }
    const absence = away.strike([...nodes.keys()])
    if (absence) {
      const {
        kind,
        seconds,
        absence: { node = '', how },
      } = absence
      say(node || ' ', kind, `${how}, ${seconds} s`)
      disturb(kind, seconds, node)
      // The others take it for dead.
      if (node !== '' && seconds > secondsUntilTakeover) dead.set(nodes.get(node)!.id, epochMs(now))
    }
    if (faults.strikes('late by minutes')) {
      const length = random.one([5, 60, 180])
      disturb('late by minutes', length)
      if (seen.dueOnce && seen.dueOnce > now && seen.dueOnce <= addSeconds(now, length))
        seen.reached.add('time that jumped over what was due')
      now = addSeconds(now, length)
      say(' ', 'everything is late', `${length} s`)
    }
  }

  try {
    for (; failure === undefined && steps < (setup.until ?? Infinity); steps++) {
      await schedule.stillness()
      if (failure !== undefined) break
      await strike()
      if (steps >= mostStepsOfOperations) waiting.length = 0
      if (waiting.length > 0) lastOperationAt = steps
      if (steps - lastOperationAt > mostSteps)
        throw new Violation('liveness', `it does not come to rest within ${mostSteps} steps after the last operation`)
      if (waiting.length === 0 && schedule.running().every(({ name }) => upkeep.has(name))) faults.end()
      const found = choices()
      if (steps - movedAt > mostStepsAtOneMoment)
        throw new Violation('liveness', `nothing ends within ${mostStepsAtOneMoment} steps at ${now}`)
      if (found.length > 0) {
        await oneByWeight(found, random).does()
        continue
      }
      for (const invariant of invariants) invariant.passes?.(lookNow())
      const moment = nextMoment()
      if (failOver.isDue(steps, moment ?? Infinity)) await loseWhatWasLast()
      else if (moment !== undefined && moment > epochMs(now)) {
        now = instant(moment)
        movedAt = steps
      } else break
      if (epochMs(now) > epochMs(start) + 40 * 86_400_000) throw new Violation('liveness', 'it does not come to rest within 40 days')
    }
    if (failure === undefined && (setup.until === undefined || steps < setup.until)) {
      faults.end()
      if (schedule.running().length > 0)
        throw new Violation(
          'liveness',
          `nothing is due, and this still waits: ${schedule
            .running()
            .map(({ name }) => name)
            .join(', ')}`,
        )
      for (const invariant of invariants) await invariant.quiet?.(lookNow(), { passDays })
    }
  } catch (error) {
    fails(error)
  }
  return {
    setup,
    hash: hashOf(seen),
    steps,
    operations,
    faults: faults.counts,
    active: [...faults.active, ...rare.active],
    reached: seen.reached,
    history,
    failure,
  }

  /** Lets time pass in which nothing is asked, with what recurs. */
  async function passDays(days: number, everySeconds: number): Promise<void> {
    for (let passed = 0; passed < days * 86_400; passed += everySeconds) {
      now = addSeconds(now, everySeconds)
      const node = [...nodes.values()][0] ?? createNode('late', nodeWorld)
      await wholly(schedule, 'worker', node.name, () => node.worker.runDue())
    }
  }
}
