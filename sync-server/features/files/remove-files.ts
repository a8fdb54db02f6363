import type { Actor } from '#contract/roles.ts';
import { mayBring } from '#contract/rules/file-places.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { findFile, setFileStatus, type FileFacts } from './file-row.ts';
import { lockIfUnused } from './file-uses.ts';
import { placeOfObject, type ObjectName } from './object-name.ts';
import { objectKey } from './object-store.ts';
import type { Storage } from './storage.ts';

/**
 * Deletes own files that nothing names: a picked file the student took back before handing in. What belongs to an attempt, a
 * ticket or any other record, whatever its status, stays. Answers what was really removed; names that may not be removed are
 * left out, as Supabase does.
 */
export async function removeFiles(
  deps: Deps,
  storage: Storage,
  actor: Actor,
  names: ObjectName[],
): Promise<FileFacts[]> {
  const removed: FileFacts[] = [];
  for (const name of names) {
    const place = placeOfObject(name);
    if (!place || !mayBring(place, actor)) continue;
    const file = await asActor(deps.people, actor, (tx) => findFile(tx, name));
    if (!file || file.owner_id !== actor.id) continue;
    const isFree = await asServer(
      deps.server,
      async (tx) => (await lockIfUnused(tx, file.id)) && setFileStatus(tx, file.id, 'deleted'),
    );
    if (!isFree) continue;
    await storage.objects.remove(objectKey(file.bucket, file.id));
    removed.push(file);
  }
  return removed;
}
