// What readers are told when an incident ends and when it comes back, which nobody writes: in the product's words, for the organisation. Shown before, too.
import { z } from 'zod'
import { defineQuery } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'
import { audienceOf, type Audience } from './audience.ts'
import { ComponentStatusSchema } from './events.ts'
import { factsOf } from './incident-facts.ts'
import { allPlaces } from './pages.ts'
import { saidAgain } from './said-again.ts'
import { findComponents } from './store.ts'
import { countAddresses } from './subscriber-store.ts'
import * as store from './update-store.ts'

export const solved = (since: Instant, over: Instant): string => `This is solved. It lasted ${spokenDuration(secondsBetween(since, over))}.`
export const noProblem = (): string => 'This was no problem after all.'
/** `shown`: whether components are shown again as they were last said to be. */
export const isBack = (shown: boolean): string =>
  `This is not over after all. We are working on it again.${shown ? ' Until we know more, what was affected is shown as we last said.' : ''}`

/** Those who got the others, and nobody else, whatever shows what it names. */
export const whoGotTheOthers = async (scope: Scope, incidentId: string): Promise<Audience> =>
  audienceOf({
    pages: await allPlaces(scope),
    chosen: undefined,
    earlier: await store.pageIdsOfIncident(scope, incidentId),
    named: [],
  })

const Said = z.object({
  text: z.string(),
  components: z.array(z.object({ name: z.string(), status: ComponentStatusSchema })),
})

export const toldByItself = defineQuery({
  name: 'status.toldByItself',
  summary: 'Show what readers would be told at once if an incident ended now, or came back',
  http: 'GET /incidents/{incident}/told-by-itself',
  needs: 'status:read',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: z.string().max(60) }),
  output: z.object({
    solved: Said.nullable(),
    cancelled: Said.nullable(),
    back: Said.nullable(),
    places: z.array(z.object({ name: z.string(), visibility: z.enum(['public', 'internal']) })),
    subscribers: z.number().meta({ description: 'Addresses that are told by mail' }),
  }),
  examples: [{ incident: '2417' }],
  async run({ scope, now }, { incident: key }) {
    const incident = await factsOf(scope, key)
    if (!incident) throw missing('incident')
    const notice = await store.findNotice(scope, incident.id)
    const { places } = await whoGotTheOthers(scope, incident.id)
    const ends = notice?.endedAt === null && incident.over === null
    const isOver = notice !== undefined && notice.endedAt !== null && incident.over !== null
    const again = isOver ? await saidAgain(scope, incident.id) : []
    const names = new Map(
      (
        await findComponents(
          scope,
          again.map(({ componentId }) => componentId),
        )
      ).map(({ id, name }) => [id as string, name]),
    )
    const components = again.flatMap(({ componentId, status }) => {
      const name = names.get(componentId)
      return name === undefined ? [] : [{ name, status }]
    })
    return {
      solved: ends ? { text: solved(notice.since, now), components: [] } : null,
      cancelled: ends ? { text: noProblem(), components: [] } : null,
      back: isOver ? { text: isBack(again.length > 0), components } : null,
      places: places.map(({ name, visibility }) => ({ name, visibility })),
      subscribers: await countAddresses(
        scope,
        places.map(({ id }) => id),
      ),
    }
  },
})
