// `npm run sbom`: what is shipped, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), to standard output. No time and no random number is in
// it, so that the same lock file always gives the same text.
import { pathToFileURL } from 'node:url'
import { projectFolder, readSources } from '../check/sources.ts'
import type { Source } from '../check/rule.ts'
import { readLock, shippedPackages, type Lock, type Shipped } from './lock.ts'

/** The document as text. */
export function sbomText(lock: Lock, sources: readonly Source[]): string {
  const shipped = shippedPackages(lock, sources)
  const { version = '0.0.0', dependencies = {}, optionalDependencies = {} } = lock.packages['']!
  const product = `pkg:npm/tocsin@${version}`
  const refs = new Map(shipped.map((one) => [one.folder, refOf(one)]))
  const direct = Object.keys({ ...dependencies, ...optionalDependencies }).map((name) => refs.get(`node_modules/${name}`))
  const pages = shipped.filter(({ where, folder }) => where === 'pages' && !shipped.some(({ needs }) => needs.includes(folder)))
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': product,
        name: 'tocsin',
        version,
        purl: product,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components: shipped.map((one) => ({
      type: 'library',
      'bom-ref': refOf(one),
      ...scoped(one.name),
      version: one.version,
      scope: one.optional ? 'optional' : 'required',
      ...(one.integrity ? { hashes: hashesOf(one.integrity) } : {}),
      ...(one.license ? { licenses: [licenceOf(one.license)] } : {}),
      purl: purlOf(one),
    })),
    dependencies: [
      { ref: product, dependsOn: sorted([...direct, ...pages.map(refOf)]) },
      ...shipped.map((one) => ({ ref: refOf(one), dependsOn: sorted(one.needs.map((folder) => refs.get(folder))) })),
    ],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

const purlOf = ({ name, version }: Shipped): string => `pkg:npm/${name.replace('@', '%40')}@${version}`

/** The same version may lie in two folders: its reference says in which. */
const refOf = (one: Shipped): string => (one.folder === `node_modules/${one.name}` ? purlOf(one) : `${purlOf(one)}#${one.folder}`)

function scoped(name: string): { group?: string; name: string } {
  const [group, rest] = name.split('/')
  return rest === undefined ? { name } : { group: group!, name: rest }
}

/** One of SPDX's short names, or several of them joined; whatever else a package says is a name. */
const licenceOf = (text: string): object =>
  /^[A-Za-z0-9.+-]+$/.test(text)
    ? { license: { id: text } }
    : /^[A-Za-z0-9.+()\s-]+$/.test(text) && /\b(OR|AND|WITH)\b/.test(text)
      ? { expression: text }
      : { license: { name: text } }

const algorithms: Record<string, string> = { sha512: 'SHA-512', sha384: 'SHA-384', sha256: 'SHA-256', sha1: 'SHA-1' }

const hashesOf = (integrity: string) =>
  integrity.split(' ').map((part) => {
    const [algorithm, text] = part.split(/-(.*)/s) as [string, string]
    return { alg: algorithms[algorithm] ?? algorithm, content: Buffer.from(text, 'base64').toString('hex') }
  })

const sorted = (refs: readonly (string | undefined)[]): string[] => [...new Set(refs.filter((ref) => ref !== undefined))].sort()

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(sbomText(readLock(projectFolder), readSources()))
