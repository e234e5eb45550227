// Tells live pages what changed: topics (ids, and the first word of an event's type), after the commit, on every node.

export type Live = {
  publish(topics: string[]): void
  /** Returns the function that ends it. */
  subscribe(heard: (topics: string[]) => void): () => void
}

export function createLive(): Live {
  const listeners = new Set<(topics: string[]) => void>()
  return {
    publish: (topics) => listeners.forEach((heard) => heard(topics)),
    subscribe(heard) {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
  }
}
