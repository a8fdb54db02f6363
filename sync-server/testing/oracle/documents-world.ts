import { randomUUID } from 'node:crypto';
import type { Pool } from '../../db/sql.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import type { Dice, World } from './world.ts';

/** A certificate's paper, an answer's file now and then brought by somebody else, and resources that become files. */
export async function addDocuments(db: Pool, dice: Dice, world: World): Promise<void> {
  const { rows: certificates } = await db.query<{ id: string }>('select id from certificates');
  for (const { id } of certificates)
    await addPaper(db, { owner_id: null, linked_table: 'certificates', linked_id: id });
  const { rows: answers } = await db.query<{ id: string; user_id: string }>(
    'select id, user_id from onboarding_responses',
  );
  for (const { id, user_id } of answers) {
    const owner_id = dice.chance(0.8) ? user_id : dice.pick(world.students).id;
    const file = await addPaper(db, { owner_id });
    await db.query("update onboarding_responses set file_id = $2, answer_type = 'file' where id = $1", [id, file]);
  }
  const { rows: resources } = await db.query<{ id: string }>('select id from resources');
  for (const { id } of resources) {
    const file = await addPaper(db, {
      bucket: 'attachments',
      owner_id: null,
      linked_table: 'resources',
      linked_id: id,
    });
    if (dice.chance(0.8))
      await db.query(
        `update resources set content_type = 'file', content = jsonb_build_object('file_id', $2::text, 'file_name', 'a', 'mime', 'b', 'bytes', 1) where id = $1`,
        [id, file],
      );
  }
}

const addPaper = (db: Pool, row: Record<string, string | null>): Promise<string> =>
  insertRow(db, 'files', {
    id: randomUUID(),
    bucket: 'student-documents',
    path: randomUUID(),
    original_name: 'paper.pdf',
    mime: 'application/pdf',
    bytes: 1,
    sha256: '0'.repeat(64),
    status: 'ready',
    ...row,
  });

const anyRow = (table: string) => `(select id from ${table} order by md5(id::text || $1) limit 1)`;
const toggle = (table: string) => async (db: Pool, dice: Dice) =>
  void (await db.query(`update ${table} set is_deleted = not is_deleted where id = ${anyRow(table)}`, [
    String(dice.int(1_000_000)),
  ]));

/** What takes papers out of somebody's sight and brings them back. */
export const documentChanges: Record<string, (db: Pool, dice: Dice) => Promise<void>> = {
  'certificate deleted': toggle('certificates'),
  'resource deleted': toggle('resources'),
  'file of a resource replaced': async (db, dice) =>
    void (await db.query(
      `update resources set content = content || jsonb_build_object('file_id', $2::text) where content_type = 'file' and id = ${anyRow('resources')}`,
      [String(dice.int(1_000_000)), randomUUID()],
    )),
};
