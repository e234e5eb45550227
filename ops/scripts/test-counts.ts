// What a run of vitest counted, from its JSON report.

export type Counts = { passed: number; failed: number; skipped: number }

export const nothingCounted: Counts = { passed: 0, failed: 0, skipped: 0 }

type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests?: number; success: boolean }

/** `exitCode` is the runner's: where it failed without a failed test (a file that did not load, no report at all) one failure is counted. */
export function countsOf(readReport: () => string, exitCode: number): Counts {
  let report: Report | undefined
  try {
    report = JSON.parse(readReport()) as Report
  } catch {
    return { ...nothingCounted, failed: 1 }
  }
  const failed = report.numFailedTests === 0 && (exitCode !== 0 || !report.success) ? 1 : report.numFailedTests
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + (report.numTodoTests ?? 0) }
}

export const sumOf = (counts: readonly Counts[]): Counts =>
  counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }), nothingCounted)

/** "12 passed, 0 failed" and, where there are some, ", 3 skipped". */
export const spokenCounts = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
