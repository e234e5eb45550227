// The cast of the sheet, and what its palette offers.
import { Hash, Lightbulb, Play } from 'lucide-react'
import { Icon, nowMs, Severity, type PaletteItem, type PersonRef } from '../ui/index.ts'

const person = (id: string, name: string): PersonRef => ({ id, name })
export const mara = person('mara', 'Mara Lindqvist')
export const tunde = person('tunde', 'Tunde Adeyemi')
export const ines = person('ines', 'Inês Carvalho')
export const priya = person('priya', 'Priya Nair')
export const oskar = person('oskar', 'Oskar Brandt')
export const leila = person('leila', 'Leila Haddad')
export const kenji = person('kenji', 'Kenji Watanabe')
export const anders = person('anders', 'Anders Holm')
export const grace = person('grace', 'Grace Okoro')
export const cast = [mara, tunde, ines, priya, oskar, leila, kenji, anders, grace]

const opened = nowMs()
/** The instant so many seconds after the sheet was opened. */
export const after = (seconds: number): string => new Date(opened + seconds * 1000).toISOString()

const nothing = () => {}
export const paletteItems: PaletteItem[] = [
  {
    id: 'sev2',
    group: 'Do in this incident',
    label: 'Set severity to SEV2',
    consequence: 'update every 60 min, no duty manager',
    lead: <Severity level={2} small />,
    run: nothing,
  },
  {
    id: 'sev3',
    group: 'Do in this incident',
    label: 'Set severity to SEV3',
    consequence: 'stops paging, asks for a reason',
    lead: <Severity level={3} small />,
    run: nothing,
  },
  {
    id: 'hyp',
    group: 'Do in this incident',
    label: 'Add a hypothesis…',
    consequence: 'with a test and an owner',
    keys: 'H',
    lead: <Icon of={Lightbulb} />,
    run: nothing,
  },
  {
    id: 'inc',
    group: 'Go to',
    label: 'INC-2398 Several sign-in tokens expired early',
    consequence: 'closed 12 Nov',
    lead: <Severity level={2} over small />,
    run: nothing,
  },
  { id: 'book', group: 'Go to', label: 'Runbook: Several regions slow', consequence: 'version 4', lead: <Icon of={Play} />, run: nothing },
  {
    id: 'proc',
    group: 'Go to',
    label: 'Process: severity rules',
    consequence: 'Major incident, v7',
    lead: <Icon of={Hash} />,
    run: nothing,
  },
]
