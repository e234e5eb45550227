// How a secret may hide in a text: as it is, or in one of the forms that it takes on the way through a program.

/** The forms by name. Of base64 the part that is the same wherever the secret begins, three times, for each place in a group of three bytes. */
function formsOf(secret: string): [form: string, text: string][] {
  const each = (write: (character: string) => string) => secret.split('').map(write).join('')
  const code = (character: string, length: number) => character.charCodeAt(0).toString(16).padStart(length, '0')
  return [
    ['as it is', secret],
    ['reversed', secret.split('').reverse().join('')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded, every sign', each((character) => `%${code(character, 2)}`)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in JSON, escaped', each((character) => `\\u${code(character, 4)}`)],
    ...[0, 1, 2].flatMap((before): [string, string][] => [
      ['in base64', inner(secret, before, 'base64')],
      ['in base64url', inner(secret, before, 'base64url')],
    ]),
  ]
}

/** Base64 of the secret after so many other bytes, without the signs in which these, or what follows, have a part. */
function inner(secret: string, before: number, form: 'base64' | 'base64url'): string {
  const text = Buffer.from('.'.repeat(before) + secret).toString(form)
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + Buffer.byteLength(secret)) * 8) / 6))
}

/** A place that a secret was found in. `around` is what stands before and after it. */
export type Found = { secret: string; place: string; form: string; around: string }

/** Every secret in every text, but for those that its place hands out. `secrets` by name. */
export function find(
  secrets: ReadonlyMap<string, string>,
  texts: readonly { place: string; text: string; handsOut?: readonly string[] }[],
): Found[] {
  return [...secrets].flatMap(([secret, value]) => {
    const forms = formsOf(value)
    return texts.flatMap(({ place, text, handsOut = [] }) => {
      if (handsOut.includes(secret)) return []
      const lower = text.toLowerCase()
      const found = forms.find(([form, hidden]) => (/hexa|every|escaped/.test(form) ? lower : text).includes(hidden))
      if (!found) return []
      const [form, hidden] = found
      const at = (/hexa|every|escaped/.test(form) ? lower : text).indexOf(hidden)
      return [{ secret, place, form, around: text.slice(Math.max(0, at - 60), at + hidden.length + 30) }]
    })
  })
}
