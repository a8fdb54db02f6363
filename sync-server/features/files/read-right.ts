import type { Actor } from '#contract/roles.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { findFile, type FileFacts } from './file-row.ts';
import { findLessonRight } from './lesson-right.ts';
import type { ObjectName } from './object-name.ts';

/** Who wants to read: the person and the session they do it in. */
export type Reader = { actor: Actor; sessionId: string };

/**
 * The stored file if this person may read it at this moment, else null: a file is exactly as readable as the record it
 * hangs on (data model §4). Every question is asked as the person, so row-level security answers it too.
 */
export async function findReadable(
  deps: Deps,
  { actor, sessionId }: Reader,
  name: ObjectName,
): Promise<FileFacts | null> {
  return asActor(
    deps.people,
    actor,
    async (tx) => {
      const file = await findFile(tx, name);
      if (!file || file.status !== 'ready') return null;
      return file.bucket === 'company-logos' || (await mayRead(tx, actor, file)) ? file : null;
    },
    { claims: { session_id: sessionId } },
  );
}

async function mayRead(tx: Tx, actor: Actor, file: FileFacts): Promise<boolean> {
  if (file.owner_id === actor.id && isOwnFolder(file)) return true;
  if (file.bucket === 'assignment-submissions') return isOfVisibleSubmission(tx, file);
  if (file.bucket === 'attachments')
    return (await isOfOpenLesson(tx, actor, file)) || (await isOfVisiblePerson(tx, file));
  return false;
}

/** What a person put among the attachments of a lesson belongs to the lesson; own work and own picture stay own. */
const isOwnFolder = ({ bucket, path }: FileFacts): boolean => bucket !== 'attachments' || path.startsWith('avatars/');

/** A reviewer reads what was handed in: the submission must be visible to him and really name the file. */
async function isOfVisibleSubmission(tx: Tx, file: FileFacts): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from submissions where student_id = $1 and $2 = any (file_ids) and not is_deleted limit 1',
    [file.owner_id, file.id],
  );
  return rowCount === 1;
}

async function isOfOpenLesson(tx: Tx, actor: Actor, file: FileFacts): Promise<boolean> {
  const { rows } = await tx.query<{ lesson_id: string }>(
    'select lesson_id from recording_attachments where file_id = $1 and not is_deleted',
    [file.id],
  );
  for (const { lesson_id } of rows) if ((await findLessonRight(tx, actor, lesson_id)) === 'open') return true;
  return false;
}

/** A picture is seen by whoever sees the person. */
async function isOfVisiblePerson(tx: Tx, file: FileFacts): Promise<boolean> {
  const { rowCount } = await tx.query('select from users where avatar_file_id = $1 and not is_deleted limit 1', [
    file.id,
  ]);
  if (rowCount) return true;
  const { rowCount: asMentor } = await tx.query(
    'select from mentors where avatar_file_id = $1 and not is_deleted limit 1',
    [file.id],
  );
  return asMentor === 1;
}
