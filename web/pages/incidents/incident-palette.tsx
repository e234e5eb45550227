// What the palette offers while an incident is open: its moves, severities and words, each with what follows.
import { useAsk, useDo } from '../../api/hooks.ts'
import { useOffers } from '../../palette-offers.ts'
import { Severity, StateGlyph, type PaletteItem } from '../../ui/index.ts'
import type { Composes } from './composer.tsx'
import type { Opened } from './incident-menu.ts'
import { glyphOf, levelOf, type Screen } from './incident-words.ts'

const words: { kind: Composes; label: string; keys: string }[] = [
  { kind: 'note', label: 'Write a note', keys: 'N' },
  { kind: 'task', label: 'Add a task', keys: 'T' },
  { kind: 'hypothesis', label: 'Add a hypothesis', keys: 'H' },
  { kind: 'decision', label: 'Decide', keys: '⇧D' },
]

export function useIncidentPalette(incident: Screen, acts: { open: (next: Opened) => void; onCompose: (kind: Composes) => void }): void {
  const severity = useDo('incidents.setSeverity')
  const process = useAsk('incidents.getProcess', { process: incident.type }).data?.definition
  const key = JSON.stringify([incident.key, incident.severity, incident.state.id, incident.moves, incident.may, process?.slug])
  const group = 'Do in this incident'
  const every = (level: string): string => {
    const rhythm = process?.updates?.every
    const found = typeof rhythm === 'string' ? rhythm : rhythm?.[level as 'SEV1']
    return found ? `an update every ${found}` : 'no rhythm of updates'
  }
  useOffers(incident.key, key, () => {
    if (!incident.may.respond) return []
    const moves = incident.moves.map((move): PaletteItem => ({
      id: `move ${move.to}`,
      group,
      label: `${move.label}: set the state to ${move.name}`,
      ...(move.reason ? { consequence: move.reason } : {}),
      lead: <StateGlyph kind={glyphOf(incident.path.find((state) => state.id === move.to)?.glyph ?? 'worked')} />,
      keys: 'S',
      run: () => acts.open({ what: 'state', to: move.to }),
    }))
    const levels = incident.choices.severities
      .filter((option) => option.id !== incident.severity)
      .map((option): PaletteItem => ({
        id: `severity ${option.id}`,
        group,
        label: `Set severity to ${option.id}`,
        consequence: `${option.name}, ${every(option.id)}`,
        lead: <Severity level={levelOf(option.id)} label={option.id} small />,
        run: () => severity.mutate({ incident: incident.key, severity: option.id as 'SEV1' }),
      }))
    const writes = words.map(({ kind, label, keys }): PaletteItem => ({ id: kind, group, label, keys, run: () => acts.onCompose(kind) }))
    const bring: PaletteItem = {
      id: 'bring in',
      group,
      label: 'Bring somebody in',
      consequence: 'they are told at once',
      keys: 'P',
      run: () => acts.open({ what: 'bring-in' }),
    }
    return [...moves, ...levels, ...writes, bring]
  })
}
