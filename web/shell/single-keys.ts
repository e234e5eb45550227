// Whether single keys work, as a reader chose it in this browser: whoever speaks to their machine, or hits keys by mistake, acts with each of them.
import { useState } from 'react'

const key = 'tocsin-single-keys'

/** The choice and how to change it. Storage may be forbidden: then it holds until the page is left. */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => {
    try {
      return localStorage.getItem(key) !== 'off'
    } catch {
      return true
    }
  })
  const choose = (next: boolean) => {
    try {
      if (next) localStorage.removeItem(key)
      else localStorage.setItem(key, 'off')
    } catch {
      // Storage is forbidden here.
    }
    setOn(next)
  }
  return [on, choose]
}
