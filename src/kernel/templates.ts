// Templates that people write, in Liquid (https://liquidjs.com/tutorials/intro-to-liquid.html), over plain data. What must stay true: only the
// template is parsed, never the data; nothing reads a clock, a file or chance; as HTML, every value is escaped and nothing can switch that off.
import { CaptureTag, Liquid, type Context, type Template } from 'liquidjs'
import type { Fault } from './errors.ts'
import { kept } from './kept.ts'
import { instant, isZone, spokenTime } from './time.ts'

export type CompiledTemplate = { readonly source: string; readonly text: readonly Template[]; readonly html: readonly Template[] }

/** Characters of a template's source. */
const maxSource = 65_536
/** Characters of a result. */
const maxResult = 262_144
const deadlineMs = 200

/**
 * Compiles a template, once. Gives `{ faults }` with `line:column` when it does not parse or uses a tag or filter that is not one of ours.
 * Variables are only known when it is rendered.
 */
export const compileTemplate: (source: string) => CompiledTemplate | { faults: Fault[] } = kept(compiled)

function compiled(source: string): CompiledTemplate | { faults: Fault[] } {
  if (source.length > maxSource) return { faults: [{ path: '1:1', message: `is longer than ${maxSource} characters` }] }
  try {
    return { source, text: textEngine.parse(source), html: htmlEngine.parse(source) }
  } catch (error) {
    return { faults: [faultOf(error)] }
  }
}

/**
 * Renders over plain JSON data. `escape: 'html'` escapes every value, the template's own markup stays. `{ error }` with `line:column` when a
 * variable is missing (`{% if labels.team %}` and `| default:` may ask for one), or it takes too long or grows too large.
 */
export function renderTemplate(
  compiled: CompiledTemplate,
  data: Readonly<Record<string, unknown>>,
  options: { escape: 'none' | 'html' },
): { text: string } | { error: string } {
  const [engine, templates] = options.escape === 'html' ? [htmlEngine, compiled.html] : [textEngine, compiled.text]
  try {
    const text: unknown = engine.renderSync([...templates], data, { templateLimit: 10_000 })
    if (typeof text !== 'string') return { error: 'the result is not a text' }
    return text.length > maxResult ? { error: `the result is longer than ${maxResult} characters` } : { text }
  } catch (error) {
    const { path, message } = faultOf(error)
    return { error: `${path} ${message}` }
  }
}

/** No partials, no `echo`, `cycle` or counters (which print past the escaping), no tag that sees a file. */
const tags = new Set(['assign', 'break', 'capture', 'case', 'comment', 'continue', 'for', 'if', 'raw', 'unless', '#'])

/** No `raw`, no filter that evaluates a text as an expression, none that draws lots, hashes or asks the clock (`time` is our own). */
const filters = new Set(
  `abs append at_least at_most capitalize ceil compact concat default divided_by downcase escape first floor join json last lstrip map minus
  modulo newline_to_br number_of_words plus pop prepend push remove remove_first remove_last replace replace_first replace_last reverse round
  rstrip shift size slice sort sort_natural split squish strip strip_newlines sum times to_integer truncate truncatewords uniq unshift upcase
  url_encode where`.split(/\s+/),
)

/** The library counts what filters make, and not what a capture collects: half a gigabyte, to be searched in one go. */
class CountedCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    yield* super.render(context)
    context.memoryLimit.use(String((context.bottom() as Record<string, unknown>)[this.variable]).length)
  }
}

const textEngine = engineOf()
const htmlEngine = engineOf(escapeHtml)

function engineOf(outputEscape?: (value: unknown) => string): Liquid {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    dynamicPartials: false,
    templates: {},
    globals: {},
    timezoneOffset: 0,
    parseLimit: maxSource,
    renderLimit: deadlineMs,
    memoryLimit: 2_000_000,
    ...(outputEscape ? { outputEscape } : {}),
  })
  for (const name of Object.keys(engine.tags)) if (!tags.has(name)) delete engine.tags[name]
  engine.registerTag('capture', CountedCapture)
  for (const name of Object.keys(engine.filters)) if (!filters.has(name)) engine.unregisterFilter(name)
  engine.registerFilter('time', (at: unknown, zone: unknown = 'UTC') => timeIn(at, zone))
  return engine
}

/** `{{ startedAt | time: 'Europe/Berlin' }}` → "Wed 25 Nov, 09:00 CET". */
function timeIn(at: unknown, zone: unknown): string {
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(at)) throw new Error('time: not a time')
  if (typeof zone !== 'string' || !isZone(zone)) throw new Error('time: not a time zone; write one like Europe/Berlin')
  return spokenTime(instant(at), zone)
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(value: unknown): string {
  return textOf(value).replace(/[&<>"']/g, (character) => entities[character]!)
}

/** As Liquid prints it: nothing for null, lists joined; an object as JSON. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.map(textOf).join('') : JSON.stringify(value)
}

function faultOf(error: unknown): Fault {
  const { message, token } = error as { message: string; token?: { getPosition(): number[] } }
  const [line = 1, column = 1] = token?.getPosition() ?? []
  return { path: `${line}:${column}`, message: message.replace(/, (?:file|line):?.*$/s, '') }
}
