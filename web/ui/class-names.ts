// Joins class names; falsy parts drop out, so that `cond && 'x'` reads well.

/** The truthy parts, separated by spaces. */
export const cx = (...parts: (string | false | null | undefined)[]): string => parts.filter(Boolean).join(' ')
