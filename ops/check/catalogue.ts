// The rules that need the product itself, loaded: its operations, integrations, settings and generated files.
// A program of its own, so that a slice that does not load is a finding and not a crash of the check.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '#app/wiring.ts'
import { permissions } from '#domains/directory/index.ts'
import { integrations } from '#integrations/catalogue.ts'
import { Environment, readConfig } from '#platform/config/config.ts'
import { readableSecrets } from './config-secrets.ts'
import { generated } from './generate.ts'
import { secretFaults } from './integrations.ts'
import { operationFaults, strictnessFaults } from './operations.ts'
import { projectFolder } from './sources.ts'

/** Generated files whose text is not what would be written now. */
export function staleFiles(files: readonly { path: string; text: () => string }[], folder: string): string[] {
  return files
    .filter(({ path, text }) => !existsSync(join(folder, path)) || readFileSync(join(folder, path), 'utf8') !== text())
    .map(({ path }) => `${path} is not current: run \`npm run generate\``)
}

if (import.meta.main) {
  const findings = [
    ...operationFaults(catalogue.operations, new Set(Object.keys(permissions))),
    ...strictnessFaults(catalogue.operations),
    ...secretFaults(integrations),
    ...readableSecrets(Object.keys(Environment.shape), readConfig),
    ...staleFiles(generated, projectFolder),
  ]
  for (const finding of findings) process.stdout.write(`${finding}\n`)
  process.exitCode = findings.length > 0 ? 1 : 0
}
