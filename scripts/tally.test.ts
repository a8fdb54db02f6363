import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { tallyFile, tallyPlaywright, tallyVitest } from './tally.ts';

const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test('skipped tests and files that do not load are failures', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{ status: 'failed' }] },
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
  ];
  expect(tallyVitest({ ...report, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults })).toEqual({
    passed: 5,
    failed: 5,
  });
});

test('a flaky journey is a failed one', () => {
  const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 1 };
  expect(tallyPlaywright({ stats, errors: ['no tests found'] })).toEqual({ passed: 3, failed: 4 });
});

describe('a run is never greener than its exit code', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tally-'));
  const file = path.join(folder, 'report.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('no report', () =>
    expect(tallyFile(path.join(folder, 'none.json'), 0, tallyVitest)).toEqual({ passed: 0, failed: 1 }));

  test('a crash after the last test', () => {
    writeFileSync(file, JSON.stringify(report));
    expect(tallyFile(file, 1, tallyVitest)).toEqual({ passed: 5, failed: 1 });
    expect(tallyFile(file, 0, tallyVitest)).toEqual({ passed: 5, failed: 0 });
  });
});
