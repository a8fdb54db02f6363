import { v7 as uuidv7 } from 'uuid';
import type { Pool } from '../../../sync-server/db/sql.ts';
import { noteText } from './documents.ts';

/** Rows per statement. */
const pageSize = 5000;

/** Writes a person's notes number `from` to `to` past every device, as if they had always been there. */
export async function writeNotes(server: Pool, userId: string, from: number, to: number): Promise<void> {
  const { rows: lessons } = await server.query<{ id: string }>('select id from available_lessons order by id');
  for (let start = from; start < to; start += pageSize) {
    const page = Array.from({ length: Math.min(pageSize, to - start) }, (_, at) => ({
      id: uuidv7(),
      lesson: lessons[(start + at) % lessons.length]!.id,
      ...noteText(start + at),
    }));
    await server.query(
      `insert into lesson_notes (id, user_id, lesson_id, at_seconds, body, client_at)
       select id, $1, lesson_id, at_seconds, body, now()
       from unnest($2::uuid[], $3::uuid[], $4::float8[], $5::text[]) as note (id, lesson_id, at_seconds, body)`,
      [
        userId,
        page.map(({ id }) => id),
        page.map(({ lesson }) => lesson),
        page.map(({ at_seconds }) => at_seconds),
        page.map(({ body }) => body),
      ],
    );
  }
  // As autovacuum leaves it a minute later.
  await server.query('vacuum analyze lesson_notes');
  await server.query('vacuum analyze sync_rows');
}
