// The process that hears of each synthetic alert, and what it writes down.
import { defineProcess } from '#kernel/define.ts'
import { addSeconds } from '#kernel/time.ts'
import { listAdministrators } from '#domains/directory/index.ts'
import { channelOutcomes } from '#domains/notifications/index.ts'
import { jobsLate } from '#platform/jobs/store.ts'
import { calm, decideWatchdog, lookBackSeconds, WatchdogInput, WatchdogState, type WatchdogFacts } from './decision.ts'
import { channelFailing, channelWorks, heartbeatResumed, heartbeatUnsent, heartbeatWithheld } from './events.ts'

/** There is one, with this key. */
export const watchdogKey = 'installation'

/** Work counts as late after so long. */
const lateAfterSeconds = 60

export const watchdog = defineProcess<WatchdogState, WatchdogInput, WatchdogFacts>({
  name: 'watchdog.heartbeat',
  version: 1,
  state: WatchdogState,
  input: WatchdogInput,
  initial: () => calm,
  async facts(scope) {
    return {
      outcomes: await channelOutcomes(scope, addSeconds(scope.now, -lookBackSeconds)),
      work: await jobsLate(scope, addSeconds(scope.now, -lateAfterSeconds)),
      administrators: (await listAdministrators(scope)).map(({ id }) => id),
    }
  },
  decide: decideWatchdog,
  async record({ emit }, _key, _before, { state }) {
    for (const { kind, channel, reason } of state.news) {
      if (kind === 'withheld') await emit(heartbeatWithheld, { reason })
      if (kind === 'resumed') await emit(heartbeatResumed, {})
      if (kind === 'unsent') await emit(heartbeatUnsent, { reason })
      if (kind === 'failing') await emit(channelFailing, { channel, reason })
      if (kind === 'works') await emit(channelWorks, { channel })
    }
  },
})
