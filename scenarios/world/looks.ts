// Whether looks that say that they ask all at once do so, in every story in which they look.
import type { EffectDefinition } from '#kernel/effect.ts'
import type { Catalogue } from '#kernel/slice.ts'
import { TransactionOver } from '#platform/database/database.ts'

type AnyKindOfEffect = EffectDefinition<unknown, unknown, unknown>

/** `late` hears the name of each whose look asked more when its transaction was over. */
export function watchingLooks(catalogue: Catalogue, late: string[]): Catalogue {
  const effects = new Map(catalogue.effects)
  for (const [name, effect] of effects) {
    const { look } = effect as unknown as AnyKindOfEffect
    if (!look || !effect.looksAtOnce) continue
    const watched: AnyKindOfEffect['look'] = (...given) =>
      look(...given).catch((error: unknown) => {
        if (error instanceof TransactionOver) late.push(name)
        throw error
      })
    effects.set(name, { ...effect, look: watched } as never)
  }
  return { ...catalogue, effects }
}
