import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    // Files of one worker share what they import: a third of the whole time was reading the product again for each. No test may leave a global changed.
    isolate: false,
    include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'scenarios/**/*.test.ts', 'ops/**/*.test.ts', 'e2e/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
