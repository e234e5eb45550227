// What the pages of signing in share: a box in the middle, and the way in when it is done.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { queryClient } from '../../api/hooks.ts'
import { safeReturn } from '../../session.ts'
import { Bell } from '../../shell/bell.tsx'

export function Stage({ title, note, children }: { title: string; note?: ReactNode; children?: ReactNode }) {
  return (
    <main id="main" className="flex min-h-dvh items-center justify-center bg-canvas p-4">
      <div className="w-full max-w-90 rounded-box border border-line bg-surface p-6">
        <Bell />
        <h1 className="mt-3 text-page font-semibold">{title}</h1>
        {note && <p className="mt-1 text-ink2">{note}</p>}
        <div className="mt-4">{children}</div>
      </div>
    </main>
  )
}

/** Goes where the reader wanted to go, once they are signed in. */
export function useEnter(done: boolean): boolean {
  const navigate = useNavigate()
  const { returnTo } = useSearch({ strict: false }) as { returnTo?: string }
  useEffect(() => {
    if (!done) return
    queryClient.clear()
    void navigate({ to: safeReturn(returnTo), replace: true })
  }, [done, navigate, returnTo])
  return done
}
