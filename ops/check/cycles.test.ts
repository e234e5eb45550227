import { expect, test } from 'vitest'
import { noImportCycles } from './cycles.ts'
import { said } from './made-up.ts'

test('a cycle is found through several files and through types', () => {
  expect(
    said(noImportCycles, {
      'src/kernel/a.ts': `// A\nimport type { B } from './b.ts'`,
      'src/kernel/b.ts': `export type B = import('./c.ts').C`,
      'src/kernel/c.ts': `export { a } from '#kernel/a.ts'`,
      'src/kernel/d.ts': `import './a.ts'`,
    }),
  ).toEqual([expect.stringMatching(/^src\/kernel\/a\.ts:2 imports itself through src\/kernel\/b\.ts, src\/kernel\/c\.ts/)])
})

test('a comment that mentions an import is none, and a diamond is no cycle', () => {
  expect(
    said(noImportCycles, {
      'src/a.ts': `import './b.ts'\nimport {\n  c,\n} from './c.ts'`,
      'src/b.ts': `import './d.ts'\n// import './a.ts'\n/* import './a.ts' */`,
      'src/c.ts': `import './d.ts'`,
      'src/d.ts': '',
    }),
  ).toEqual([])
})
