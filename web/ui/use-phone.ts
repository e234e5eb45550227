// Whether the reader holds a phone: what shows everything beside each other on a desk then shows one thing at a time, or less of each.
import { useSyncExternalStore } from 'react'

const query = '(max-width: 767.98px)'

function subscribe(changed: () => void): () => void {
  const list = window.matchMedia(query)
  list.addEventListener('change', changed)
  return () => list.removeEventListener('change', changed)
}

export const usePhone = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => window.matchMedia(query).matches,
    () => false,
  )
