import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { e2eIds, seedE2e } from './e2e.ts';

let database: TestDatabase;
let filesDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  filesDir = await mkdtemp(path.join(tmpdir(), 'growth-os-seed-'));
  await seedE2e(database.server, { password: 'a password for tests', filesDir });
});
afterAll(async () => {
  await database.drop();
  await rm(filesDir, { recursive: true, force: true });
});

it('opens the first lesson of both courses and nothing else', async () => {
  const { rows } = await database.server.query<{ lesson_id: string; is_unlocked: boolean; reason: string }>(
    'select lesson_id, is_unlocked, reason from user_unlocks where user_id = $1',
    [e2eIds.ayesha],
  );
  const state = Object.fromEntries(rows.map((row) => [row.lesson_id, row.reason]));
  expect(state).toEqual({
    [e2eIds.l1]: 'first_lesson',
    [e2eIds.l2]: 'previous_lesson_not_watched',
    [e2eIds.l3]: 'previous_lesson_not_watched',
    [e2eIds.k1]: 'first_lesson',
  });
  expect(rows.filter((row) => row.is_unlocked).length).toBe(2);
});

it('stores a playable recording under every lesson', async () => {
  const { rows } = await database.server.query<{ id: string; status: string; bytes: number }>(
    `select m.id, f.status, f.bytes from lesson_media m join files f on f.id = m.file_id
     join available_lessons l on l.id = m.id and l.has_media`,
  );
  expect(rows.map((row) => row.id).toSorted()).toEqual([e2eIds.l1, e2eIds.l2, e2eIds.l3, e2eIds.k1].toSorted());
  expect(rows.every((row) => row.status === 'ready' && row.bytes > 100_000)).toBe(true);
});
