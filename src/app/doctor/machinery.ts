// What is to be thought of the machinery's facts: pure.
import type { z } from 'zod'
import { secondsBetween, spokenDuration, spokenTime, type Instant } from '#kernel/time.ts'
import type { Health } from '#platform/installation/health.ts'
import { broken, fine, warning, type Finding } from './finding.ts'

type Facts = z.output<typeof Health>

/** `stopped`: the node was stopped for this look, as the embedded database wants it. `keys`: ids of the master keys here; undefined: not asked. */
export function judgeHealth(
  facts: Facts,
  { now, stopped, keys }: { now: Instant; stopped: boolean; keys: readonly string[] | undefined },
): Finding[] {
  return [
    disk(facts),
    ...copies(facts),
    clockDifference(facts),
    masterKey(facts, keys),
    nodesAlive(facts, stopped),
    ...work(facts, now, stopped),
    record(facts),
  ]
}

const disk = ({ fsync }: Facts): Finding =>
  fsync
    ? fine('fsync', 'The database waits for the disk at a commit.')
    : broken(
        'fsync',
        'The database does not wait for the disk (fsync is off): a power cut loses what was accepted.',
        'Set fsync = on on the PostgreSQL server.',
      )

/** What is chosen so is no fault; who chose it should know what it means. A node of an earlier version, which is asked itself, does not say. */
function copies({ copies: { following, isWaitedFor } = { following: 0, isWaitedFor: false } }: Partial<Facts>): Finding[] {
  if (following === 0) return []
  const many = following === 1 ? 'One copy follows the database' : `${following} copies follow the database`
  return [
    fine(
      'copies',
      isWaitedFor
        ? `${many}, and a commit waits for it: a fail-over loses nothing.`
        : `${many}, and no commit waits for it: a fail-over loses the last moments. Alerts of them are taken in again from the nodes' memory.`,
    ),
  ]
}

function clockDifference({ clockAheadSeconds }: Facts): Finding {
  const seconds = Math.abs(clockAheadSeconds)
  const sentence = `The clock here is ${spokenDuration(seconds)} ${clockAheadSeconds > 0 ? 'ahead of' : 'behind'} the database's`
  const mend = 'Let both machines keep time by NTP.'
  if (seconds > 60) return broken('clock', `${sentence}, by which Tocsin goes: if that one is wrong, shifts change at wrong times.`, mend)
  return seconds > 2 ? warning('clock', `${sentence}.`, mend) : fine('clock', "The clock here and the database's agree.")
}

function masterKey({ keys: needed }: Facts, keys: readonly string[] | undefined): Finding {
  const missing = needed.filter((id) => keys !== undefined && !keys.includes(id))
  return missing.length === 0
    ? fine('key', 'The master key that the secrets need is here.')
    : broken(
        'key',
        `Secrets are sealed with the master key ${missing.join(' and ')}, which is not here: they cannot be opened.`,
        'Put that key into the data folder as secret-key, or behind the new one in TOCSIN_SECRET_KEY.',
      )
}

function nodesAlive({ nodes }: Facts, stopped: boolean): Finding {
  const living = nodes.filter(({ silentSeconds }) => silentSeconds <= 3)
  if (living.length > 0) return fine('nodes', `${living.length} ${living.length === 1 ? 'node works' : 'nodes work'}.`)
  const sentence = 'No node works on this database: nobody is paged.'
  return (stopped ? warning : broken)('nodes', sentence, 'Start one: tocsin serve.')
}

function work({ jobs, quietSince }: Facts, now: Instant, stopped: boolean): Finding[] {
  const found: Finding[] = []
  if (quietSince !== null)
    found.push(
      warning(
        'quiet',
        `This is a restored copy, quiet since ${spokenTime(quietSince, 'UTC')}: it pages nobody.`,
        'tocsin installation show says what is due; an administrator ends it by tocsin installation go.',
      ),
    )
  else if (jobs.overdue > 0)
    found.push(
      (stopped ? warning : broken)(
        'overdue',
        `${jobs.overdue} ${jobs.overdue === 1 ? 'piece of work is' : 'pieces of work are'} late, the oldest by ${spokenDuration(secondsBetween(jobs.oldest!, now))}.`,
        stopped ? 'It is done when the node starts.' : 'Look at the log of the nodes; give them more processors, or start another one.',
      ),
    )
  else found.push(fine('overdue', 'No work is late.'))
  found.push(
    jobs.parked === 0
      ? fine('parked', 'No work was set aside.')
      : warning(
          'parked',
          `${jobs.parked} ${jobs.parked === 1 ? 'piece of work was' : 'pieces of work were'} set aside because it kept failing.`,
          'tocsin platform parked shows each with its error.',
        ),
  )
  return found
}

function record({ heads }: Facts): Finding {
  const [first] = heads.broken
  return first === undefined
    ? fine('record', `The ends of the ${heads.looked} chains written last are intact.`)
    : broken(
        'record',
        `${heads.broken.length} chains of the record are broken, first ${first.stream}: ${first.reason}.`,
        'tocsin verify walks all of them. Compare with a back-up.',
      )
}
