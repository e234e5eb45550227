// The door of the watchdog: Tocsin looks after itself. A synthetic alert goes the whole way in, and what becomes of it decides whether somebody outside
// hears that all is well.
import { defineSlice } from '#kernel/define.ts'
import { sendHeartbeat } from './beat.ts'
import * as events from './events.ts'
import { watchdog as process } from './process.ts'
import { tellOfLoss, tellOfSetAside } from './reactions.ts'

export const watchdog = defineSlice({
  name: 'watchdog',
  operations: {},
  events,
  reactions: [tellOfSetAside, tellOfLoss],
  processes: [process],
  effects: [sendHeartbeat],
})

export { cameThrough } from './came-through.ts'
export { noteLoss, type Loss } from './loss.ts'
