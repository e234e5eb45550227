// The one honest sentence that the Updates page opens with, and the headline of a public page.
import { statusPhrase, worstOf, type ComponentStatus } from './component-status.ts'

/** An open incident as stakeholders see it. `easing`: its last update says that everything it touched works again. */
export type Trouble = { serious: boolean; easing: boolean }
export type Shown = { name: string; status: ComponentStatus }

/** "One serious problem, one almost over", or that everything works. */
export function situation(troubles: readonly Trouble[], components: readonly Shown[]): string {
  const count = (wanted: (trouble: Trouble) => boolean) => troubles.filter(wanted).length
  const counts: [number, string][] = [
    [count(({ serious, easing }) => serious && !easing), 'serious'],
    [count(({ serious, easing }) => !serious && !easing), 'smaller'],
    [count(({ easing }) => easing), 'almost over'],
  ]
  const parts = counts.filter(([number]) => number > 0)
  const [first, ...others] = parts
  if (!first) return quiet(components)
  const noun = first[0] === 1 ? 'problem' : 'problems'
  const opening = first[1] === 'almost over' ? `${inWords(first[0])} ${noun}, almost over` : `${inWords(first[0])} ${first[1]} ${noun}`
  return capital([opening, ...others.map(([number, kind]) => `${inWords(number)} ${kind}`)].join(', '))
}

/** What a status page says when no incident is open on it. */
export function quiet(components: readonly Shown[]): string {
  const worst = worstOf(components.map(({ status }) => status))
  if (worst === 'works') return 'Everything works'
  const affected = components.filter(({ status }) => status === worst)
  return affected.length === 1
    ? `${affected[0]!.name} ${statusPhrase[worst]}`
    : capital(`${inWords(affected.length)} services: ${plural[worst]}`)
}

const plural: Record<ComponentStatus, string> = {
  works: 'working',
  maintenance: 'planned work',
  slow: 'slower than usual',
  'partly-down': 'working in part',
  down: 'down',
}
const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
const inWords = (count: number) => words[count] ?? String(count)
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
