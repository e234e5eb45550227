// What stands behind "More" on the incident's screen, and the dialogs that it opens.
import type { MenuGroup } from '../../ui/index.ts'
import type { Screen } from './incident-words.ts'

export type Opened =
  | { what: 'state'; to?: string | undefined }
  | { what: 'classify'; to?: string | undefined }
  | { what: 'severity' | 'edit' | 'situation' | 'bring-in' | 'reopen' }
  | { what: 'erase'; textId: string }

export function menuOf(
  incident: Screen,
  { open, setPrivate, readsReview }: { open: (next: Opened) => void; setPrivate: (hidden: boolean) => void; readsReview: boolean },
): MenuGroup[] {
  const go: MenuGroup = {
    acts: [
      { label: 'Process', hint: `version ${incident.processVersion}`, href: `/processes/${incident.type}` },
      ...(readsReview ? [{ label: 'Review', href: `/incidents/${incident.number}/review` }] : []),
    ],
  }
  if (!incident.may.respond) return [go]
  return [
    {
      acts: [
        { label: 'Bring somebody in…', keys: 'P', run: () => open({ what: 'bring-in' }) },
        { label: 'Change the state…', keys: 'S', disabled: incident.moves.length === 0, run: () => open({ what: 'state' }) },
        { label: 'Set the severity…', keys: '⇧S', run: () => open({ what: 'severity' }) },
        ...(incident.choices.impacts.length > 0 ? [{ label: 'Classify…', run: () => open({ what: 'classify' }) }] : []),
        { label: 'Say where things stand…', run: () => open({ what: 'situation' }) },
        { label: 'Change words and facts…', run: () => open({ what: 'edit' }) },
        ...(incident.may.reopen ? [{ label: 'Work on it again…', run: () => open({ what: 'reopen' }) }] : []),
      ],
    },
    {
      acts: [
        incident.private
          ? { label: 'Show it to everybody', run: () => setPrivate(false) }
          : { label: 'Make it private', hint: 'its team and those who take part', run: () => setPrivate(true) },
      ],
    },
    go,
  ]
}
