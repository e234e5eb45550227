// The list of what is shipped is CycloneDX 1.6, by the rules of its JSON schema that tools reject a file for: https://cyclonedx.org/docs/1.6/json/
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { projectFolder, readSources } from '../check/sources.ts'
import { readLock, type Lock } from './lock.ts'
import { sbomText } from './sbom.ts'

const Ref = z
  .string()
  .min(1)
  .refine((ref) => !ref.startsWith('urn:cdx:'))
// Of the algorithms that npm writes, with the lengths of their results in hexadecimal.
const Hash = z.union(
  (
    [
      ['SHA-1', 40],
      ['SHA-256', 64],
      ['SHA-384', 96],
      ['SHA-512', 128],
    ] as const
  ).map(([alg, length]) => z.strictObject({ alg: z.literal(alg), content: z.string().regex(new RegExp(`^[0-9a-fA-F]{${length}}$`)) })),
)
const Licence = z.strictObject({
  license: z.xor([z.strictObject({ id: z.string().regex(/^[A-Za-z0-9.+-]+$/) }), z.strictObject({ name: z.string().min(1) })]),
})
// All of them licences, or one expression by itself.
const Licences = z.union([z.array(Licence), z.tuple([z.strictObject({ expression: z.string().min(1) })])])
const Component = z.strictObject({
  type: z.enum(['application', 'library']),
  'bom-ref': Ref,
  group: z.string().min(1).optional(),
  name: z.string().min(1),
  version: z.string().max(1024),
  scope: z.enum(['required', 'optional', 'excluded']).optional(),
  hashes: z.array(Hash).optional(),
  licenses: Licences.optional(),
  // https://github.com/package-url/purl-spec: the scope of npm is a namespace, with its sign encoded.
  purl: z.string().regex(/^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@[\w.+-]+$/),
})
const Document = z.strictObject({
  $schema: z.literal('http://cyclonedx.org/schema/bom-1.6.schema.json'),
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  version: z.number().int().min(1),
  metadata: z.strictObject({ component: Component }),
  components: z.array(Component),
  dependencies: z.array(z.strictObject({ ref: Ref, dependsOn: z.array(Ref) })),
})

const isUnique = (values: readonly string[]) => new Set(values).size === values.length
const lock = readLock(projectFolder)
const sources = readSources()

test('what is shipped is a document that tools can read', () => {
  const { metadata, components, dependencies } = Document.parse(JSON.parse(sbomText(lock, sources)))
  const refs = [metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]
  expect(components.length).toBeGreaterThan(50)
  expect([isUnique(refs), isUnique(dependencies.map(({ ref }) => ref))]).toEqual([true, true])
  expect(dependencies.map(({ ref }) => ref)).toEqual(refs)
  for (const { ref, dependsOn } of dependencies) {
    expect([ref, isUnique(dependsOn), dependsOn.filter((other) => !refs.includes(other) || other === ref)]).toEqual([ref, true, []])
  }
  expect(components.every(({ hashes, licenses }) => hashes?.length === 1 && licenses?.length === 1)).toBe(true)
})

test.each([
  ['MIT', [{ license: { id: 'MIT' } }]],
  ['(MIT OR CC0-1.0)', [{ expression: '(MIT OR CC0-1.0)' }]],
  ['SEE LICENSE IN LICENSE.md', [{ license: { name: 'SEE LICENSE IN LICENSE.md' } }]],
])('a licence %s stands where its form belongs', (license, licenses) => {
  const one: Lock = { packages: { '': { version: '1.0.0', dependencies: { a: '1' } }, 'node_modules/a': { version: '1.0.0', license } } }
  expect(Document.parse(JSON.parse(sbomText(one, []))).components[0]).toMatchObject({ licenses })
})

test('the image holds it, made from what is copied into the image', () => {
  const dockerfile = readFileSync(join(projectFolder, 'ops/Dockerfile'), 'utf8')
  expect(dockerfile).toMatch(/ops\/scripts\/sbom\.ts > sbom\.cdx\.json/)
  const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '))
  const inImage = sources.filter(({ path }) => copied.some((place) => path === place || path.startsWith(`${place}/`)))
  expect(sbomText(lock, inImage)).toBe(sbomText(lock, sources))
  for (const path of ['ops/scripts/sbom.ts', 'ops/scripts/lock.ts', 'ops/check/sources.ts', 'ops/check/rule.ts'])
    expect(inImage.map((source) => source.path)).toContain(path)
})
