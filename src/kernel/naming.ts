// What has to let go of a thing before it can be removed: whatever goes by it later would find nothing.
import type { CommandContext } from './command.ts'

const plural = (kind: string): string => (kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}${kind.endsWith('s') ? 'es' : 's'}`)

/** "The policies payments page it. Take it out of them first."; undefined when nothing names it. `does` is what they do with it. */
export async function namedBy(
  { namesOf }: Pick<CommandContext, 'namesOf'>,
  kind: string,
  slug: string,
  does: string,
): Promise<string | undefined> {
  const { names, hidden } = await namesOf(kind, slug)
  const byKind = [...Map.groupBy(names, (one) => one.kind)].map(
    ([one, all]) => `the ${plural(one)} ${all.map(({ key }) => key).join(', ')}`,
  )
  const all = [...byKind, ...(hidden > 0 ? [`${hidden}${names.length > 0 ? ' more' : ''} that you do not see`] : [])]
  if (all.length === 0) return undefined
  const sentence = all.length === 1 ? all[0]! : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} ${does}. Take it out of them first.`
}
