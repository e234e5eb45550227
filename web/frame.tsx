// The shell with its data: who reads, what waits, whether it is live.
import { Outlet, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask } from './api/client.ts'
import { queryClient, useAsk, useDo, useLive } from './api/hooks.ts'
import { mayOf } from './may.ts'
import { usePaletteItems } from './palette-items.tsx'
import { useOffered } from './palette-offers.ts'
import { useMyShift } from './pages/oncall/my-shift.ts'
import { SessionFailed } from './not-found.tsx'
import { useSession, useSessionFailure } from './session.ts'
import { AppShell, placesFor, useSingleKeys, useTheme } from './shell/index.ts'
import { draftsAreOf, ReaderProvider } from './ui/index.ts'

/** The frame of the signed-in pages. */
export function Frame({ narrow = false }: { narrow?: boolean }) {
  const session = useSession()
  const failure = useSessionFailure()
  const [theme, onTheme] = useTheme()
  const [singleKeys, onSingleKeys] = useSingleKeys()
  const [words, setWords] = useState('')
  const navigate = useNavigate()
  const live = useLive(session !== undefined)
  const may = mayOf(session)
  const counts = useAsk('alerts.count', may('alerts.count', null) ? {} : undefined)
  const shift = useMyShift(may('oncall.now', null), session?.user.zone ?? 'UTC')
  const waiting = useAsk('incidents.waitingForMe', may('incidents.waitingForMe', null) ? {} : undefined)
  const palette = usePaletteItems(words, may)
  const offered = useOffered()
  const end = useEndOfQuiet(Boolean(session?.quiet) && may('installation.go', null))
  if (!session && failure) return <SessionFailed {...failure} />
  if (!session) return <div className="h-dvh bg-canvas" aria-busy="true" />
  draftsAreOf(session.user.id)
  return (
    <ReaderProvider reader={{ zone: session.user.zone, singleKeys }}>
      <AppShell
        narrow={narrow}
        data={{
          organisation: session.organisation.name,
          person: { id: session.user.id, name: session.user.name },
          ...shift,
          counts: { home: 0, incidents: waiting.data?.items.length ?? 0, alerts: counts.data?.unowned ?? 0 },
          live: live.state === 'live' ? { live: true } : { live: false, asOf: live.since.toISOString() },
          ...(session.quiet ? { quiet: { backupAt: session.quiet.backupAt, ...(end ? { end } : {}) } } : {}),
          palette: offered ? [...offered.items, ...palette.items] : palette.items,
          ...(palette.further ? { paletteFurther: palette.further } : {}),
          ...(offered ? { paletteScope: offered.scope } : {}),
          onPaletteQuery: setWords,
          places: placesFor(may),
          ...(may('incidents.declare')
            ? { onDeclare: () => void navigate({ to: '/incidents', search: { declare: 'yes' } as never }) }
            : {}),
          onSignOut: () =>
            void ask('directory.signOut', {}).finally(() => {
              queryClient.clear()
              window.location.assign('/sign-in')
            }),
          theme,
          onTheme,
          singleKeys,
          onSingleKeys,
        }}
      >
        <Outlet />
      </AppShell>
    </ReaderProvider>
  )
}

/** What an administrator of a quiet copy sees and does; undefined for everybody else. */
function useEndOfQuiet(mayEnd: boolean) {
  const installation = useAsk('installation.show', mayEnd ? {} : undefined, { refetchSeconds: 30 })
  const go = useDo('installation.go')
  if (!mayEnd) return undefined
  return { due: installation.data?.due, sending: go.isPending, error: go.error?.message, onGo: () => go.mutate({}) }
}
