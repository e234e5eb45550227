// What waits for the one who asks, over all incidents: an answer, an update, a task, a lead that nobody has taken.
import { z } from 'zod'
import { may, personOf } from '#kernel/actor.ts'
import { defineQuery } from '#kernel/define.ts'
import { InstantOut } from '#kernel/time.ts'
import { nextActs, nextFor, taskNext, type NextAct } from './next.ts'
import { processAt } from './process-store.ts'
import { situationOf } from './screen.ts'
import { listIncidents } from './store.ts'
import { IncidentView, viewsOf } from './views.ts'

/** The others are for who looks at the incident anyway: then a task of one's own is what waits. */
const pressing: readonly NextAct['act'][] = ['confirm', 'take-lead', 'publish-update', 'do-task', 'classify']

export const waitingForMe = defineQuery({
  name: 'incidents.waitingForMe',
  summary: 'What waits for you in incidents, most pressing first',
  http: 'GET /incidents-waiting',
  needs: 'incidents:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({
    items: z.array(z.object({ incident: IncidentView, act: z.enum(nextActs), sentence: z.string(), at: InstantOut.nullable() })),
  }),
  examples: [{}],
  async run({ scope, actor, now }) {
    const userId = personOf(actor)
    if (!userId) return { items: [] }
    const waits = []
    for (const incident of await listIncidents(scope, { mine: userId, alive: true, limit: 50 })) {
      const process = await processAt(scope, incident.type, incident.processVersion)
      const looker = { userId, mayRespond: may(actor, 'incidents:respond', incident.teamId) }
      const situation = await situationOf(scope, process, incident, now)
      const likely = nextFor(looker, situation, now)
      const next = likely && !pressing.includes(likely.act) ? taskNext(situation, looker, undefined) : likely
      if (next) waits.push({ incident, next })
    }
    const views = await viewsOf(
      scope,
      waits.map(({ incident }) => incident),
    )
    const items = waits.map(({ next }, index) => ({ incident: views[index]!, act: next.act, sentence: next.sentence, at: next.at }))
    return { items: items.sort((a, b) => rank(a) - rank(b) || (a.incident.severity < b.incident.severity ? -1 : 1)) }
  },
})

const rank = ({ at, act }: { at: string | null; act: NextAct['act'] }): number =>
  at ? Date.parse(at) : act === 'take-lead' ? 0 : Number.MAX_SAFE_INTEGER
