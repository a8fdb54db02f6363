import { bucketRules } from '#contract/rules/files.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Pool } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { setFileStatus } from './file-row.ts';
import { lockIfUnused, unnamed } from './file-uses.ts';
import { objectKey } from './object-store.ts';
import type { Storage } from './storage.ts';

/** What one sweep found. */
export type Swept = { unfinished: number; unused: number; forgotten: number; orphans: number };

/** How long replicas are told that a file is gone (workflows 4.3), and how long a deleted record still names its files. */
const tombstoneAge = "interval '90 days'";
/** Bytes lie for a moment before their row says `ready`, and a clock may be wrong by hours. */
const youngMs = 24 * 3600 * 1000;
const batch = 500;

/**
 * Clears away what nobody will ask for again: rows whose bytes never came, files that no record names, rows of files long gone,
 * and bytes without a row. Each step is safe to repeat and to break off.
 */
export async function sweepFiles(deps: Deps, storage: Storage): Promise<Swept> {
  const now = deps.clock.now();
  const swept: Swept = { unfinished: 0, unused: 0, forgotten: 0, orphans: 0 };
  for (const [bucket, { unusedHours }] of Object.entries(bucketRules)) {
    const before = new Date(now.getTime() - unusedHours * 3600 * 1000);
    swept.unfinished += await dropUnfinished(deps.server, bucket, before);
    swept.unused += await dropUnused(deps, storage, bucket, before);
  }
  swept.forgotten = await forgetGone(deps.server, now);
  swept.orphans = await dropOrphans(deps, storage, now);
  return swept;
}

/** Announced and never brought, or brought and refused: the device is told that the file is gone. */
async function dropUnfinished(server: Pool, bucket: string, before: Date): Promise<number> {
  const { rowCount } = await server.query(
    `update files set status = 'deleted'
     where bucket = $1 and status in ('local', 'uploading', 'quarantined') and updated_at < $2`,
    [bucket, before],
  );
  return rowCount ?? 0;
}

/** Each file is asked again under its lock: a record may have named it a moment ago. */
async function dropUnused({ server }: Deps, storage: Storage, bucket: string, before: Date): Promise<number> {
  const isUnnamed = await asServer(server, (tx) => unnamed(tx, tombstoneAge));
  let dropped = 0;
  for (;;) {
    const { rows } = await server.query<{ id: string }>(
      `select f.id from files f where f.bucket = $1 and f.status = 'ready' and f.updated_at < $2 and ${isUnnamed}
       order by f.id limit ${batch}`,
      [bucket, before],
    );
    let gone = 0;
    for (const { id } of rows) {
      const isGone = await asServer(
        server,
        async (tx) => (await lockIfUnused(tx, id, tombstoneAge)) && setFileStatus(tx, id, 'deleted'),
      );
      if (!isGone) continue;
      await storage.objects.remove(objectKey(bucket, id));
      gone += 1;
    }
    dropped += gone;
    if (rows.length < batch || gone === 0) return dropped;
  }
}

/** Every device has heard by now; the row becomes a tombstone and goes with the others. */
async function forgetGone(server: Pool, now: Date): Promise<number> {
  const { rowCount } = await server.query(
    `update files set is_deleted = true where status = 'deleted' and not is_deleted and updated_at < $1::timestamptz - ${tombstoneAge}`,
    [now],
  );
  return rowCount ?? 0;
}

/** Bytes whose row is gone or never came: a process died between the two. */
async function dropOrphans({ server }: Deps, { objects }: Storage, now: Date): Promise<number> {
  let dropped = 0;
  let keys: string[] = [];
  const flush = async (): Promise<void> => {
    const ids = keys.map((key) => key.split('/').at(-1)!);
    const { rows } = await server.query<{ id: string }>(
      "select id from files where id = any ($1::uuid[]) and status <> 'deleted' and not is_deleted",
      [ids],
    );
    const kept = new Set(rows.map(({ id }) => id));
    for (const key of keys.filter((_, at) => !kept.has(ids[at]!))) {
      await objects.remove(key);
      dropped += 1;
    }
    keys = [];
  };
  for await (const { key, modified } of objects.list('objects/')) {
    if (!isObjectKey(key) || now.getTime() - modified.getTime() < youngMs) continue;
    if (keys.push(key) >= batch) await flush();
  }
  await flush();
  return dropped;
}

/** Only what we put there ourselves is ours to remove. */
const isObjectKey = (key: string): boolean => {
  const [, bucket, , id, ...more] = key.split('/');
  return more.length === 0 && /^[0-9a-f-]{36}$/.test(id ?? '') && key === objectKey(bucket!, id!);
};
