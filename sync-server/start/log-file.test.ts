import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { openLogFile } from './log-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'log-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('lines are added to what is there, for their owner alone', () => {
  const file = path.join(folder, 'server.log');
  const said: string[] = [];
  for (const words of ['first', 'second'])
    pino(
      {},
      openLogFile(file, (line) => said.push(line)),
    ).info(words);
  expect(readFileSync(file, 'utf8')).toMatch(/"first".*\n.*"second"/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(said).toEqual([]);
});

test.runIf(process.platform === 'linux')('a full disk is told once, and ends nothing', () => {
  const said: string[] = [];
  const log = pino(
    {},
    openLogFile('/dev/full', (line) => said.push(line)),
  );
  log.info('first');
  log.info('second');
  expect(said).toEqual([
    '/dev/full cannot be written: ENOSPC: no space left on device, write. What would stand in it is lost.',
  ]);
});
