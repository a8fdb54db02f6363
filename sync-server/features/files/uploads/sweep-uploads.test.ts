import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStorage } from '../storage.ts';
import { sweepUploads, uploadLifeMs } from './sweep-uploads.ts';

test('sweeps what was given up and leaves what still moves', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'growth-os-sweep-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const storage = { ...openStorage({ config: { FILES_DIR: folder } }), staging: folder };
  const now = new Date('2026-11-22T10:00:00Z');
  const touched = async (name: string, ageMs: number) => {
    const at = new Date(now.getTime() - ageMs);
    await writeFile(join(folder, name), 'x');
    await utimes(join(folder, name), at, at);
  };
  await touched('given-up', uploadLifeMs + 1000);
  await touched('given-up.json', uploadLifeMs + 1000);
  await touched('moving', 1000);
  expect(await sweepUploads(storage, now)).toBe(2);
  expect(await readdir(folder)).toEqual(['moving']);
});

test('there is nothing to sweep before the first upload', async () => {
  expect(
    await sweepUploads(openStorage({ config: { FILES_DIR: join(tmpdir(), 'growth-os-never-made') } }), new Date()),
  ).toBe(0);
});
