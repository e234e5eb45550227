import { expect, test } from 'vitest'
import { readLock, shippedPackages, type Lock, type Locked } from '../scripts/lock.ts'
import { noticeText } from '../scripts/notice.ts'
import { sbomText } from '../scripts/sbom.ts'
import { projectFolder, readSources } from './sources.ts'
import { supplyChainFaults } from './supply-chain.ts'

const integrity = `sha512-${'A'.repeat(86)}==`
const good: Locked = { version: '1.0.0', integrity, license: 'MIT' }
const lockOf = (packages: Record<string, Locked>): Lock => ({
  packages: { '': { version: '0.1.0', dependencies: { a: '1' } }, ...packages },
})
const pages = [{ path: 'web/main.tsx', text: "import { x } from 'shown/deep'\n" }]

test.each<[string, Partial<Locked>, RegExp]>([
  ['without a hash', { integrity: undefined }, /node_modules\/a has no sha512 integrity/],
  ['with a weak hash', { integrity: 'sha1-AAAA' }, /has no sha512 integrity/],
  ['from a repository', { resolved: 'git+ssh://git@example.org/a.git' }, /comes from git\+ssh/],
  ['by http', { resolved: 'http://example.org/a.tgz' }, /comes from http:/],
  ["under a user's name", { resolved: 'https://user:word@example.org/a.tgz' }, /comes from/],
  ['that is a link', { link: true }, /is a link to a folder/],
  ['that runs a script', { hasInstallScript: true }, /runs a script when it is installed/],
  ['under a licence that is not allowed', { license: 'AGPL-3.0' }, /is shipped under AGPL-3\.0/],
  ['under no licence', { license: undefined }, /is shipped under no licence/],
])('a package %s is named, once', (_, wrong, expected) => {
  expect(supplyChainFaults(lockOf({ 'node_modules/a': { ...good, ...wrong } }), [])).toEqual([expect.stringMatching(expected)])
})

test('what is only for development may have another licence, unless the pages import it or what they import needs it', () => {
  const lock = lockOf({
    'node_modules/a': good,
    'node_modules/tool': { ...good, dev: true, license: 'GPL-3.0' },
    'node_modules/shown': { ...good, dev: true, dependencies: { inner: '1' } },
    'node_modules/inner': { ...good, license: 'MIT', dev: true },
    'node_modules/shown/node_modules/inner': { ...good, dev: true, license: 'GPL-2.0' },
  })
  expect(supplyChainFaults(lock, [])).toEqual([])
  expect(supplyChainFaults(lock, pages)).toEqual([
    expect.stringContaining('node_modules/shown/node_modules/inner is shipped under GPL-2.0'),
  ])
})

test('the notice and the bill of materials name everything that is shipped', () => {
  const lock = readLock(projectFolder)
  const sources = readSources()
  const shipped = shippedPackages(lock, sources)
  const names = shipped.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['zod', 'pg', 'react', 'react-dom', 'scheduler', 'uplot', 'tailwindcss', '@fontsource-variable/inter']),
  )
  expect(names).not.toEqual(expect.arrayContaining(['vitest']))
  const notice = noticeText(lock, sources)
  for (const { name, version } of shipped) expect(notice).toContain(`\n${name} ${version}\n`)
  const text = sbomText(lock, sources)
  expect(text).toBe(sbomText(lock, sources))
  const document = JSON.parse(text) as {
    components: { 'bom-ref': string; hashes: { content: string }[] }[]
    dependencies: { ref: string; dependsOn: string[] }[]
  }
  const refs = document.components.map((component) => component['bom-ref'])
  expect([refs.length, new Set(refs).size]).toEqual([shipped.length, shipped.length])
  expect(document.components.every(({ hashes }) => /^[0-9a-f]{128}$/.test(hashes[0]!.content))).toBe(true)
  expect(document.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([])
  expect(text).not.toMatch(/timestamp|serialNumber/)
})
