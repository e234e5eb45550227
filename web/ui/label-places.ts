// Where labels stand that belong to heights: each as near to its own as the others allow.

/** Heights for labels that are wanted at `wanted`, at least `gap` apart, in the order given; equal ones keep their order downwards. */
export function labelPlaces(wanted: readonly number[], gap: number): number[] {
  const order = wanted.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index)
  // Labels that touch form a group, which stands around the middle of what its members want.
  const groups: { members: number[]; sum: number }[] = []
  const top = (group: { members: number[]; sum: number }) => group.sum / group.members.length - ((group.members.length - 1) * gap) / 2
  for (const { at, index } of order) {
    groups.push({ members: [index], sum: at })
    for (;;) {
      const [above, below] = groups.slice(-2)
      if (!above || !below || top(above) + above.members.length * gap <= top(below)) break
      groups.splice(-2, 2, { members: [...above.members, ...below.members], sum: above.sum + below.sum })
    }
  }
  const places: number[] = []
  for (const group of groups) group.members.forEach((index, place) => (places[index] = top(group) + place * gap))
  return places
}
