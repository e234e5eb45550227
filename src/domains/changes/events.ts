// What happened to changes.
import { z } from 'zod'
import { defineEvent } from '#kernel/define.ts'
import { idOf, type Id } from '#kernel/ids.ts'
import { InstantOut } from '#kernel/time.ts'

export type ChangeId = Id<'chg'>
export const ChangeIdSchema = idOf('chg') as z.ZodType<ChangeId, ChangeId>

export const changeRecorded = defineEvent({
  type: 'change.recorded',
  version: 1,
  data: z.object({
    changeId: ChangeIdSchema,
    serviceId: idOf('svc').nullable(),
    integrationId: idOf('int').nullable(),
    happenedAt: InstantOut.nullable().optional(),
  }),
  about: ({ changeId, serviceId, integrationId }) => ({
    change: changeId,
    ...(serviceId ? { service: serviceId } : {}),
    ...(integrationId ? { integration: integrationId } : {}),
  }),
  sentence: (event, name) => `Changed: ${name(event.data.changeId)}`,
})
