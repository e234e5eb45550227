// Every link that is written in the UI leads to a page that there is: a link to none is found by whoever needs it.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { routes } from './routes.tsx'

const here = fileURLToPath(new URL('.', import.meta.url))
/** What begins like a path and is none of a page: served files and the API, the beginning of paths, the places in a runbook. */
const others = [/^\/api(\/|$)/, /^\/sw\.js$/, /^\/runs$/, /^\/sections\//]
const isPage = (path: string): boolean =>
  [...routes.map(({ path: route }) => new RegExp(`^${route.replace(/\$\w+/g, '[^/]+')}$`)), ...others].some((page) => page.test(path))

/** The texts in a source that are a path; what is filled in is one part of it. */
const linksIn = (source: string): string[] =>
  [...source.matchAll(/["'`](\/(?:[a-z_](?:\$\{[^}]*\}|[^"'`\s])*)?)["'`]/g)].map(([, path]) =>
    path!
      .replace(/\$\{[^}]*\}/g, 'x')
      .split(/[?#]/)[0]!
      .replace(/(.)\/$/, '$1'),
  )

test('every link leads to a page that there is', () => {
  const sources = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /^(?:pages|shell|ui|[\w-]+\.tsx?$)/.test(file) && /\.tsx?$/.test(file) && !file.includes('.test.'),
  )
  const links = sources.flatMap((file) => linksIn(readFileSync(here + file, 'utf8')).map((path) => ({ file, path })))
  expect(links.length).toBeGreaterThan(60)
  expect(links.filter(({ path }) => !isPage(path))).toEqual([])
})
