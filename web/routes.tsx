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
  { path: '/set-password', page: () => import('./pages/sign-in/set-password.tsx'), sidebar: 'none' },
  { path: '/', page: () => import('./pages/home/home.tsx') },
  { path: '/alerts', page: () => import('./pages/alerts/alerts.tsx') },
  { path: '/alerts/$alertId', page: () => import('./pages/alerts/alert-panel.tsx') },
  { path: '/incidents', page: () => import('./pages/incidents/list.tsx') },
  { path: '/incidents/$number', page: () => import('./pages/incidents/incident.tsx'), sidebar: 'narrow' },
  { path: '/processes', page: () => import('./pages/processes/list.tsx') },
  { path: '/processes/$slug', page: () => import('./pages/processes/process.tsx') },
  { path: '/oncall', page: () => import('./pages/oncall/oncall.tsx') },
  { path: '/oncall/schedules/$slug', page: () => import('./pages/oncall/schedule.tsx') },
  { path: '/oncall/policies/$slug', page: () => import('./pages/oncall/policy.tsx') },
  { path: '/pages/$pageId', page: () => import('./pages/oncall/page.tsx') },
  { path: '/services', page: () => import('./pages/services/services.tsx') },
  { path: '/services/$slug', page: () => import('./pages/services/service.tsx') },
  { path: '/changes', page: () => import('./pages/changes/changes.tsx') },
  { path: '/runbooks', page: () => import('./pages/runbooks/list.tsx') },
  { path: '/runbooks/$slug', page: () => import('./pages/runbooks/runbook.tsx') },
  { path: '/runs/$run', page: () => import('./pages/runbooks/run.tsx') },
  { path: '/updates', page: () => import('./pages/updates/dashboard.tsx') },
  { path: '/updates/history', page: () => import('./pages/updates/history.tsx') },
  { path: '/status-pages', page: () => import('./pages/updates/status-pages.tsx') },
  { path: '/reviews', page: () => import('./pages/reviews/list.tsx') },
  { path: '/incidents/$incident/review', page: () => import('./pages/reviews/review.tsx') },
  { path: '/insights', page: () => import('./pages/insights/insights.tsx') },
  { path: '/insights/$tab', page: () => import('./pages/insights/insights.tsx') },
  { path: '/settings', page: () => import('./pages/settings/people.tsx') },
  // The address that messages name.
  { path: '/settings/contact-methods', page: () => import('./pages/settings/contact-methods.tsx') },
  { path: '/settings/me', page: () => import('./pages/settings/contact-methods.tsx') },
  { path: '/settings/people', page: () => import('./pages/settings/people.tsx') },
  { path: '/settings/integrations', page: () => import('./pages/settings/integrations.tsx') },
  { path: '/settings/integrations/$id', page: () => import('./pages/settings/integration.tsx') },
  { path: '/settings/connections', page: () => import('./pages/runbooks/connections.tsx') },
  { path: '/settings/silences', page: () => import('./pages/settings/silences.tsx') },
  { path: '/settings/record', page: () => import('./pages/settings/record.tsx') },
  { path: '/settings/api', page: () => import('./pages/settings/tokens.tsx') },
  { path: '/_sheet', page: () => import('./sheet.tsx'), sidebar: 'none' },
]
