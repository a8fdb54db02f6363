import { at } from '#contract/rules/dates.ts';
import { lessonNotes } from '#contract/tables/learning.ts';
import type { Tx } from '../../db/sql.ts';
import { defineSync, type GuardAnswer, type PushContext } from '../../sync/define-sync.ts';

type Note = { user_id: string; body: string; client_at: string | null; v: string };
type Write = { set: Record<string, unknown>; deleted: boolean };

/** Private notes: the newest edit wins, and the text that loses stays as a note of its own beside it. */
export const lessonNotesSync = defineSync(lessonNotes, {
  guard: async ({ tx, actor }, { before, set }) => {
    if (actor.role === 'enrollment_manager') return 'not_allowed';
    if (before) return before['user_id'] === actor.id ? 'allowed' : 'not_allowed';
    if (set['user_id'] !== actor.id) return 'not_allowed';
    const lesson = await tx.query('select from available_lessons where id = $1', [set['lesson_id']]);
    return lesson.rowCount ? 'allowed' : 'not_allowed';
  },
  plainInserts: async ({ tx, actor }, given) => {
    if (actor.role === 'enrollment_manager') return null;
    // A copy looks for its original, one by one.
    if (given.some(({ set }) => set['user_id'] !== actor.id || (set['copy_of'] ?? null) !== null)) return null;
    const lessons = [...new Set(given.map(({ set }) => set['lesson_id']))];
    const known = await tx.query({
      name: 'lessons-to-note',
      text: 'select from available_lessons where id = any($1)',
      values: [lessons],
    });
    if (known.rowCount !== lessons.length) return null;
    return given.map(({ set: { user_id, lesson_id, at_seconds = null, body } }) => ({
      user_id,
      lesson_id,
      at_seconds,
      body,
    }));
  },
  plainChanges: async ({ actor }, given) =>
    actor.role !== 'enrollment_manager' && given.every(({ before }) => before['user_id'] === actor.id),
  write: async (context, write) => {
    const { rows } = await context.tx.query<Note>(
      'select user_id, body, client_at, v from lesson_notes where id = $1 for update',
      [context.op.id],
    );
    return rows[0] ? change(context, rows[0], write) : insert(context, write);
  },
});

async function insert({ tx, op, deviceId, now }: PushContext, { set, deleted }: Write): Promise<GuardAnswer> {
  // Deleting what is already gone is done.
  if (deleted) return 'allowed';
  // The original of a copy may be gone by now; the copy is worth keeping all the same.
  const { rowCount } = await tx.query(
    `insert into lesson_notes (id, user_id, lesson_id, at_seconds, body, copy_of, v, client_at, origin_device_id)
     values ($1, $2, $3, $4, $5, (select id from lesson_notes where id = $6), $7, $8, $9) on conflict (id) do nothing`,
    [
      op.id,
      set['user_id'],
      set['lesson_id'],
      set['at_seconds'] ?? null,
      set['body'],
      set['copy_of'] ?? null,
      op.op,
      believed(op.client_at, now),
      deviceId,
    ],
  );
  return rowCount ? 'allowed' : 'stale';
}

async function change(
  { tx, op, deps, deviceId, now }: PushContext,
  stored: Note,
  { set, deleted }: Write,
): Promise<GuardAnswer> {
  const writtenAt = believed(op.client_at, now);
  const others = op.base !== stored.v;
  // A device's own edits follow each other, whatever its clock says.
  const isLater = !others || stored.client_at === null || at(writtenAt) >= at(stored.client_at);
  const isOlder = !isLater && !(await isOwnLast(tx, deps.serverKey, op.id, deviceId));
  if (deleted) {
    if (isOlder) return 'allowed';
    await tx.query(
      'update lesson_notes set is_deleted = true, v = $2, client_at = $3, origin_device_id = $4 where id = $1',
      [op.id, op.op, writtenAt, deviceId],
    );
    return 'allowed';
  }
  const body = (set['body'] as string | undefined) ?? stored.body;
  if (others && body !== stored.body) {
    const loser = isOlder ? { body, at: writtenAt } : { body: stored.body, at: stored.client_at ?? now.toISOString() };
    await tx.query('select server_copy_note($1, $2, $3, $4)', [deps.serverKey, op.id, loser.body, loser.at]);
  }
  if (isOlder) return 'allowed';
  await tx.query(
    `update lesson_notes set body = $2, at_seconds = case when $3 then $4::float8 else at_seconds end,
       is_deleted = false, v = $5, client_at = $6, origin_device_id = $7 where id = $1`,
    [op.id, body, 'at_seconds' in set, set['at_seconds'] ?? null, op.op, writtenAt, deviceId],
  );
  return 'allowed';
}

/** Whether this device itself wrote the note last; false where devices are not known. */
async function isOwnLast(tx: Tx, key: string, note: string, deviceId: string | null): Promise<boolean> {
  if (deviceId === null) return false;
  const { rows } = await tx.query<{ writer: string | null }>('select server_note_writer($1, $2) as writer', [
    key,
    note,
  ]);
  return rows[0]?.writer === deviceId;
}

/** A device's clock is believed about the past, never about the future. */
const believed = (clientAt: string, now: Date): string =>
  at(clientAt) <= now.getTime() ? clientAt : now.toISOString();
