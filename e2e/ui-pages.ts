// Every page of the UI on which something stands that somebody wrote, and what of what was planted each of them shows.
import { line, texts, worst, worstSlug, type Planted } from './planted.ts'

/** Each text as a name or a heading holds it. */
export const every: readonly string[] = texts.map((text) => line(text))

/** `shown` is what must be read there; `shownOnPhone` what must be read on a phone, which shows one part of an incident at a time. */
export type UiPage = { path: string; shown: readonly string[]; shownOnPhone: readonly string[] }

/** `first` answers the id of the first of a list of the API. */
export async function uiPages(planted: Planted, kept: readonly string[], first: (list: string) => Promise<string>): Promise<UiPage[]> {
  const [incident, ended] = [`/incidents/${planted.incident}`, `/incidents/${planted.ended}`]
  const pages: [string, readonly string[], (readonly string[])?][] = [
    ['/', every],
    ['/alerts', every],
    ['/alerts?state=suppressed', every],
    [`/alerts?state=all&alert=${await first('/alerts?state=suppressed')}`, every],
    [`/alerts/${await first('/alerts?state=open')}`, every],
    ['/incidents', every],
    [incident, every, [worst]],
    [`${incident}?tab=tasks`, every],
    [`${incident}?tab=runbook`, every, [worst]],
    ['/processes', [worst]],
    ['/processes/planted', every],
    ['/oncall', every],
    [`/oncall/schedules/${worstSlug}`, [worst]],
    [`/oncall/policies/${worstSlug}`, [worst]],
    [`/pages/${await first('/pages')}`, [worst]],
    ['/services', every],
    [`/services/${worstSlug}`, every],
    ['/changes', every],
    [`/changes?change=${await first('/changes')}`, every],
    ['/runbooks', every],
    ['/runbooks/planted', every],
    [`/runs/${planted.run}`, every],
    ['/updates', every],
    ['/updates/history', every],
    ['/status-pages', every],
    ['/reviews', [...every, 'Published']],
    [`${incident}/review`, [...every, ...kept, 'draft']],
    [`${ended}/review`, [...every, ...kept, 'published']],
    ['/insights', every],
    ['/insights/load', every],
    ['/settings/me', every.slice(-8)],
    ['/settings/people', every],
    ['/settings/integrations', every],
    [`/settings/integrations/${planted.integration}`, texts.map((text) => line(JSON.stringify(text), 1000))],
    ['/settings/connections', every],
    ['/settings/silences', every],
    // By its kind: what comes in while the others are opened would push it off the first page.
    ['/settings/record?type=incident.note-added', [worst]],
    ['/settings/api', every],
  ]
  return pages.map(([path, shown, shownOnPhone = shown]) => ({ path, shown, shownOnPhone }))
}
