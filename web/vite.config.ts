// Builds the web UI to web/dist. Fonts are preloaded from here because only the build knows their hashed names.
import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, type Plugin } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  root,
  base: '/',
  plugins: [tailwindcss(), preloadFonts()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
  build: {
    outDir: `${root}dist`,
    emptyOutDir: true,
    manifest: true,
    // The security policy forbids data: scripts and styles; these targets keep light-dark() as it is written.
    assetsInlineLimit: 0,
    target: 'es2023',
    cssTarget: ['chrome123', 'safari17.5', 'firefox128'],
    rolldownOptions: {
      // The doors ui/index.ts and shell/index.ts must not pull every piece into the first load: a piece comes with the page that uses it.
      treeshake: { moduleSideEffects: (id) => !/\/web\/(ui|shell)\/[^.]+\.tsx?$/.test(id) },
      // React's libraries mark files with 'use client'; without server components the mark means nothing.
      onLog: (level, log, handle) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && handle(level, log),
    },
  },
  server: { port: 5173, proxy: { '/api': { target: 'http://127.0.0.1:8080', changeOrigin: false } } },
})

/** Adds one `<link rel="preload">` per emitted latin font, so that text is set in Inter from the first paint. */
function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => file.endsWith('.woff2'))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: true },
            injectTo: 'head' as const,
          })),
    },
  }
}
