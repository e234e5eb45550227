// The rules that need the product itself, loaded: its operations, integrations, settings and generated files.
// A program of its own, so that a slice that does not load is a finding and not a crash of the check.
import { catalogue } from '#app/wiring.ts'
import { permissions } from '#domains/directory/index.ts'
import { integrations } from '#integrations/catalogue.ts'
import { Environment, readConfig } from '#platform/config/config.ts'
import { readableSecrets } from './config-secrets.ts'
import { generated } from './generate.ts'
import { secretFaults } from './integrations.ts'
import { operationFaults, strictnessFaults } from './operations.ts'
import { projectFolder } from './sources.ts'
import { staleFiles } from './stale.ts'

const findings = [
  ...operationFaults(catalogue.operations, new Set(Object.keys(permissions))),
  ...strictnessFaults(catalogue.operations),
  ...secretFaults(integrations),
  ...readableSecrets(Object.keys(Environment.shape), readConfig),
  ...staleFiles(generated, projectFolder),
]
for (const finding of findings) process.stdout.write(`${finding}\n`)
process.exitCode = findings.length > 0 ? 1 : 0
