// What every component may know of the reader: the zone times are told in, and whether single keys are on.
import { createContext, useContext, type ReactNode } from 'react'
import { browserZone } from './time-words.ts'

export interface Reader {
  /** IANA zone, such as `Europe/Berlin`. */
  zone: string
  /** Single keys (A, J, K …) work; chords with Ctrl always do. */
  singleKeys: boolean
}

const ReaderContext = createContext<Reader | undefined>(undefined)

/** Gives the reader's zone and habits to all below. */
export function ReaderProvider({ reader, children }: { reader: Reader; children: ReactNode }) {
  return <ReaderContext value={reader}>{children}</ReaderContext>
}

/** The reader; without a provider the browser's zone, and single keys on. */
export function useReader(): Reader {
  return useContext(ReaderContext) ?? { zone: browserZone(), singleKeys: true }
}
