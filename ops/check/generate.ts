// `npm run generate`: writes every generated file anew.
import { writeFileSync } from 'node:fs'
import { endpointsFile } from './endpoints.ts'

/** Generated files: path and what must be in it. */
export const generated: readonly { path: string; text: () => string }[] = [{ path: 'web/api/endpoints.generated.ts', text: endpointsFile }]

if (import.meta.main) for (const file of generated) writeFileSync(file.path, file.text())
