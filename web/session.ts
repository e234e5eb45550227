// Who is signed in. Every signed-in page asks here; without a session the reader goes to sign in, and comes back.
import { useEffect, useState } from 'react'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useAsk } from './api/hooks.ts'
import type { Output } from './api/client.ts'

export type Session = Output<'directory.whoAmI'>

/** The session, or undefined while it is being asked for or the reader is on the way to sign in. */
export function useSession(): Session | undefined {
  const { data, error } = useAsk('directory.whoAmI', {})
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.href })
  const signedOut = error?.status === 401
  useEffect(() => {
    // The address changes before the page of signing in has loaded: this one is still here then, and must not send on again.
    if (signedOut && !path.startsWith('/sign-in'))
      void navigate({ to: '/sign-in', search: path === '/' ? {} : { returnTo: path }, replace: true })
  }, [signedOut, navigate, path])
  return signedOut ? undefined : data
}

const askAgainMs = 5000

/**
 * Why nobody knows who is signed in, while that lasts: the database is away, or the node. It is said with the first answer, and until there is another one:
 * meanwhile it is asked again by itself.
 */
export function useSessionFailure(): { sentence: string; retry: () => void } | undefined {
  const { data, failureReason, refetch } = useAsk('directory.whoAmI', {})
  const [sentence, setSentence] = useState<string>()
  if (failureReason) {
    const said = failureReason.status === 401 ? undefined : failureReason.message
    if (said !== sentence) setSentence(said)
  }
  const failed = data === undefined && sentence !== undefined
  useEffect(() => {
    if (!failed) return
    const timer = window.setInterval(() => void refetch(), askAgainMs)
    return () => window.clearInterval(timer)
  }, [failed, refetch])
  return failed ? { sentence, retry: () => void refetch() } : undefined
}

/** Where to go after signing in: a path of ours, else home. */
export const safeReturn = (wanted: string | undefined): string =>
  wanted !== undefined && /^\/(?![/\\])[\w\-./?=&#%:~+,@]*$/.test(wanted) && !wanted.startsWith('/sign-in') ? wanted : '/'
