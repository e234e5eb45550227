// What stands behind the reader's name and the organisation's.
import { Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import type { MenuGroup } from '../ui/menu-props.ts'
import type { ShellState, ThemeChoice } from './context.tsx'

/** The reader's own: how they are reached, theme, keys, leaving. */
export function personMenu(shell: ShellState): MenuGroup[] {
  const theme = (choice: ThemeChoice, label: string, icon: typeof Sun) => ({
    label,
    icon,
    checked: shell.theme === choice,
    run: () => shell.onTheme(choice),
  })
  return [
    {
      heading: shell.person.name,
      acts: [
        { label: 'How I am reached', icon: UserRound, href: '/settings/me' },
        { label: 'Keys', icon: Keyboard, keys: '?', run: shell.openKeys },
      ],
    },
    { heading: 'Theme', acts: [theme('system', 'As the system', Monitor), theme('light', 'Light', Sun), theme('dark', 'Dark', Moon)] },
    { acts: [{ label: 'Sign out', icon: LogOut, run: shell.onSignOut }] },
  ]
}

/** What belongs to the organisation. */
export function organisationMenu(shell: ShellState): MenuGroup[] {
  return [
    {
      heading: shell.organisation,
      acts: [
        { label: 'People and teams', href: '/settings/people' },
        { label: 'Integrations', href: '/settings/integrations' },
        { label: 'Status pages', href: '/status-pages' },
        { label: 'API and CLI', href: '/settings/api' },
      ],
    },
  ]
}
