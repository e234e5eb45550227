// When a watcher of another installation speaks: after it was silent or failing for long enough, again while that lasts, and when it is over.
import { addSeconds, secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'

/** What one look saw: `why` is a sentence of what is wrong. */
export type Seen = { works: true } | { works: false; why: string }
export type Watching = { failingSince: Instant | null; toldAt: Instant | null; times: number }
/** `key` is the same for the same thing said, so that a mail program shows a second try once. */
export type Said = { kind: 'down' | 'still' | 'over'; key: string; title: string; body: string }
export type Rules = { url: string; afterSeconds: number; againSeconds: number }

export const calm: Watching = { failingSince: null, toldAt: null, times: 0 }

/** The state after a look, and what is to be said. */
export function decide(
  state: Watching,
  seen: Seen,
  now: Instant,
  { url, afterSeconds, againSeconds }: Rules,
): { state: Watching; say?: Said } {
  if (seen.works) {
    if (state.failingSince === null || state.toldAt === null) return { state: calm }
    return {
      state: calm,
      say: {
        kind: 'over',
        key: `watch-${state.failingSince}-over`,
        title: `Over: Tocsin at ${place(url)} works again`,
        body: `It did not for ${spokenDuration(secondsBetween(state.failingSince, now))}. Senders that try again have sent meanwhile what they had; what fell due goes out now.`,
      },
    }
  }
  const failingSince = state.failingSince ?? now
  const waited = secondsBetween(failingSince, now)
  if (waited < afterSeconds) return { state: { ...state, failingSince } }
  if (state.toldAt !== null && addSeconds(state.toldAt, againSeconds) > now) return { state: { ...state, failingSince } }
  const times = state.times + 1
  return {
    state: { failingSince, toldAt: now, times },
    say: {
      kind: times === 1 ? 'down' : 'still',
      key: `watch-${failingSince}-${times}`,
      title: `${times === 1 ? '' : 'Still: '}Tocsin at ${place(url)} does not work`,
      body: `${seen.why} So for ${spokenDuration(waited)}. Until it works again it pages nobody, and may refuse what monitors send. Look at its machine, and run \`tocsin doctor\` there.`,
    },
  }
}

const place = (url: string): string => new URL(url).host
