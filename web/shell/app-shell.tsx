// The frame around every signed-in page: sidebar, phone tabs, palette, key sheet. It gets all it shows from outside.
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { useKeys } from '../ui/keys.ts'
import { LiveBar } from '../ui/live-badge.tsx'
import { CommandPalette, preloadPalette } from '../ui/palette.tsx'
import { ShellContext, type ShellData } from './context.tsx'
import { PhoneTabs } from './phone-tabs.tsx'
import { Sidebar } from './sidebar.tsx'

const KeySheet = lazy(() => import('./key-sheet.tsx'))
const QuietBar = lazy(() => import('./quiet-bar.tsx'))

/** `narrow` is the 52 px sidebar of the incident page and the builder. The page itself is `children`: one `Page`. */
export function AppShell({ data, narrow = false, children }: { data: ShellData; narrow?: boolean; children: ReactNode }) {
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const [palette, setPalette] = useState(false)
  const [keys, setKeys] = useState(false)
  useKeys({
    'Ctrl+K': () => setPalette(!palette),
    '?': () => setKeys(true),
    ...(data.onDeclare ? { d: data.onDeclare } : {}),
    ...Object.fromEntries(
      data.places.flat().flatMap((place) => (place.key ? [[`g ${place.key}`, () => void navigate({ to: place.path })]] : [])),
    ),
  })
  useEffect(() => {
    const idle = setTimeout(preloadPalette, 600)
    return () => clearTimeout(idle)
  }, [])
  const state = { ...data, openPalette: () => setPalette(true), openKeys: () => setKeys(true) }
  return (
    <ShellContext value={state}>
      <a
        href="#main"
        className="sr-only z-40 rounded-control bg-solid px-3 py-2 text-on-solid focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <div className="flex h-dvh flex-col bg-canvas tablet:flex-row print:block print:h-auto">
        <Sidebar path={path} narrow={narrow} />
        <main
          id="main"
          tabIndex={-1}
          className="flex min-h-0 min-w-0 flex-1 flex-col overflow-hidden bg-surface outline-none tablet:my-1.5 tablet:mr-1.5 tablet:rounded-box tablet:border tablet:border-line print:overflow-visible print:border-0"
        >
          <LiveBar state={data.live} />
          {data.quiet && (
            <Suspense>
              <QuietBar {...data.quiet} />
            </Suspense>
          )}
          {children}
        </main>
        <PhoneTabs path={path} />
      </div>
      <CommandPalette
        open={palette}
        onClose={() => setPalette(false)}
        items={data.palette}
        scope={data.paletteScope}
        onQuery={data.onPaletteQuery}
        further={data.paletteFurther}
      />
      {keys && (
        <Suspense>
          <KeySheet onClose={() => setKeys(false)} />
        </Suspense>
      )}
    </ShellContext>
  )
}
