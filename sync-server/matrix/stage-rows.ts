import { randomUUID } from 'node:crypto';
import type { Pool } from '../db/sql.ts';
import { insertRow, type NewRow } from '../seed/insert-rows.ts';
import type { World } from '../testing/oracle/world.ts';
import { createCourse, createLesson, createModule, createPathway } from '../testing/people.ts';

/** What the random academy may lack on one side of a condition: things published and not, pictures of everybody, files of staff. */
export async function addStageRows(db: Pool, { people, courses }: World): Promise<void> {
  const hidden = await createCourse(db, { is_published: false, title: 'Not announced yet' });
  await createLesson(db, await createModule(db, hidden));
  await createPathway(db, courses.slice(0, 2), { is_published: true });
  await createPathway(db, [hidden], { is_published: false });
  for (const { id } of people) await insertRow(db, 'files', portrait(id));
  await db.query('insert into notification_settings (user_id) select id from users');
}

const portrait = (owner_id: string): NewRow => ({
  bucket: 'attachments',
  owner_id,
  path: `avatars/${owner_id}/${randomUUID()}.png`,
  original_name: 'me.png',
  mime: 'image/png',
  bytes: 100,
  sha256: '0'.repeat(64),
  status: 'ready',
  linked_table: 'users',
  linked_id: owner_id,
});
