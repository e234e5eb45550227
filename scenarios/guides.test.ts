// What the guides tell to write can be written: every YAML document in them is one that `tocsin check` takes.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { check } from '#platform/configuration/check.ts'

const folder = new URL('../docs/guides/', import.meta.url)
const guides = readdirSync(folder).map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

/** The blocks of YAML in a guide that are whole documents; parts of one are left out. */
const documentsOf = (text: string): string[] =>
  [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block!).filter((block) => block.startsWith('kind:'))

test.each(guides.filter(({ text }) => documentsOf(text).length > 0))('the files of $name are right', ({ name, text }) => {
  const files = documentsOf(text).map((block, index) => ({ path: `${name}-${index + 1}.yaml`, text: block }))
  expect(check(files, catalogue.resources).faults).toEqual([])
})

test('a guide leads to no file that is not there', () => {
  const links = guides.flatMap(({ name, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => ({ name, path: path! })),
  )
  expect(links.length).toBeGreaterThan(0)
  for (const { path } of links) expect(() => readFileSync(new URL(path, folder)), path).not.toThrow()
})
