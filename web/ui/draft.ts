// What somebody is writing outlives the box it is written in: a tab that is left, a state that changes, another page in between.
import { useState } from 'react'

const drafts = new Map<string, unknown>()

/** `useState` for what is typed: `key` finds it again until the tab is loaded anew. What is as it began is forgotten. */
export function useDraft<Value>(key: string, initial: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => (drafts.has(key) ? (drafts.get(key) as Value) : initial))
  const set = (next: Value) => {
    if (next === initial) drafts.delete(key)
    else drafts.set(key, next)
    setValue(next)
  }
  return [value, set]
}
