// Builds the web UI after `npm ci`. Where vite is absent (--omit=dev) the built pages must be there already.
import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
if (!existsSync('web/index.html')) process.exit(0)
if (!existsSync('node_modules/vite')) {
  if (existsSync('web/dist/index.html')) process.exit(0)
  console.error('web/dist is missing and vite is not installed: run `npm ci` without --omit=dev once.')
  process.exit(1)
}
const node = existsSync('node_modules/.bin/node') ? 'node_modules/.bin/node' : process.execPath
const build = spawnSync(node, ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'], {
  stdio: 'inherit',
})
process.exit(build.status ?? 1)
