// A verb for every operation of the catalogue: what stands in the path is an argument, everything else of its input an option.
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { z } from 'zod'
import type { AnyOperation } from '#kernel/command.ts'
import { schemaOf } from '#platform/http/openapi.ts'
import type { Ask } from './server.ts'
import { showAnswer, writeJson } from './show.ts'

type Property = {
  type?: string | string[]
  enum?: unknown[]
  anyOf?: Property[]
  $ref?: string
  items?: Property
  description?: string
  default?: unknown
}

/** `dependsOn` → `depends-on`. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Operations that the command line does not offer: browser sessions, and what has a verb of its own. */
const left = (operation: AnyOperation): boolean =>
  operation.session !== undefined || operation.name.startsWith('configuration.') || operation.name === 'directory.setupState'

/** Adds a command for each area, with a verb for each operation. `ask` is made when a verb is run. */
export function addVerbs(program: Command, operations: readonly AnyOperation[], ask: () => Ask): void {
  const areas = new Map<string, Command[]>()
  for (const operation of operations.filter((one) => !left(one))) {
    const [area, name] = operation.name.split('.') as [string, string]
    areas.set(area, [...(areas.get(area) ?? []), verbOf(operation, name, ask)])
  }
  for (const [area, verbs] of areas) {
    const parent = program.command(kebab(area)).description(verbs.map((verb) => verb.name()).join(', '))
    for (const verb of verbs) parent.addCommand(verb)
  }
}

function verbOf(operation: AnyOperation, name: string, ask: () => Ask): Command {
  const verb = new Command(kebab(name)).description(operation.summary)
  const inPath = [...operation.http.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
  const components: Record<string, object> = {}
  const input = schemaOf(operation.input as unknown as z.ZodType, 'input', components) as {
    properties?: Record<string, Property>
    required?: string[]
  }
  for (const field of inPath) verb.addArgument(new Argument(`<${kebab(field)}>`, input.properties?.[field]?.description ?? ''))
  const options = Object.entries(input.properties ?? {}).filter(([field]) => !inPath.includes(field))
  const fields = new Map<string, string>()
  for (const [field, property] of options) {
    const option = optionOf(field, resolved(property, components), (input.required ?? []).includes(field) && property.default === undefined)
    fields.set(option.attributeName(), field)
    verb.addOption(option)
  }
  verb.option('--json', 'write the answer as JSON')
  verb.action(async (...given: unknown[]) => {
    const { json, ...options } = verb.opts<Record<string, unknown>>()
    const answer = await ask()(operation.http, {
      ...Object.fromEntries(inPath.map((field, index) => [field, given[index]])),
      ...Object.fromEntries(Object.entries(options).map(([attribute, value]) => [fields.get(attribute)!, value])),
    })
    if (json === true) writeJson(answer)
    else showAnswer(answer)
  })
  return verb
}

function optionOf(field: string, property: Property, required: boolean): Option {
  const flag = `--${kebab(field)}`
  const type = typeOf(property)
  const description = property.description ?? ''
  const option =
    type === 'boolean'
      ? new Option(`${flag} [true|false]`, description).argParser(booleanOf).preset('true')
      : type === 'list'
        ? new Option(`${flag} <text>`, `${description} (may be given several times)`.trim()).argParser(
            (text: string, before: string[] | undefined) => [...(before ?? []), text],
          )
        : type === 'number'
          ? new Option(`${flag} <number>`, description).argParser(numberOf)
          : type === 'json'
            ? new Option(`${flag} <json>`, description).argParser(jsonOf)
            : new Option(`${flag} <text>`, description)
  const choices = property.enum?.filter((value): value is string => typeof value === 'string')
  if (choices && choices.length > 0 && type === 'text') option.choices(choices)
  return option.makeOptionMandatory(required)
}

/** What a value is written as on the command line. */
function typeOf(property: Property): 'text' | 'number' | 'boolean' | 'list' | 'json' {
  const types = property.anyOf ? property.anyOf.flatMap((branch) => branch.type ?? 'object') : [property.type ?? 'object'].flat()
  const plain = types.filter((type) => type !== 'null')
  if (plain.length !== 1) return plain.includes('object') || plain.includes('array') ? 'json' : 'text'
  if (plain[0] === 'array') return property.items?.type === 'string' ? 'list' : 'json'
  return plain[0] === 'integer' || plain[0] === 'number'
    ? 'number'
    : plain[0] === 'boolean'
      ? 'boolean'
      : plain[0] === 'string'
        ? 'text'
        : 'json'
}

const resolved = (property: Property, components: Record<string, object>): Property =>
  property.$ref === undefined ? property : { ...(components[property.$ref.split('/').at(-1)!] as Property | undefined), ...property }

function booleanOf(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('Write true or false.')
  return text === 'true'
}
function numberOf(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Write a number.')
  return value
}
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new InvalidArgumentError('Write JSON, like \'{"name":"value"}\'.')
  }
}
