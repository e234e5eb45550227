// The frame of every settings page: its sections as tabs.
import type { ReactNode } from 'react'
import { Page } from '../../shell/index.ts'
import { TabLinks } from '../../ui/index.ts'

const sections = [
  { id: 'me', label: 'How I am reached', href: '/settings/me' },
  { id: 'people', label: 'People and teams', href: '/settings/people' },
  { id: 'integrations', label: 'Integrations', href: '/settings/integrations' },
  { id: 'connections', label: 'Connections', href: '/settings/connections' },
  { id: 'silences', label: 'Silences', href: '/settings/silences' },
  { id: 'api', label: 'API tokens', href: '/settings/api' },
  { id: 'record', label: 'Record', href: '/settings/record' },
]

export function SettingsPage({ section, actions, children }: { section: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Page title="Settings" still bar={<TabLinks label="Settings" tabs={sections} current={section} />} actions={actions}>
      <div className="mx-auto max-w-240 px-4 py-4">{children}</div>
    </Page>
  )
}
