import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest begins first, so that no worker is left alone with it at the end; a fresh clone knows no times of earlier runs. */
const longest = ['main-path', 'crash', 'backup', 'machine', 'access-matrix', 'xss', 'alerts', 'oncall', 'doctor', 'access', 'links', 'ssrf']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`)) >>> 0
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    // Files of one worker share what they import: a third of the whole time was reading the product again for each. No test may leave a global changed.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'scenarios/**/*.test.ts', 'ops/**/*.test.ts', 'e2e/**/*.test.ts'],
    // They end what hangs, and measure nothing: a busy machine takes five times as long, and a test that starts the program four times is then past half a minute.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A second, which is usual, is too short for a browser beside everything else: what comes is waited for, what never comes fails all the same.
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
  },
})
