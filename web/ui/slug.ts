// What configuration, addresses and labels of alerts call something that has a name.

/** "Service desk" → `service-desk`: at most 60 characters, '' when nothing of the name can be written so. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[ßæœøłđðþ]/g, (letter) => plain[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')

/** Letters that are no other letter with a mark. */
const plain: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th' }
