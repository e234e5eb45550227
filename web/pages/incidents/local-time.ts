// Between instants and the browser's own field for date and time, which knows no zone: it means that of this machine.

/** `2026-11-23T15:20` in this machine's zone. */
export function localInput(at: string): string {
  const time = new Date(at)
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The instant of a field, or null when it is empty. */
export const readLocal = (value: string): string | null => (value === '' ? null : new Date(value).toISOString())
