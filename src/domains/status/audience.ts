// Where an update goes, and why: the pages that were chosen, else those that show what it names and those that earlier updates went to.

export type Place = { id: string; slug: string; name: string; visibility: 'public' | 'internal'; componentIds: string[] }
export type Audience = { places: Place[]; reason: string }

/** `chosen` are slugs or undefined; `earlier` are ids of pages that earlier updates of the same incident went to. */
export function audienceOf(facts: {
  pages: readonly Place[]
  chosen: readonly string[] | undefined
  earlier: readonly string[]
  named: readonly { id: string; name: string }[]
}): Audience {
  const { pages, chosen, earlier, named } = facts
  if (chosen) {
    const places = pages.filter((page) => chosen.includes(page.slug))
    return places.length === 0
      ? { places, reason: 'Stays inside: no status page was chosen.' }
      : { places, reason: `Goes to ${listed(places.map(({ name }) => name))}: chosen.` }
  }
  const shown = (page: Place) => named.filter(({ id }) => page.componentIds.includes(id)).map(({ name }) => name)
  const places = pages.filter((page) => earlier.includes(page.id) || shown(page).length > 0)
  if (places.length === 0) {
    return {
      places,
      reason: named.length === 0 ? 'Stays inside: it names no component and no page.' : 'Stays inside: no status page shows what it names.',
    }
  }
  const because = places.map((page) =>
    shown(page).length > 0 ? `${page.name} shows ${listed(shown(page))}` : `${page.name} got earlier updates`,
  )
  return { places, reason: `Goes to ${listed(places.map(({ name }) => name))}: ${because.join('; ')}.` }
}

const listed = (names: string[]) => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`)
