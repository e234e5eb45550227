// The processes that come with the product, read once from the YAML beside this file.
import { readFileSync } from 'node:fs'
import { parse, ordinaryLimits } from '#platform/http/parse.ts'
import { ProcessSpec } from './process-definition.ts'

/** `sre` first: it is what an incident follows when nobody says otherwise. */
export const shippedProcesses: readonly ProcessSpec[] = ['sre', 'itil'].map(read)

export const defaultProcess = 'sre'

function read(slug: string): ProcessSpec {
  const bytes = new Uint8Array(readFileSync(new URL(`./processes/${slug}.yaml`, import.meta.url)))
  const { kind: _, ...spec } = parse('yaml', bytes, ordinaryLimits) as Record<string, unknown>
  return ProcessSpec.parse(spec)
}
