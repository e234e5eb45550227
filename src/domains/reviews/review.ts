// What a review is and when it may be published. Pure; every "no" is a sentence.

export type Section = { id: string; title: string; prompt: string; required: boolean; text: string }
export type ActionItem = { title: string; ownerId: string | null; dueOn: string | null; doneAt: string | null }
export type Template = readonly { id: string; title: string; prompt: string }[]

/** For incidents whose process has no template of its own. */
const ordinary: readonly Omit<Section, 'text'>[] = [
  { id: 'summary', title: 'Summary', prompt: 'Three sentences that somebody who was not there understands.', required: true },
  { id: 'impact', title: 'Impact', prompt: 'Who was hit, how, how many, for how long.', required: true },
  { id: 'timeline', title: 'Timeline', prompt: 'The moments that mattered. The whole record stands below.', required: false },
  { id: 'went-well', title: 'What went well', prompt: 'What helped, and where were we lucky?', required: false },
  { id: 'went-badly', title: 'What went badly', prompt: 'What held us up? Systems and circumstances, never a person.', required: false },
  { id: 'lessons', title: 'Lessons', prompt: 'What do we know now that we did not know before?', required: true },
]

/** The sections that a new review begins with: the process's, all of them required, or the ordinary ones. */
export const sectionsFrom = (template: Template | undefined): Omit<Section, 'text'>[] =>
  template ? template.map(({ id, title, prompt }) => ({ id, title, prompt, required: true })) : [...ordinary]

/** Why it cannot be published yet, or undefined. A section called `actions` is filled by action items too. */
export function notReady(sections: readonly Section[], actions: readonly ActionItem[]): string | undefined {
  const empty = sections.filter(({ id, required, text }) => required && text.trim() === '' && !(id === 'actions' && actions.length > 0))
  const open = actions.filter(({ doneAt }) => doneAt === null)
  const without = (what: string, found: readonly ActionItem[]) =>
    found.length === 0 ? [] : [`${what}: ${found.map(({ title }) => `“${title}”`).join(', ')}`]
  const reasons = [
    ...(empty.length > 0 ? [`still empty: ${empty.map(({ title }) => title).join(', ')}`] : []),
    ...without(
      'without an owner',
      open.filter(({ ownerId }) => ownerId === null),
    ),
    ...without(
      'without a due date',
      open.filter(({ dueOn }) => dueOn === null),
    ),
  ]
  return reasons.length === 0 ? undefined : `It cannot be published yet; ${reasons.join('; ')}.`
}
