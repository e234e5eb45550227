// A way to be reached that has ended by itself, as a browser's subscription does: its person is told by those that are left.
import { defineReaction } from '#kernel/define.ts'
import { contactMethodDied } from './events.ts'
import { reach } from './reach.ts'
import * as store from './store.ts'

export const tellOfEndedMethod = defineReaction({
  name: 'notifications.tell-of-ended-method',
  on: contactMethodDied,
  async run({ scope, tell }, { data: { userId, methodId, reason }, at }) {
    const method = await store.findMethod(scope, userId, methodId)
    if (!method) return
    await tell(reach, `ended/${methodId}/${at}`, {
      type: 'start',
      userId,
      about: { user: userId },
      urgency: 'update',
      title: `${method.label} no longer reaches you`,
      body: `It was tried, and ${reason}. Until you add it again, pages come by your other ways.`,
      path: '/settings/contact-methods',
    })
  },
})
