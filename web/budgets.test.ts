// What a page may cost before it can be used, read off the build: scripts and styles as they are sent (brotli, as the server packs them).
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { describe, expect, test } from 'vitest'

type Chunk = { file: string; imports?: string[]; dynamicImports?: string[]; css?: string[] }
const dist = fileURLToPath(new URL('dist/', import.meta.url))
if (!existsSync(`${dist}.vite/manifest.json`)) throw new Error('web/dist holds no build: run `npm run build:web`')
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8')) as Record<string, Chunk>

const packedKB = (file: string): number =>
  brotliCompressSync(readFileSync(dist + file), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length / 1000
const sum = (files: Iterable<string>): number => [...files].reduce((total, file) => total + packedKB(file), 0)

/** Every file that is fetched for these chunks: themselves and what they import, not what they load later. */
function firstLoad(entries: string[]): { scripts: Set<string>; styles: Set<string> } {
  const scripts = new Set<string>()
  const styles = new Set<string>()
  const visit = (key: string) => {
    const chunk = manifest[key]
    if (!chunk) throw new Error(`the build has no chunk ${key}`)
    for (const style of chunk.css ?? []) styles.add(style)
    if (scripts.has(chunk.file)) return
    scripts.add(chunk.file)
    chunk.imports?.forEach(visit)
  }
  entries.forEach(visit)
  return { scripts, styles }
}

describe('the first load', () => {
  test.each([
    { page: 'Home', entries: ['index.html', 'pages/home/home.tsx'], kB: 150 },
    {
      page: 'an incident, with its runbook and the composer of updates',
      entries: ['index.html', 'pages/incidents/incident.tsx', 'pages/runbooks/incident-panel.tsx', 'pages/updates/incident-composer.tsx'],
      kB: 190,
    },
  ])('of $page stays below $kB kB of script and 12 kB of styles', ({ entries, kB }) => {
    const { scripts, styles } = firstLoad(entries)
    expect(sum(scripts)).toBeLessThan(kB)
    expect(sum(styles)).toBeLessThan(12)
  })

  test('of the phone page stays below 90 kB, and of a status page below 30 kB without a script', () => {
    expect(sum(['phone.js', 'phone.css'])).toBeLessThan(90)
    expect(sum(['status.css'])).toBeLessThan(10)
  })

  test('leaves plots, dialogs, menus and the palette for later', () => {
    const { scripts } = firstLoad(['index.html', 'pages/home/home.tsx', 'pages/incidents/incident.tsx'])
    for (const late of ['ui/plot-canvas.tsx', 'ui/dialog-parts.tsx', 'ui/menu-parts.tsx', 'ui/palette-parts.tsx', 'sheet.tsx'])
      expect([...scripts]).not.toContain(manifest[late]!.file)
  })
})
