// Every page of the web UI: path → lazy page. A page is one file with a default export, and one line here.
import type { ComponentType } from 'react'

export interface PageRoute {
  /** `$name` is a parameter: `useParams({ strict: false })` reads it. */
  path: string
  page: () => Promise<{ default: ComponentType }>
  /** `wide` (default) and `narrow` sidebar; `none` for what works signed out. */
  sidebar?: 'wide' | 'narrow' | 'none'
}

export const routes: PageRoute[] = [
  { path: '/sign-in', page: () => import('./pages/sign-in/sign-in.tsx'), sidebar: 'none' },
  { path: '/', page: () => import('./pages/home/home.tsx') },
  { path: '/alerts', page: () => import('./pages/alerts/alerts.tsx') },
  { path: '/alerts/$alertId', page: () => import('./pages/alerts/alert-panel.tsx') },
  { path: '/services', page: () => import('./pages/services/services.tsx') },
  { path: '/services/$slug', page: () => import('./pages/services/service.tsx') },
  { path: '/runbooks', page: () => import('./pages/runbooks/list.tsx') },
  { path: '/runbooks/$slug', page: () => import('./pages/runbooks/runbook.tsx') },
  { path: '/runs/$run', page: () => import('./pages/runbooks/run.tsx') },
  { path: '/settings', page: () => import('./pages/settings/people.tsx') },
  { path: '/settings/people', page: () => import('./pages/settings/people.tsx') },
  { path: '/settings/integrations', page: () => import('./pages/settings/integrations.tsx') },
  { path: '/settings/integrations/$id', page: () => import('./pages/settings/integration.tsx') },
  { path: '/settings/connections', page: () => import('./pages/runbooks/connections.tsx') },
  { path: '/settings/silences', page: () => import('./pages/settings/silences.tsx') },
  { path: '/settings/record', page: () => import('./pages/settings/record.tsx') },
  { path: '/settings/api', page: () => import('./pages/settings/tokens.tsx') },
  { path: '/_sheet', page: () => import('./sheet.tsx'), sidebar: 'none' },
]
