import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetAcademy, openDataFolder } from './data-folder.ts';

let parent: string;
beforeEach(() => (parent = mkdtempSync(path.join(tmpdir(), 'data-folder-'))));
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('a missing folder is made for its owner alone', () => {
  const folder = openDataFolder(path.join(parent, 'a/b'));
  expect(statSync(folder.root).mode & 0o777).toBe(0o700);
});

test('a second copy is refused while the first runs, and welcome afterwards', () => {
  const first = openDataFolder(parent);
  expect(first.wasCutOff).toBe(false);
  expect(() => openDataFolder(parent)).toThrow(`already runs with the data folder ${parent} (process ${process.pid})`);
  first.unlock();
  openDataFolder(parent).unlock();
  expect(existsSync(path.join(parent, 'lock'))).toBe(false);
});

test('the lock of a killed process holds nobody up', async () => {
  const owner = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `const { openDataFolder } = await import(${JSON.stringify(path.join(import.meta.dirname, 'data-folder.ts'))});
     openDataFolder(${JSON.stringify(parent)});
     console.log('held');
     setInterval(() => {}, 1000);`,
  ]);
  await once(owner.stdout, 'data');
  expect(() => openDataFolder(parent)).toThrow(`(process ${owner.pid})`);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const next = openDataFolder(parent);
  expect(next.wasCutOff).toBe(true);
  next.unlock();
  expect(openDataFolder(parent).wasCutOff).toBe(false);
});

test('a lock that names another program’s number holds nobody up', () => {
  writeFileSync(path.join(parent, 'lock'), JSON.stringify({ pid: process.ppid, began: 'another boot' }));
  openDataFolder(parent).unlock();
});

test('a folder that cannot be made is named', () => {
  writeFileSync(path.join(parent, 'file'), '');
  expect(() => openDataFolder(path.join(parent, 'file/data'))).toThrow(
    /The data folder .*file\/data cannot be written \(ENOTDIR\)/,
  );
});

test.runIf(process.platform === 'linux')('a place where nothing can be made is named, too', () => {
  expect(() => openDataFolder('/proc/growth-os/data')).toThrow(/cannot be written \(ENOENT\)/);
});

test('forgetting an academy leaves what is not ours', () => {
  const folder = openDataFolder(parent);
  for (const name of ['postgres', 'files', 'photos']) mkdirSync(path.join(parent, name));
  writeFileSync(folder.accounts, '[]');
  forgetAcademy(folder);
  expect([folder.accounts, folder.postgres, folder.files].some(existsSync)).toBe(false);
  expect(existsSync(path.join(parent, 'photos'))).toBe(true);
  folder.unlock();
});
