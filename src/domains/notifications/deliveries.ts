// What was sent to whom, by what, when, and how it ended.
import { z } from 'zod'
import { defineQuery } from '#kernel/define.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import { InstantOut } from '#kernel/time.ts'
import { UserIdSchema } from '#domains/directory/index.ts'
import { NotificationIdSchema } from './events.ts'
import { self } from './methods.ts'
import * as store from './store.ts'

export const DeliveryView = z
  .object({
    id: NotificationIdSchema,
    user: z.object({ id: UserIdSchema, name: z.string() }),
    channel: z.string(),
    label: z.string(),
    urgency: z.enum(['page', 'update']),
    title: z.string(),
    status: z.enum(['waiting', 'sending', 'delivered', 'failed', 'unknown', 'cancelled']),
    reason: z.string(),
    dueAt: InstantOut,
    settledAt: InstantOut.nullable(),
  })
  .meta({ id: 'Notification' })

export const myNotifications = defineQuery({
  name: 'notifications.mine',
  summary: 'What was sent to you, newest first',
  http: 'GET /me/notifications',
  needs: 'signed-in',
  on: 'own',
  input: listInput({}),
  output: listOutput(DeliveryView),
  examples: [{}],
  async run(context, { limit, cursor }) {
    const rows = await store.deliveriesTo(context.scope, self(context), decodeCursor(cursor), limit + 1)
    return page(
      rows,
      limit,
      (row) => deliveryView(row, true),
      (row) => [row.dueAt, row.id],
    )
  },
})

/** `ownLabel`: addresses are shown to their person only; for everybody else the label is the channel. */
export function deliveryView(row: store.Delivery, ownLabel: boolean): z.input<typeof DeliveryView> {
  const { id, channel, urgency, title, status, reason, dueAt, settledAt } = row
  return {
    id,
    user: { id: row.userId, name: row.userName },
    channel,
    label: ownLabel ? row.label : '',
    urgency,
    title,
    status,
    reason,
    dueAt,
    settledAt,
  }
}
