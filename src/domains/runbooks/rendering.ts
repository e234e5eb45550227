// From a step and what is known to the exact call that would be made. Pure: what is shown for approval is what is sent, and its hash tells
// when it is not.
import { createHash } from 'node:crypto'
import { compileCondition, evaluate, type Declarations } from '#kernel/conditions.ts'
import { kept } from '#kernel/kept.ts'
import { compileTemplate, renderTemplate } from '#kernel/templates.ts'
import { actOf, type Fillable, type Step } from './definition.ts'

/** What conditions and templates may use. `steps.<id>` holds what a step extracted and its `status`, `answers.<id>` the answer's id. */
export type Data = {
  incident: Readonly<Record<string, unknown>> | null
  inputs: Readonly<Record<string, unknown>>
  steps: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  answers: Readonly<Record<string, string>>
}
export const declarations: Declarations = { incident: 'json', inputs: 'json', steps: 'json', answers: 'json' }

/** One outside call, complete but for credentials, or one command of the catalogue. */
export type Call =
  | {
      kind: 'http'
      connection: string | null
      method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
      url: string
      headers: Record<string, string>
      body: string | null
      expect: number[] | null
      extract: Record<string, string>
      timeoutSeconds: number
    }
  | {
      kind: 'command'
      command: string
      input: Record<string, unknown>
      /** Fields of the input that are moments: how long after sending. They are set when it is sent, so that an approval does not go stale. */
      later: Record<string, string>
      extract: Record<string, string>
    }

class Unfillable extends Error {}

/** The text of a template. `{ error }` is a sentence with the place. */
export function fill(source: string, data: Data): { text: string } | { error: string } {
  const compiled = compileTemplate(source)
  if ('faults' in compiled) return { error: `the template does not compile: ${compiled.faults[0]?.path} ${compiled.faults[0]?.message}` }
  return renderTemplate(compiled, data, { escape: 'none' })
}

const condition = kept((source) => compileCondition(source, declarations))

/** Whether a condition holds, with its reason. `{ error }` when it cannot be told, which is never a "no". */
export function holds(source: string, data: Data): { holds: boolean; reason: string } | { error: string } {
  const compiled = condition(source)
  if ('faults' in compiled) return { error: `the condition does not compile: ${compiled.faults[0]?.message}` }
  return evaluate(compiled, data)
}

/** The addresses of the connections that a runbook may use, by slug. */
export type Addresses = Readonly<Record<string, string>>

/**
 * The call that a step would make now; undefined for a step that makes none. `{ error }` when a template has no value, a connection is missing,
 * or an address would lead elsewhere than it is written.
 */
export function callOf(step: Step, data: Data, addresses: Addresses): Call | { error: string } | undefined {
  const act = actOf(step)
  const text = (source: string): string => {
    const filled = fill(source, data)
    if ('error' in filled) throw new Unfillable(filled.error)
    return filled.text
  }
  try {
    switch (act.kind) {
      case 'http': {
        const { http } = act
        const headers = Object.fromEntries(Object.entries(http.headers).map(([name, value]) => [name.toLowerCase(), text(value)]))
        if (http.json !== undefined) headers['content-type'] ??= 'application/json'
        return {
          kind: 'http',
          connection: http.connection ?? null,
          method: http.method,
          url: addressOf(text(http.url), http.connection, addresses),
          headers,
          body: http.json !== undefined ? JSON.stringify(filledIn(http.json, text)) : http.body === undefined ? null : text(http.body),
          expect: http.expect ?? null,
          extract: http.extract,
          timeoutSeconds: http.timeoutSeconds,
        }
      }
      case 'do':
        return {
          kind: 'command',
          command: act.do.command,
          input: filledIn(act.do.input, text) as Record<string, unknown>,
          later: {},
          extract: act.do.extract,
        }
      case 'note':
        return {
          kind: 'command',
          command: 'incidents.addNote',
          input: { incident: incidentOf(data), text: text(act.note) },
          later: {},
          extract: {},
        }
      case 'update': {
        const { components, pages, nextUpdateIn, ...texts } = act.update
        return {
          kind: 'command',
          command: 'status.publishUpdate',
          input: {
            incident: incidentOf(data),
            ...Object.fromEntries(Object.entries(texts).flatMap(([name, value]) => (value === undefined ? [] : [[name, text(value)]]))),
            ...(components ? { components } : {}),
            ...(pages ? { pages } : {}),
          },
          later: nextUpdateIn ? { nextUpdateAt: nextUpdateIn } : {},
          extract: {},
        }
      }
      default:
        return undefined
    }
  } catch (error) {
    if (error instanceof Unfillable) return { error: error.message }
    throw error
  }
}

/** The call as a person reads it before approving: nothing that is sent is left out, but the credentials themselves. */
export function previewOf(call: Call): string {
  if (call.kind === 'command') {
    const later = Object.fromEntries(Object.entries(call.later).map(([name, duration]) => [name, `${duration} after it is sent`]))
    return `${call.command}\n${JSON.stringify({ ...call.input, ...later }, null, 2)}`
  }
  const headers = Object.entries(call.headers).map(([name, value]) => `${name}: ${value}`)
  return [
    `${call.method} ${call.url}`,
    ...(call.connection ? [`with the credentials of the connection ${call.connection}`] : []),
    ...headers,
    ...(call.body === null ? [] : ['', call.body]),
  ].join('\n')
}

/** Changes with anything that would be sent; what is only read from the answer does not count. */
export function hashOf(call: Call): string {
  const sent =
    call.kind === 'command' ? [call.command, call.input, call.later] : [call.connection, call.method, call.url, call.headers, call.body]
  return createHash('sha256').update(JSON.stringify(sent)).digest('hex')
}

function filledIn(value: Fillable, text: (source: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((item) => filledIn(item, text))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledIn(item, text)]))
  return value
}

function incidentOf(data: Data): unknown {
  if (data.incident === null) throw new Unfillable('this run is about no incident')
  return data.incident['id']
}

/** A value of `..` in a path would call another place than the one that is written. */
function addressOf(url: string, connection: string | undefined, addresses: Addresses): string {
  const path = url.replace(/[?#].*$/s, '')
  if (/(^|[/\\])(\.|%2e){1,2}([/\\]|$)/i.test(path)) throw new Unfillable(`the address ${url} has a part that leads upwards`)
  if (connection === undefined) return url
  const own = Object.hasOwn(addresses, connection) ? addresses[connection] : undefined
  if (own === undefined) throw new Unfillable(`there is no connection called ${connection} that this runbook may use`)
  const full = addressBelow(own, url)
  if (full === undefined) throw new Unfillable(`${url} is not below ${own}, the address of the connection ${connection}`)
  return full
}

/** The written address in full when it is the connection's own or below it; `/path` is put behind the connection's address. */
export function addressBelow(address: string, written: string): string | undefined {
  const base = address.replace(/\/+$/, '')
  const full = written.startsWith('/') && !written.startsWith('//') ? base + written : written
  if (!URL.canParse(full)) return undefined
  const [own, target] = [new URL(base), new URL(full)]
  const prefix = own.pathname.replace(/\/+$/, '')
  const isBelow = target.pathname === prefix || target.pathname.startsWith(`${prefix}/`)
  return target.origin === own.origin && isBelow && target.username === '' && target.password === '' ? target.href : undefined
}
