// Carries faults out, each until its time is over or everything is undone.
import type { Random } from '../random.ts'
import type { Diary } from './diary.ts'
import { isOneNodes, kinds, type FaultKind } from './fault-kinds.ts'
import type { Installation } from './installation.ts'
import type { Trouble } from './proxy.ts'

export type Faults = {
  /** Begins to let things go wrong. */
  begin(): void
  /** Lets nothing go wrong any more; resolves when everything that did is undone. */
  end(): Promise<void>
  readonly counts: ReadonlyMap<FaultKind, number>
}

const everyMs = 250

export function createFaults(
  rates: ReadonlyMap<FaultKind, number>,
  random: Random,
  { database, members, outside }: Installation,
  diary: Diary,
): Faults {
  const usualMs = outside.mood.mailMs
  const counts = new Map<FaultKind, number>()
  const busy = new Set<string>()
  const lasting = new Set<Promise<void>>()
  const over = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined

  /** So long, or until everything is undone. */
  const lasts = (seconds: number) => Promise.race([over.promise, new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000))])

  /** Strikes unless what it touches is in trouble already. */
  function strike(kind: FaultKind): void {
    const { place } = kinds[kind]
    const member = isOneNodes(place) ? random.one(members) : undefined
    const touched = `${member?.name ?? ''} ${place}`
    if (busy.has(touched) || (place === 'node' && member?.state !== 'up')) return
    busy.add(touched)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    const end = diary.begin({ kind, place, node: member?.name ?? '' })
    const struck = does(kind, member).catch(
      (error: unknown) => void diary.wrong.push({ invariant: 'machine', sentence: `${kind}: ${String(error)}` }),
    )
    const ended = struck.finally(() => {
      end()
      busy.delete(touched)
      lasting.delete(ended)
    })
    lasting.add(ended)
  }

  async function does(kind: FaultKind, member = members[0]!): Promise<void> {
    const way = (proxy: { set(trouble: Trouble | undefined): void }, trouble: Trouble, seconds: number) => {
      proxy.set(trouble)
      return lasts(seconds).finally(() => proxy.set(undefined))
    }
    const oneWay = (): Trouble => ({ kind: 'silent', direction: random.one(['there', 'back']) })
    const when = random.one(['before', 'after'] as const)
    switch (kind) {
      case 'node killed':
        return member.kill()
      case 'node hung':
        return member.hang(() => lasts(random.one([1, 2, 4, 8, 15, 30])))
      case 'node stopped':
        return member.restart()
      case 'database restarted':
        return database.restart()
      case 'database fails over':
        return database.failOver()
      case 'connections ended':
        return database.endConnections(member.name, random.one([1, 2, 5]))
      case 'database read-only':
        await database.readOnly(true)
        await lasts(random.one([1, 3, 8]))
        return database.readOnly(false)
      case 'database cut':
        return way(member.database, { kind: 'cut' }, random.one([0.2, 1, 5, 10]))
      case 'database silent':
        return way(member.database, { kind: 'silent', direction: 'both' }, random.one([1, 5, 10, 20]))
      case 'database silent in one direction':
        return way(member.database, oneWay(), random.one([1, 5, 10]))
      case 'database slow':
        return way(member.database, { kind: 'slow', ms: random.one([20, 100, 400]) }, random.one([2, 10]))
      case 'reset in mid-commit':
        return way(member.database, { kind: 'reset at', text: 'commit\0', when }, random.one([0.5, 2]))
      case 'mail cut':
        return way(member.mail, { kind: 'cut' }, random.one([1, 5, 10]))
      case 'mail silent':
        return way(member.mail, { kind: 'silent', direction: 'both' }, random.one([1, 5, 20]))
      case 'mail silent in one direction':
        return way(member.mail, oneWay(), random.one([1, 5, 20]))
      case 'mail slow':
        return way(member.mail, { kind: 'slow', ms: random.one([100, 500]) }, random.one([2, 10]))
      case 'reset in mid-mail':
        return way(member.mail, { kind: 'reset at', text: random.one(['DATA\r\n', '\r\n.\r\n']), when }, random.one([1, 3]))
      case 'mail server slow':
        outside.mood.mailMs = random.one([500, 2000])
        return lasts(random.one([5, 15])).finally(() => void (outside.mood.mailMs = usualMs))
      case 'mail server refuses':
        outside.mood.refuses = true
        return lasts(random.one([2, 8])).finally(() => void (outside.mood.refuses = false))
      case 'action cut':
        return way(outside.action, { kind: 'cut' }, random.one([1, 5]))
      case 'action silent':
        return way(outside.action, random.chance(0.5) ? oneWay() : { kind: 'silent', direction: 'both' }, random.one([1, 5, 15]))
      case 'action slow':
        outside.mood.actionMs = random.one([500, 3000])
        return lasts(random.one([5, 15])).finally(() => void (outside.mood.actionMs = usualMs))
    }
  }

  return {
    counts,
    begin() {
      timer = setInterval(() => {
        for (const [kind, perMinute] of rates) if (random.chance((perMinute * everyMs) / 60_000)) strike(kind)
      }, everyMs)
    },
    async end() {
      clearInterval(timer)
      over.resolve()
      await Promise.all(lasting)
    },
  }
}
