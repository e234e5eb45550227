// What those who administer hear of beside the heartbeat: that something was taken in with a yes, and cannot be read.
import { defineReaction } from '#kernel/define.ts'
import { spoolSetAside } from '#domains/alerts/index.ts'
import { listAdministrators } from '#domains/directory/index.ts'
import { reach } from '#domains/notifications/index.ts'

/** Once for each file: an alert that pages nobody may be in it. */
export const tellOfSetAside = defineReaction({
  name: 'watchdog.tell-of-set-aside',
  on: spoolSetAside,
  async run({ scope, tell }, { data: { file, reason } }) {
    for (const { id: userId } of await listAdministrators(scope))
      await tell(reach, `watchdog/set-aside/${file}/${userId}`, {
        type: 'start',
        userId,
        about: { installation: 'installation' },
        path: '/settings/record',
        urgency: 'page',
        title: 'Tocsin itself: something that was sent while the database was away could not be read',
        body: `There may be an alert in it that pages nobody: ${reason}. The file stays with its node, as spool/${file}.aside in the data folder; what is known of it stands with its integration, among what was refused.`,
      })
  },
})
