// What the open page offers in the palette, before everything else: its verbs, and what the palette then searches in.
import { useEffect, useSyncExternalStore } from 'react'
import type { PaletteItem } from './ui/index.ts'

export type Offers = { scope: string; items: PaletteItem[] }

let offered: Offers | undefined
const listeners = new Set<() => void>()

const offer = (next: Offers | undefined): void => {
  offered = next
  listeners.forEach((listener) => listener())
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Offers items while the page is mounted. `key` changes when the items do. */
export function useOffers(scope: string, key: string, items: () => PaletteItem[]): void {
  useEffect(() => {
    offer({ scope, items: items() })
    return () => offer(undefined)
    // eslint-disable-next-line -- `key` stands for `items`
  }, [scope, key])
}

/** What is offered now. */
export const useOffered = (): Offers | undefined => useSyncExternalStore(subscribe, () => offered)
