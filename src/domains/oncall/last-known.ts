// Every policy with what its levels mean, as last read: for the time in which nothing can be read.
import type { Scope } from '#kernel/scope.ts'
import type { Instant } from '#kernel/time.ts'
import { readBook } from './book.ts'
import { peopleOfLevel, type Book, type PagedPerson } from './level.ts'
import type { Level } from './policy.ts'
import { listPolicies } from './schedule-store.ts'

export type LastKnownPolicies = { levels: ReadonlyMap<string, readonly Level[]>; book: Book }

export async function readPoliciesForOutage(scope: Scope): Promise<LastKnownPolicies> {
  const policies = await listPolicies(scope)
  return {
    levels: new Map(policies.map(({ slug, levels }) => [slug, levels])),
    book: await readBook(
      scope,
      policies.flatMap(({ levels }) => levels),
    ),
  }
}

/** Whom a policy pages first at a moment: the people of the first level that has any. */
export function firstPaged({ levels, book }: LastKnownPolicies, policy: string, at: Instant): PagedPerson[] {
  for (const level of levels.get(policy) ?? []) {
    const { people } = peopleOfLevel(level, book, at)
    if (people.length > 0) return people
  }
  return []
}
