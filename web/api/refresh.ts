// What the open page shows is read again when something changed; each read is let end first, however often it changes.
import type { Query, QueryClient } from '@tanstack/react-query'
import { ownMs } from '../ui/now.ts'

/** How long changes are collected before anything is read again, in milliseconds. */
const gap = 300

/** A list that was read on is read again wholly: each of its pages rests it for so long, so that it costs the server a page a second at most. */
const restPerPage = 1000

/**
 * `changed()` says that anything may have changed. A read that is under way may have looked before: it is read again
 * after its end, and never broken off, or a page whose reads take longer than the pause between two changes would show
 * nothing new all through a storm.
 */
export function refresher(client: QueryClient): { changed: () => void; close: () => void } {
  const behind = new Set<Query>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const plan = () => (timer ??= setTimeout(refresh, gap))
  const refresh = () => {
    timer = undefined
    const free = new Set([...behind].filter((query) => query.state.fetchStatus !== 'fetching' && !rests(query)))
    for (const query of free) behind.delete(query)
    void client.invalidateQueries({ predicate: (query) => free.has(query) })
    if (behind.size > 0) plan()
  }
  return {
    changed: () => {
      for (const query of client.getQueryCache().getAll()) behind.add(query)
      plan()
    },
    close: () => clearTimeout(timer),
  }
}

function rests({ state }: Query): boolean {
  const { pages } = (state.data ?? {}) as { pages?: unknown }
  const count = Array.isArray(pages) ? pages.length : 1
  return count > 1 && ownMs() - state.dataUpdatedAt < count * restPerPage
}
