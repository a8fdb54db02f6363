import type { Actor } from '#contract/roles.ts';
import { isRestricted, type AccessCause } from '#contract/rules/access.ts';
import { filePlaces, placeOf, type FoundPlace } from '#contract/rules/file-places.ts';
import { publicBucket } from '#contract/api/files.ts';
import type { User } from '#contract/tables/people.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
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
  name: Pick<ObjectName, 'bucket' | 'path'>,
): Promise<FileFacts | null> {
  if (isOfStranger(actor, name)) return null;
  return asActor(
    deps.people,
    actor,
    async (tx) => {
      const file = await findFile(tx, name);
      if (!file || file.status !== 'ready') return null;
      return file.bucket === publicBucket || (await mayRead(deps, tx, actor, file)) ? file : null;
    },
    { claims: { session_id: sessionId } },
  );
}

/**
 * Another student's folder, asked for by a student: nothing in it is ever theirs to read. Told from the path alone, so that the
 * answer takes as long whether the file is there or not. Pictures are shown to more people and have no names worth guessing.
 */
function isOfStranger(actor: Actor, { bucket, path }: Pick<ObjectName, 'bucket' | 'path'>): boolean {
  const found = placeOf(bucket, path.split('/').slice(0, -1));
  if (actor.role !== 'student' || !found?.person || found.name === 'avatar') return false;
  return found.person !== actor.id;
}

/** A file everybody may read, signed in or not; null for any other. */
export async function findPublic(
  { server }: Deps,
  name: Pick<ObjectName, 'bucket' | 'path'>,
): Promise<FileFacts | null> {
  if (name.bucket !== publicBucket) return null;
  const file = await asServer(server, (tx) => findFile(tx, name));
  return file?.status === 'ready' ? file : null;
}

/** The row was found under row-level security, so somebody else's is there because a view of `files` shows it to this person. */
async function mayRead(deps: Deps, tx: Tx, actor: Actor, file: FileFacts): Promise<boolean> {
  const found = placeOf(file.bucket, file.path.split('/').slice(0, -1));
  if (!found) return false;
  if (found.place.closedWhenRestricted && (await isLimited(tx, actor))) return false;
  const isOwn = file.owner_id === actor.id;
  switch (found.name) {
    case 'work':
      return isOwn || isOfVisibleSubmission(tx, file);
    case 'lesson':
      return isOfLesson(tx, actor, file, isOwn);
    case 'avatar':
      return isOwn || isOfVisiblePerson(tx, file);
    default:
      return !isOwn || isStillOwn(deps, tx, found, file);
  }
}

/** An own file is readable with the record it hangs on; while that is still to come, or where it hangs on nothing, as it is. */
async function isStillOwn({ server }: Deps, tx: Tx, { place }: FoundPlace, file: FileFacts): Promise<boolean> {
  // The name comes from the list of places in this program, never from a row.
  const table = place.linksTo.find((name) => name === file.linked_table);
  if (!table) return file.linked_id === null;
  const { rowCount: seen } = await tx.query(`select from ${table} where id = $1 and not is_deleted`, [file.linked_id]);
  if (seen) return true;
  const { rowCount: exists } = await server.query(`select from ${table} where id = $1`, [file.linked_id]);
  return exists === 0;
}

/** A reviewer reads what was handed in: the submission must be visible to him and really name the file. */
async function isOfVisibleSubmission(tx: Tx, file: FileFacts): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from submissions where student_id = $1 and $2 = any (file_ids) and not is_deleted limit 1',
    [file.owner_id, file.id],
  );
  return rowCount === 1;
}

/** An attachment is read with its lesson; until a lesson names it, by whoever brought it. */
async function isOfLesson(tx: Tx, actor: Actor, file: FileFacts, isOwn: boolean): Promise<boolean> {
  const { rows } = await tx.query<{ lesson_id: string }>(
    'select lesson_id from recording_attachments where file_id = $1 and not is_deleted',
    [file.id],
  );
  if (rows.length === 0) return isOwn && file.linked_table !== 'recording_attachments';
  for (const { lesson_id } of rows) if ((await findLessonRight(tx, actor, lesson_id)) === 'open') return true;
  return false;
}

/** A picture is seen by whoever sees the person. */
async function isOfVisiblePerson(tx: Tx, file: FileFacts): Promise<boolean> {
  for (const table of filePlaces.avatar.linksTo) {
    const { rowCount } = await tx.query(`select from ${table} where avatar_file_id = $1 and not is_deleted limit 1`, [
      file.id,
    ]);
    if (rowCount) return true;
  }
  return false;
}

/** A limited account keeps its own work, tickets, messages and bills; what teaches is closed to it. */
async function isLimited(tx: Tx, actor: Actor): Promise<boolean> {
  if (actor.role !== 'student') return false;
  const { rows } = await tx.query<{
    lms_status: User['lms_status'];
    lms_status_reason: AccessCause | null;
    fees_cleared: boolean;
  }>(
    'select u.lms_status, u.lms_status_reason, s.fees_cleared from users u join students s on s.id = u.id where u.id = $1',
    [actor.id],
  );
  return !rows[0] || rows[0].lms_status === 'inactive' || isRestricted(rows[0]);
}
