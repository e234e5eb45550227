// What was opened in a step is taken out of everything that comes back, by its value and the forms in which the far side may repeat it.

const dots = '•••'
/** Shorter secrets would cut ordinary words out of an answer. */
const shortest = 4

/** Replaces each secret, and its base64, URL-encoded and JSON-escaped forms, by dots. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter((secret) => secret.length >= shortest).flatMap(formsOf))].sort((a, b) => b.length - a.length)
  return (text) => forms.reduce((kept, form) => kept.replaceAll(form, dots), text)
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
  ]
}
