// The program. `tocsin serve` runs a node; every command of the product is a verb.
import { enableCompileCache } from 'node:module'

// Halves the time to the first line: what was compiled once is kept in the machine's temporary folder.
enableCompileCache()
const { run } = await import('./cli.ts')
await run(process.argv, process.env)
