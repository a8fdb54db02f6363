import { rm } from 'node:fs/promises';
import type { Deps } from '../../../deps.ts';
import { objectKey } from '../object-store.ts';
import type { Storage } from '../storage.ts';
import type { StagedUpload } from './staged-upload.ts';

/**
 * Makes the object of checked bytes. Where the same person already has the same bytes in this bucket they are not kept twice
 * (workflows 3.36): a disk gives them a second name, S3 copies them on its side. Only one's own: whether somebody else has the
 * same file is nobody's to learn, not even by how long it takes.
 */
export async function storeBytes(
  { server, log }: Deps,
  { objects }: Storage,
  { owner, name, file }: StagedUpload,
  { id, sha256 }: { id: string; sha256: string },
): Promise<void> {
  const key = objectKey(name.bucket, id);
  const { rows } = await server.query<{ id: string }>(
    `select id from files
     where owner_id = $1 and bucket = $2 and sha256 = $3 and status = 'ready' and id <> $4 order by id limit 1`,
    [owner, name.bucket, sha256, id],
  );
  const twin = rows[0] && objectKey(name.bucket, rows[0].id);
  const isDone = twin !== undefined && (await objects.size(twin)) !== null && (await copyOver(twin));
  if (isDone) await rm(file, { force: true });
  else await objects.put(key, file);

  async function copyOver(from: string): Promise<boolean> {
    try {
      await objects.copy(from, key);
      return true;
    } catch (error) {
      // The twin went a moment ago, or a try that broke off left an object here: `put` takes its place.
      log.debug({ err: error }, 'a twin could not be copied');
      return false;
    }
  }
}
