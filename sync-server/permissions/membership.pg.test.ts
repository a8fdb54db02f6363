import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pool, PoolClient } from '../db/sql.ts';
import { coverCourse, createCompany, createCourse, createPerson, enrol } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createCompany(database.server);
});
afterAll(() => database.drop());

const holds = async (user: string, scope: string): Promise<boolean> =>
  (
    await database.server.query('select from sync_members where user_id = $1 and scope = $2 and lost is null', [
      user,
      scope,
    ])
  ).rowCount === 1;

/** Makers of rows take a pool; here they work inside a transaction. */
const inside = (client: PoolClient): Pool => client as unknown as Pool;

/** Runs two transactions so that the second writes before the first has ended. */
async function overlap(
  first: (client: PoolClient) => Promise<unknown>,
  second: (client: PoolClient) => Promise<unknown>,
): Promise<void> {
  const [one, two] = [await database.server.connect(), await database.server.connect()];
  try {
    await one.query('begin');
    await first(one);
    await two.query('begin');
    const waiting = second(two);
    await expect
      .poll(async () => {
        const { rows } = await database.server.query<{ waits: boolean }>(
          `select wait_event_type = 'Lock' as waits from pg_stat_activity where pid = $1`,
          [(two as unknown as { processID: number }).processID],
        );
        return rows[0]?.waits;
      })
      .toBe(true);
    await one.query('commit');
    await waiting;
    await two.query('commit');
  } finally {
    one.release();
    two.release();
  }
}

test('a mentor who begins to cover a course while a student enrols in it meets the student', async () => {
  const db = database.server;
  const [mentor, student, course] = [
    await createPerson(db, 'mentor'),
    await createPerson(db, 'student'),
    await createCourse(db),
  ];
  await overlap(
    (client) => enrol(inside(client), student.id, { course_id: course }),
    (client) => coverCourse(inside(client), mentor.id, course),
  );
  expect(await holds(mentor.id, `sm:${student.id}`)).toBe(true);
});

test('a student who enrols while the mentor is shut out is not left in his scope', async () => {
  const db = database.server;
  const [mentor, student, course] = [
    await createPerson(db, 'mentor'),
    await createPerson(db, 'student'),
    await createCourse(db),
  ];
  await coverCourse(db, mentor.id, course);
  await overlap(
    (client) => enrol(inside(client), student.id, { course_id: course }),
    (client) => client.query('update users set login_blocked = true where id = $1', [mentor.id]),
  );
  expect(await holds(mentor.id, `sm:${student.id}`)).toBe(false);
  await db.query('update users set login_blocked = false where id = $1', [mentor.id]);
  expect(await holds(mentor.id, `sm:${student.id}`)).toBe(true);
});

test('two students of one mentor enrol at once without waiting for each other', async () => {
  const db = database.server;
  const [mentor, a, b, course] = [
    await createPerson(db, 'mentor'),
    await createPerson(db, 'student'),
    await createPerson(db, 'student'),
    await createCourse(db),
  ];
  await coverCourse(db, mentor.id, course);
  const [one, two] = [await db.connect(), await db.connect()];
  try {
    await one.query('begin');
    await two.query("begin; set local lock_timeout = '2s'");
    await enrol(inside(one), a.id, { course_id: course });
    await enrol(inside(two), b.id, { course_id: course });
    await two.query('commit');
    await one.query('commit');
  } finally {
    one.release();
    two.release();
  }
  expect([await holds(mentor.id, `sm:${a.id}`), await holds(mentor.id, `sm:${b.id}`)]).toEqual([true, true]);
});
