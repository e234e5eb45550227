// Between instants and the wall clock of a zone. A day may have 23 or 25 hours: nothing here counts in 24.

const dayMs = 86_400_000

/** What a wall clock shows, as a `datetime-local` field writes it: `2026-11-24T09:00`. */
export const wallText = (atMs: number, zone: string): string => new Date(atMs + offsetMs(atMs, zone)).toISOString().slice(0, 16)

/** The instant of a wall time such as `2026-11-24T09:00`: the first of one that happens twice, the end of the gap for one that does not happen. */
export const instantOfWall = (text: string, zone: string): string => new Date(fromWall(Date.parse(`${text}Z`), zone)).toISOString()

/** The same from and to milliseconds: `wall` is what the clock shows, read as if it were UTC. */
export function fromWall(wall: number, zone: string): number {
  const found = [wall - offsetMs(wall - dayMs, zone), wall - offsetMs(wall + dayMs, zone)]
  const right = found.filter((at) => at + offsetMs(at, zone) === wall)
  return right.length > 0 ? Math.min(...right) : Math.max(...found)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far a zone's wall clock is ahead of UTC at an instant. */
function offsetMs(atMs: number, zone: string): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  formats.set(zone, format)
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(atMs)) part[type] = Number(value)
  return (
    Date.UTC(part['year']!, part['month']! - 1, part['day']!, part['hour']!, part['minute']!, part['second']!) -
    Math.floor(atMs / 1000) * 1000
  )
}

/**
 * The instant that a `datetime-local` field means, '' for an empty one. Minutes are all that it shows: where it still shows `given`, that stays exactly what
 * it was.
 */
export const instantOfField = (text: string, zone: string, given: string): string =>
  text === '' ? '' : given !== '' && text === wallText(Date.parse(given), zone) ? given : instantOfWall(text, zone)
