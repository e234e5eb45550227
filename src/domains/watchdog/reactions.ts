// What those who administer hear of beside the heartbeat: that something was taken in with a yes and cannot be read, and that the database has lost something.
import { defineReaction } from '#kernel/define.ts'
import { spokenDuration, secondsBetween } from '#kernel/time.ts'
import { spoolSetAside } from '#domains/alerts/index.ts'
import { listAdministrators } from '#domains/directory/index.ts'
import { reach } from '#domains/notifications/index.ts'
import { databaseLost } from './events.ts'

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

/** Every node finds out by itself; they are told once. */
export const tellOfLoss = defineReaction({
  name: 'watchdog.tell-of-loss',
  on: databaseLost,
  async run({ scope, tell }, { data: { since, until, unknown } }) {
    const span = spokenDuration(Math.max(1, Math.ceil(secondsBetween(since, until))))
    const nowhere =
      unknown === 0 ? '' : ` ${unknown} came through integrations that are gone too: add those again, and look at what they watch.`
    for (const { id: userId } of await listAdministrators(scope))
      await tell(reach, `watchdog/lost/${until.slice(0, 16)}${unknown === 0 ? '' : '/nowhere'}/${userId}`, {
        type: 'start',
        userId,
        about: { installation: 'installation' },
        path: '/settings/record',
        urgency: 'page',
        title: 'Tocsin itself: the database has lost what was written last',
        body: `About ${span} of it: it failed over to a copy that did not have it yet, or was set back. Alerts that came in then are taken in again, and may page once more.${nowhere} What people did then is gone, acknowledgements and notes among it: say it again. A copy that is written synchronously loses nothing.`,
      })
  },
})
