// The runbooks that come with the product, read once from the YAML beside this file; an organisation copies one and changes it.
import { readFileSync } from 'node:fs'
import { ordinaryLimits, parse } from '#platform/http/parse.ts'
import { Runbook } from './definition.ts'

export const shippedRunbooks: readonly Runbook[] = ['bad-deploy', 'disk-full', 'tell-everybody'].map(read)

function read(slug: string): Runbook {
  const bytes = new Uint8Array(readFileSync(new URL(`./shipped/${slug}.yaml`, import.meta.url)))
  const { kind: _, ...spec } = parse('yaml', bytes, ordinaryLimits) as Record<string, unknown>
  return Runbook.parse(spec)
}
