// What may take only so long while something was well: the next level, work that is due, an answer to a request.
import { addSeconds, epochMs } from '#kernel/time.ts'
import { healthySeconds, isWell, type Diary, type Wrong } from './diary.ts'
import type { Evidence } from './evidence.ts'
import type { Store } from './installation.ts'
import type { Sending, Try } from './traffic.ts'
import type { Overdue } from './watch.ts'

export const mostSeconds = 5

/** I3: each level that follows by itself is told at most five healthy seconds after its time; so is the first, after its alert. */
export async function lateLevels(
  { query }: Store,
  { commits, timeOf }: Evidence,
  diary: Diary,
  nodes: readonly string[],
): Promise<Wrong[]> {
  const rows = await query<{ id: string; delays: number[] }>(`
    select key as id, (select array_agg((level ->> 'delaySeconds')::int order by n) from json_array_elements(state #> '{subject,levels}') with ordinality as levels (level, n)) as delays
    from processes where name = 'oncall.page' and state ->> 'phase' <> 'new'`)
  const delays = new Map(rows.map((row) => [row.id, row.delays]))
  const due = new Map<string, number>()
  const wrong: Wrong[] = []
  for (const commit of commits)
    for (const { type, about, data, at } of commit.events) {
      if (type === 'group.opened') due.set(about['group']!, timeOf(commit))
      if (type !== 'page.person-paged') continue
      const page = about['page']!
      const { level, round } = data as { level: number; round: number }
      const name = `${page} ${round} ${level}`
      if (due.has(name)) continue
      const last = due.get(`${page} last`) ?? (about['group'] === undefined ? undefined : due.get(about['group']))
      due.set(name, 0)
      due.set(`${page} last`, epochMs(addSeconds(at, delays.get(page)?.[level - 1] ?? 0)))
      if (last === undefined) continue
      const late = healthySeconds(diary, nodes, last, timeOf(commit))
      if (late > mostSeconds)
        wrong.push({
          invariant: 'I3',
          sentence: `level ${level} of ${page} was told ${((timeOf(commit) - last) / 1000).toFixed(1)} s late, ${late.toFixed(1)} s of them healthy`,
        })
    }
  return wrong
}

/** I10: no work waits for longer than five healthy seconds. */
export const lateWork = (found: readonly Overdue[], diary: Diary, nodes: readonly string[]): Wrong[] =>
  found.flatMap(({ job, kind, lane, since, seen }) => {
    const late = healthySeconds(diary, nodes, since, seen)
    return late > mostSeconds
      ? [{ invariant: 'I10', sentence: `job ${job} (${kind} ${lane}) was due for ${late.toFixed(1)} healthy seconds` }]
      : []
  })

/** Liveness: a node that nothing touches answers in time, and never with "later". */
export const lateAnswers = (tries: readonly Try[], diary: Diary): Wrong[] =>
  tries
    .filter(({ status }) => status === 0 || status >= 500)
    .filter(({ node, began, ended }) => isWell(diary, node, began, ended))
    .map(({ node, what, began, ended, status }) => ({
      invariant: 'liveness',
      sentence: `node ${node} was well, and ${what} at ${new Date(began).toISOString()} had ${status === 0 ? 'no answer' : `the answer ${status}`} after ${ended - began} ms`,
    }))

/** I1: a source that was added a while ago is known to every node. */
export const unknownSources = (sendings: readonly Sending[], diary: Diary): Wrong[] =>
  sendings
    .filter(({ status, began, addedAt }) => status === 404 && began > addedAt + mostSeconds * 1000)
    .filter(({ node, began, ended }) => isWell(diary, node, began - mostSeconds * 1000, ended))
    .map(({ node, integration, began, addedAt }) => ({
      invariant: 'I1',
      sentence: `node ${node} does not know ${integration} at ${new Date(began).toISOString()}, ${((began - addedAt) / 1000).toFixed(1)} s after it was added`,
    }))

/** A node that nothing touched for a while is taken for dead by nobody: it would have to enter again. */
export function takenForDead({ entered }: Evidence, diary: Diary): Wrong[] {
  const known = new Set<string>()
  return entered.flatMap(({ at, who, id }) => {
    const isAgain = known.has(id)
    known.add(id)
    return isAgain && isWell(diary, who, at.getTime() - mostSeconds * 1000, at.getTime())
      ? [
          {
            invariant: 'nodes',
            sentence: `node ${who} was taken for dead shortly before ${at.toISOString()}, and nothing was wrong with it`,
          },
        ]
      : []
  })
}
