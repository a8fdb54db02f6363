import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Deps } from '../../../deps.ts';
import { openStorage } from '../storage.ts';
import { newUploadId } from './upload-id.ts';
import { waitForRows } from './waiting-uploads.ts';

/** A staging folder as a killed process left it. */
async function stagingFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'growth-os-staging-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const owner = randomUUID();
  const note = async (size: number) => {
    const fileId = randomUUID();
    const id = newUploadId({ owner, fileId });
    const metadata = { bucketName: 'student-documents', objectName: `${owner}/x/${fileId}.pdf`, fileId };
    await writeFile(join(folder, `${id}.json`), JSON.stringify({ id, size, offset: size, metadata }));
    return { fileId, path: join(folder, id) };
  };
  return { folder, note };
}

test('an upload that vanishes while the folder is read keeps no other from being found again', async () => {
  const { folder, note } = await stagingFolder();
  // In the listing and not on the disk, as a file is that another process settles in between.
  for (const name of ['one', 'two']) await symlink(join(folder, 'nowhere', name), (await note(4)).path);
  const whole = await note(4);
  await writeFile(whole.path, 'four');
  const cut = await note(4);
  await writeFile(cut.path, 'fou');
  expect(await readdir(folder)).toHaveLength(8);

  const query = vi.fn<(text: string, values: [string[]]) => Promise<{ rows: object[] }>>(async () => ({ rows: [] }));
  const warn = vi.fn();
  const deps = { server: { query }, log: { warn, info: warn } } as unknown as Deps;
  const waiting = waitForRows(deps, { ...openStorage({ config: { FILES_DIR: folder } }), staging: folder });
  onTestFinished(() => waiting.close());
  await expect.poll(() => query.mock.calls[0]?.[1], { timeout: 10_000 }).toEqual([[whole.fileId]]);
  expect(warn).not.toHaveBeenCalled();
});
