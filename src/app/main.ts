// The program. `tocsin serve` runs a node; every command of the product is a verb.
import { enableCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'

// Halves the time to the first line: what was compiled once is kept in the machine's temporary folder.
enableCompileCache()
// What a start throws away would make the heap of short-lived things 50 MiB larger for good. It may grow once there is work.
setFlagsFromString('--semi-space-growth-factor=1')
const { run } = await import('./cli.ts')
await run(process.argv, process.env)
setFlagsFromString('--semi-space-growth-factor=2')
