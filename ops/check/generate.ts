// `npm run generate`: writes every generated file anew.
import { writeFileSync } from 'node:fs'
import { readLock } from '../scripts/lock.ts'
import { noticeText } from '../scripts/notice.ts'
import { endpointsFile } from './endpoints.ts'
import { permissionsFile } from './permissions.ts'
import { apiDocument } from './reference/api.ts'
import { cliDocument } from './reference/cli.ts'
import { configurationDocument } from './reference/configuration.ts'
import { environmentDocument } from './reference/environment.ts'
import { eventsDocument } from './reference/events.ts'
import { projectFolder, readSources } from './sources.ts'

/** Generated files: path and what must be in it. */
export const generated: readonly { path: string; text: () => string }[] = [
  { path: 'web/api/endpoints.generated.ts', text: endpointsFile },
  { path: 'web/api/permissions.generated.ts', text: permissionsFile },
  { path: 'NOTICE', text: () => noticeText(readLock(projectFolder), readSources()) },
  { path: 'docs/reference/api.md', text: apiDocument },
  { path: 'docs/reference/cli.md', text: cliDocument },
  { path: 'docs/reference/configuration.md', text: configurationDocument },
  { path: 'docs/reference/environment.md', text: environmentDocument },
  { path: 'docs/reference/events.md', text: eventsDocument },
]

if (import.meta.main) for (const file of generated) writeFileSync(file.path, file.text())
