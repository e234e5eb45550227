// What somebody is writing outlives the box it is written in: a tab that is left, a state that changes, another page in between, a session that has run out.
import { useState } from 'react'

const drafts = new Map<string, unknown>()
let writer: string | undefined

/** Whoever is signed in: what somebody else has begun to write in this tab is forgotten. */
export function draftsAreOf(person: string): void {
  if (writer !== person) drafts.clear()
  writer = person
}

/** What is written under this key, or what it began as. */
export const draftAt = <Value>(key: string, initial: Value): Value => (drafts.has(key) ? (drafts.get(key) as Value) : initial)

/** What is as it began is forgotten. */
export function keepDraft<Value>(key: string, value: Value, initial: Value): void {
  if (value === initial) drafts.delete(key)
  else drafts.set(key, value)
}

/** `useState` for what is typed: `key` finds it again until the tab is loaded anew, or somebody else signs in. */
export function useDraft<Value>(key: string, initial: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => draftAt(key, initial))
  const set = (next: Value) => {
    keepDraft(key, next, initial)
    setValue(next)
  }
  return [value, set]
}
