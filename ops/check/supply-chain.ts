// What is taken from others: each package is the one that was looked at, runs nothing when it is installed, and may be shipped.
import { nameOf, shippedPackages, type Lock } from '../scripts/lock.ts'
import type { Source } from './rule.ts'

/** May be shipped within an Apache-2.0 product without more than naming them; MPL-2.0 for files that stay as they were published. */
const shippable = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'PSF-2.0',
  'Unlicense',
])

/** Packages that may run a script when they are installed, by name. The project's own is none of them. */
const mayRunScripts: ReadonlySet<string> = new Set()

/** One sentence for each package that may not be in the lock file as it is. */
export const supplyChainFaults = (lock: Lock, sources: readonly Source[]): string[] => [
  ...Object.entries(lock.packages).flatMap(([folder, { integrity, inBundle, resolved, link, hasInstallScript }]) => {
    if (folder === '') return []
    const says = (fault: string) => `package-lock.json: ${folder} ${fault}`
    return [
      // What lies within another's archive is covered by its hash.
      ...(inBundle || /^sha512-[\w+/]{86}==$/.test(integrity ?? '')
        ? []
        : [says('has no sha512 integrity: install it anew from a registry')]),
      ...(link ? [says('is a link to a folder: publish it, or put it into src')] : []),
      ...(resolved === undefined || /^https:\/\/[^@]+\.tgz$/.test(resolved)
        ? []
        : [says(`comes from ${resolved.split('?')[0]}: take it from a registry by https, without a user's name`)]),
      ...(hasInstallScript && !mayRunScripts.has(nameOf(folder))
        ? [says('runs a script when it is installed: read it, then add its name to mayRunScripts in ops/check/supply-chain.ts')]
        : []),
    ]
  }),
  ...shippedPackages(lock, sources)
    .filter(({ license }) => license === undefined || !shippable.has(license))
    .map(
      ({ folder, license }) =>
        `package-lock.json: ${folder} is shipped under ${license ?? 'no licence'}: take another, or add the licence to shippable in ops/check/supply-chain.ts`,
    ),
]
