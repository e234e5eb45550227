// Links the Node that npm brought (node-linux-<arch>) to node_modules/.bin/node, so that every npm script runs on it.
// On other platforms nothing is linked and the machine's own Node (24 or newer) is used.
import { existsSync, rmSync, symlinkSync } from 'node:fs'
const program = `node-${process.platform}-${process.arch}/bin/node`
if (existsSync(`node_modules/${program}`)) {
  rmSync('node_modules/.bin/node', { force: true })
  symlinkSync(`../${program}`, 'node_modules/.bin/node')
}
