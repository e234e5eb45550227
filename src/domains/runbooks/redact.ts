// What was opened in a step is taken out of everything that comes back, by its value and the forms in which the far side may repeat it.

const dots = '•••'
/** Shorter secrets would cut ordinary words out of an answer. */
const shortest = 4

/**
 * Replaces each secret by dots: as it is, as base64 and hex, and with any of its signs escaped as JSON, URLs and HTML do it. Writers differ in which they
 * escape (`+` is `\u002B` to some, `/` is `\/`), so what is compared is the text without escapes. Linear in the text.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const long = secrets.filter((secret) => secret.length >= shortest)
  const forms = [...new Set(long.flatMap(formsOf))].sort((a, b) => b.length - a.length)
  return (text) =>
    withoutEscaped(
      forms.reduce((kept, form) => kept.replaceAll(form, dots), text),
      long,
    )
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

const escapes = /\\u([0-9a-f]{4})|\\(["\\/bfnrt])|((?:%[0-9a-f]{2})+)|&#(?:x([0-9a-f]{1,5})|(\d{1,6}));|&(amp|lt|gt|quot|apos);/gi
const short: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function withoutEscaped(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0 || !/[\\%&]/.test(text)) return text
  const { plain, starts } = unescaped(text)
  const found = secrets.flatMap((secret) => placesOf(plain, secret)).sort((a, b) => a.from - b.from)
  let kept = ''
  let done = 0
  for (const { from, to } of found) {
    if (starts[from]! >= done) kept += text.slice(done, starts[from]) + dots
    done = Math.max(done, starts[to]!)
  }
  return kept + text.slice(done)
}

function placesOf(plain: string, secret: string): { from: number; to: number }[] {
  const places = []
  for (let from = plain.indexOf(secret); from >= 0; from = plain.indexOf(secret, from + secret.length))
    places.push({ from, to: from + secret.length })
  return places
}

/** The text with every escape read, and for each of its units, and its end, where it began. */
function unescaped(text: string): { plain: string; starts: Uint32Array } {
  const starts = new Uint32Array(text.length + 1)
  let plain = ''
  const add = (read: string, from: number, unitsOfEach: (sign: string) => number) => {
    let at = from
    for (const sign of read) {
      for (let unit = 0; unit < sign.length; unit++) starts[plain.length + unit] = at
      plain += sign
      at += unitsOfEach(sign)
    }
  }
  let done = 0
  for (const match of text.matchAll(escapes)) {
    add(text.slice(done, match.index), done, (sign) => sign.length)
    const [whole, unit, letter, percents, hex, decimal, name] = match
    if (percents) add(Buffer.from(percents.replaceAll('%', ''), 'hex').toString('utf8'), match.index, (sign) => 3 * Buffer.byteLength(sign))
    else add(readEscape({ unit, letter, point: hex ? parseInt(hex, 16) : Number(decimal), name }), match.index, () => whole.length)
    done = match.index + whole.length
  }
  add(text.slice(done), done, (sign) => sign.length)
  starts[plain.length] = text.length
  return { plain, starts }
}

type Escape = { unit: string | undefined; letter: string | undefined; point: number; name: string | undefined }
function readEscape({ unit, letter, point, name }: Escape): string {
  if (unit) return String.fromCharCode(parseInt(unit, 16))
  if (letter) return short[letter] ?? letter
  return name ? named[name.toLowerCase()]! : String.fromCodePoint(point)
}
