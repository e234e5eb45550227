// A person's muted tint, chosen by id, so that the same person looks the same on every screen and in the schedule.

/** How many hues styles.css holds (`.tint-0` …). */
const tintCount = 12

/** The class names that give a person's ground and ink. The same id always answers the same. FNV-1a, 32 bit. */
export function tintOf(id: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193)
  return `tint tint-${((hash ^ (hash >>> 16)) >>> 0) % tintCount}`
}

/** Two initials: of the first and the last word of a name; of one word its first two letters. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const first = [...(words[0] ?? '?')]
  const last = words.length > 1 ? [...(words.at(-1) ?? '')] : []
  return (last.length > 0 ? `${first[0]}${last[0]}` : first.slice(0, 2).join('')).toLocaleUpperCase()
}
