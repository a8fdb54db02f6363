import { readFileSync } from 'node:fs';

/** What a part of the test run adds to the last line. */
export type Tally = { passed: number; failed: number };

export const add = (a: Tally, b: Tally): Tally => ({ passed: a.passed + b.passed, failed: a.failed + b.failed });

/** One gate is one check. */
export const tallyGate = (isGreen: boolean): Tally => ({ passed: isGreen ? 1 : 0, failed: isGreen ? 0 : 1 });

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
};

/** A file that could not be loaded counts as one failure, and so do skipped tests: they hide what they do not check. */
export function tallyVitest(report: VitestReport): Tally {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numPendingTests + report.numTodoTests + unloaded,
  };
}

type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
};

/** A flaky test is a failed one. */
export function tallyPlaywright({ stats, errors }: PlaywrightReport): Tally {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length };
}

/**
 * Reads a reporter's file. A run that ended badly without naming a failure (a crash, an unhandled error, no file at all) is
 * one failure: red must never add up to green.
 */
export function tallyFile<Report>(file: string, exitCode: number, count: (report: Report) => Tally): Tally {
  let tally: Tally;
  try {
    tally = count(JSON.parse(readFileSync(file, 'utf8')) as Report);
  } catch {
    // No report: the run did not get far enough to write one.
    return { passed: 0, failed: 1 };
  }
  if (exitCode !== 0 && tally.failed === 0) return { ...tally, failed: 1 };
  return tally;
}
