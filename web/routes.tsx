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
  { path: '/', page: () => import('./home/home-page.tsx') },
  { path: '/_sheet', page: () => import('./sheet.tsx'), sidebar: 'none' },
]
