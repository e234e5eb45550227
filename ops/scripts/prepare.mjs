// What `npm ci` makes beside the packages, both at once: the web UI, and an empty database for first starts to copy.
// Where vite is absent (--omit=dev) the built pages must be there already.
import { existsSync } from 'node:fs'
import { spawn } from 'node:child_process'

const node = existsSync('node_modules/.bin/node') ? 'node_modules/.bin/node' : process.execPath
const run = (...args) =>
  new Promise((resolve) =>
    spawn(node, args, { stdio: 'inherit' })
      .once('error', () => resolve(1))
      .once('close', (code) => resolve(code ?? 1)),
  )

async function pages() {
  if (!existsSync('web/index.html')) return 0
  if (existsSync('node_modules/vite'))
    return run('node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn')
  if (existsSync('web/dist/index.html')) return 0
  console.error('web/dist is missing and vite is not installed: run `npm ci` without --omit=dev once.')
  return 1
}

async function emptyDatabase() {
  if (!existsSync('src/platform/database/cluster.ts')) return
  if ((await run('src/platform/database/cluster.ts', 'template')) !== 0)
    console.error('The first start will make its database by itself, which takes some seconds.')
}

const [code] = await Promise.all([pages(), emptyDatabase()])
process.exit(code)
