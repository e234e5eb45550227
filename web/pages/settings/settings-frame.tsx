// The frame of every settings page: its sections as tabs, those that the reader may see.
import type { ReactNode } from 'react'
import type { OperationName } from '../../api/client.ts'
import { useMay } from '../../may.ts'
import { Page } from '../../shell/index.ts'
import { TabLinks } from '../../ui/index.ts'

const sections: { id: string; label: string; href: string; needs?: OperationName }[] = [
  { id: 'me', label: 'How I am reached', href: '/settings/me' },
  { id: 'people', label: 'People and teams', href: '/settings/people' },
  { id: 'integrations', label: 'Integrations', href: '/settings/integrations', needs: 'integrations.list' },
  { id: 'connections', label: 'Connections', href: '/settings/connections', needs: 'runbooks.listConnections' },
  { id: 'silences', label: 'Silences', href: '/settings/silences', needs: 'silences.list' },
  { id: 'api', label: 'API tokens', href: '/settings/api' },
  { id: 'record', label: 'Record', href: '/settings/record', needs: 'audit.list' },
]

export function SettingsPage({ section, actions, children }: { section: string; actions?: ReactNode; children: ReactNode }) {
  const may = useMay()
  const tabs = sections.filter(({ id, needs }) => !needs || id === section || may(needs, null))
  return (
    <Page title="Settings" still bar={<TabLinks label="Settings" tabs={tabs} current={section} />} actions={actions}>
      <div className="mx-auto max-w-240 px-4 py-4">{children}</div>
    </Page>
  )
}
