// The shell with its data: who reads, what waits, whether it is live.
import { Outlet, useNavigate } from '@tanstack/react-router'
import { AppShell, useTheme } from './shell/index.ts'

/** The frame of the signed-in pages. */
export function Frame({ narrow = false }: { narrow?: boolean }) {
  const [theme, onTheme] = useTheme()
  const navigate = useNavigate()
  return (
    <AppShell
      narrow={narrow}
      data={{
        organisation: '',
        person: { id: '', name: '' },
        counts: { home: 0, incidents: 0, alerts: 0 },
        live: { live: true },
        palette: [],
        onDeclare: () => void navigate({ to: '/incidents' }),
        onSignOut: () => window.location.assign('/sign-in'),
        theme,
        onTheme,
      }}
    >
      <Outlet />
    </AppShell>
  )
}
