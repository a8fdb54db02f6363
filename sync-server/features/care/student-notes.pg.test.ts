import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '#contract/roles.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createChain, openAcademy, outcome, type Academy, type Chain } from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
let manager: Person;
let admin: Person;
beforeAll(async () => {
  academy = await openAcademy();
  chain = await createChain(academy);
  manager = await createPerson(academy.database.server, 'enrollment_manager');
  admin = await createPerson(academy.database.server, 'admin', { full_name: 'Dua' });
  await academy.database.server.query('update users set created_by = $2 where id = $1', [chain.student.id, manager.id]);
});
afterAll(() => academy.database.drop());

const note = (author: Person, more: Record<string, unknown> = {}) => ({
  type: 'student_notes',
  id: uuidv7(),
  set: {
    student_id: chain.student.id,
    author_id: author.id,
    kind: 'note',
    body: 'Wants to switch to evenings',
    ...more,
  },
});
const write = async (author: Person, given: ReturnType<typeof note>) =>
  outcome((await academy.push(author, [given]))[0]);
const stored = (id: string) =>
  academy.rows<{ author_name: string; body: string }>('select author_name, body from student_notes where id = $1', [
    id,
  ]);

describe('a note about a student', () => {
  test.each(['mentor', 'enrollment_manager', 'admin'] as Role[])(
    'is written by the %s who looks after them',
    async (role) => {
      const author = { mentor: chain.mentor, enrollment_manager: manager, admin }[role as 'admin'];
      const given = note(author, { author_name: 'Somebody else' });
      expect(await write(author, given)).toBe('ok');
      expect(await stored(given.id)).toEqual([{ author_name: author.full_name, body: 'Wants to switch to evenings' }]);
    },
  );

  test('is refused to the student, to strangers of the team, and in the name of others', async () => {
    const { server } = academy.database;
    const strangers = await Promise.all([createPerson(server, 'mentor'), createPerson(server, 'enrollment_manager')]);
    for (const person of [chain.student, ...strangers]) expect(await write(person, note(person))).toBe('not_allowed');
    expect(await write(admin, note(chain.mentor))).toBe('not_allowed');
  });

  test('has words, and not too many', async () => {
    expect(await write(admin, note(admin, { body: '  ' }))).toBe('invalid');
    expect(await write(admin, note(admin, { body: 'x'.repeat(1001) }))).toBe('invalid');
    expect(await write(admin, note(admin, { kind: 'praise' }))).toBe('invalid');
  });

  test('is never edited or removed, not even by its author', async () => {
    const given = note(admin);
    await academy.push(admin, [given]);
    const [{ v }] = (await academy.rows<{ v: string }>('select v from student_notes where id = $1', [given.id])) as [
      { v: string },
    ];
    const change = { type: 'student_notes', id: given.id, base: v };
    expect(outcome((await academy.push(admin, [{ ...change, set: { body: 'Other' } }]))[0])).not.toBe('ok');
    expect(outcome((await academy.push(admin, [{ ...change, set: {}, deleted: true }]))[0])).toBe('not_allowed');
    expect((await stored(given.id))[0]!.body).toBe('Wants to switch to evenings');
  });
});

describe('an open at-risk flag', () => {
  const flag = async () =>
    (
      await academy.rows<{ id: string }>('insert into at_risk_flags (student_id) values ($1) returning id', [
        chain.student.id,
      ])
    )[0]!.id;
  const closedAs = async (id: string) =>
    (await academy.rows<{ closed_as: string | null }>('select closed_as from at_risk_flags where id = $1', [id]))[0]!
      .closed_as;

  test('is settled by a contact of the mentor, not by a note, and the trail says so', async () => {
    const id = await flag();
    await write(chain.mentor, note(chain.mentor));
    await write(manager, note(manager, { kind: 'contact' }));
    expect(await closedAs(id)).toBeNull();
    await write(chain.mentor, note(chain.mentor, { kind: 'contact', body: 'Called' }));
    expect(await closedAs(id)).toBe('resolved_by_team');
    expect(await academy.rows('select performed_by, action from admin_logs where entity_id = $1', [id])).toEqual([
      { performed_by: chain.mentor.id, action: 'at_risk_resolved' },
    ]);
  });
});
