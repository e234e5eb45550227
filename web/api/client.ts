// The typed client: every operation by its name, with the types of its definition.
import type { z } from 'zod'
import type { Operation } from '../../src/app/wiring.ts'
import { ownMs, setServerTime } from '../ui/now.ts'
import { endpoints } from './endpoints.generated.ts'

/** By name, so that a use looks its operation up and does not search the union. */
type Operations = { [One in Operation as One['name']]: One }
export type OperationName = keyof Operations & keyof typeof endpoints
export type Input<Name extends OperationName> = z.input<Operations[Name]['input']>
export type Output<Name extends OperationName> = z.output<Operations[Name]['output']>

/** A failure as the server told it: a sentence, faults by place, a reference for the log. */
export class ProblemError extends Error {
  readonly status: number
  readonly code: string
  readonly reference: string
  readonly faults: { path: string; message: string }[]
  constructor(problem: { status: number; detail: string; code: string; reference?: string; faults?: { path: string; message: string }[] }) {
    super(problem.detail)
    this.status = problem.status
    this.code = problem.code
    this.reference = problem.reference ?? ''
    this.faults = problem.faults ?? []
  }
}

/** Asks the server. Throws ProblemError. */
export async function ask<Name extends OperationName>(
  name: Name,
  input: Input<Name>,
  options: { signal?: AbortSignal } = {},
): Promise<Output<Name>> {
  const [method, template] = endpoints[name].split(' ') as [string, string]
  const rest: Record<string, unknown> = { ...(input as Record<string, unknown>) }
  const path = template.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = String(rest[field])
    delete rest[field]
    return encodeURIComponent(value)
  })
  const reads = method === 'GET' || method === 'DELETE'
  const query = reads
    ? new URLSearchParams(
        Object.entries(rest).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, String(value)]])),
      ).toString()
    : ''
  const askedMs = ownMs()
  let response: Response
  try {
    response = await fetch(`/api/v1${path}${query ? `?${query}` : ''}`, {
      method,
      ...(reads
        ? {}
        : { body: JSON.stringify(rest), headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() } }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ProblemError({
      status: 0,
      code: 'unreachable',
      detail: 'Tocsin cannot be reached. What you typed is still here; try again when the connection is back.',
    })
  }
  const date = Date.parse(response.headers.get('date') ?? '')
  if (!Number.isNaN(date)) setServerTime(date, askedMs)
  if (!response.ok) throw new ProblemError(await problemIn(response))
  return (await response.json()) as Output<Name>
}

async function problemIn(response: Response) {
  try {
    return (await response.json()) as { status: number; detail: string; code: string; reference: string }
  } catch {
    return { status: response.status, code: 'internal', detail: `The server answered ${response.status}.` }
  }
}
