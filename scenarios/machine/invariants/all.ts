// Every invariant, in the order in which they are asked when everything has come to rest.
import { accepted } from './accepted.ts'
import { afterAnAnswer } from './after-an-answer.ts'
import { backAgain } from './back-again.ts'
import { counted } from './counted.ts'
import { components } from './components.ts'
import { degraded } from './degraded.ts'
import { followers } from './followers.ts'
import { groups } from './groups.ts'
import { heldBack } from './held-back.ts'
import type { Invariant } from './invariant.ts'
import { levels } from './levels.ts'
import { livePages } from './live.ts'
import { once } from './once.ts'
import { pages } from './pages.ts'
import { recordOfEvents } from './record-of-events.ts'
import { rest, silence } from './rest.ts'
import { states } from './states.ts'
import { steps } from './steps.ts'
import { summaries } from './summaries.ts'
import { told } from './told.ts'
import { walls } from './walls.ts'

export const invariants: readonly Invariant[] = [
  once,
  afterAnAnswer,
  states,
  groups,
  heldBack,
  levels,
  steps,
  recordOfEvents,
  rest,
  pages,
  summaries,
  walls,
  followers,
  components,
  told,
  backAgain,
  livePages,
  accepted,
  counted,
  degraded,
  silence,
]
