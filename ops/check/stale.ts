// Whether generated files are what would be generated now.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One sentence for each file whose text is not current. */
export const staleFiles = (files: readonly { path: string; text: () => string }[], folder: string): string[] =>
  files
    .filter(({ path, text }) => !existsSync(join(folder, path)) || readFileSync(join(folder, path), 'utf8') !== text())
    .map(({ path }) => `${path} is not current: run \`npm run generate\``)
