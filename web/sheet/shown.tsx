// How the sheet lays out: what it is at the left, its states at the right.
import type { ReactNode } from 'react'

export function Shown({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-x-4 gap-y-1.5 border-b border-line py-2.5 tablet:flex-row">
      <h2 className="w-26 shrink-0 text-meta leading-5 font-normal text-ink3">{name}</h2>
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3.5 gap-y-2">{children}</div>
    </div>
  )
}

export function Sheet({ children }: { children: ReactNode }) {
  return <div className="mx-auto max-w-250 px-4 pt-1 pb-10">{children}</div>
}
