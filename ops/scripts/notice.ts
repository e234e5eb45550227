// NOTICE: whose work is shipped with the product, under which licence, and where its text is. Written by `npm run generate`.
import type { Source } from '../check/rule.ts'
import { shippedPackages, type Lock } from './lock.ts'

/** The file's text. From the lock file and the sources alone, so that every machine writes the same. */
export const noticeText = (lock: Lock, sources: readonly Source[]): string =>
  [
    'Tocsin',
    'Licensed under the Apache License, Version 2.0; the text is in LICENSE.',
    '',
    'Tocsin is shipped with the packages below. Each came with the text of its licence, which is in its folder as it was published.',
    '',
    ...shippedPackages(lock, sources).map(
      ({ name, version, license, where, folder }) => `${name} ${version}\n  ${license ?? 'no licence'}; ${where}; text in ${folder}`,
    ),
    '',
    'Fonts within the pages: Inter and JetBrains Mono (OFL-1.1), from the @fontsource-variable packages above.',
    'Data within Node (the node-linux packages above): ICU and CLDR (Unicode-3.0), and the IANA time zone database (public domain).',
    '',
  ].join('\n')
