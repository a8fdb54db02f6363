import { describe, expect, test } from 'vitest';
import { directKey, threadId } from '#contract/rules/messages.ts';
import { asActor } from '../../db/as-actor.ts';
import { meetAtTheDesk } from '../../testing/at-the-desk.ts';
import { inboxOf, talkTo, write } from '../../testing/desk.ts';
import type { Person } from '../../testing/people.ts';

const here = meetAtTheDesk();
const { send, readBy } = here;

describe('a conversation of two', () => {
  test('is begun offline by both and is one; each reads what the other wrote', async () => {
    const mine = talkTo(here.desk.student, here.desk.mentor);
    const theirs = talkTo(here.desk.mentor, here.desk.student);
    expect(mine.id).toBe(theirs.id);
    expect(await send(here.desk.student, mine, write(here.desk.student, mine.id))).toEqual(['ok', 'ok']);
    here.academy.clock.pass(1);
    expect(await send(here.desk.mentor, theirs, write(here.desk.mentor, mine.id, { content: 'Walaikum' }))).toEqual([
      'ok',
      'ok',
    ]);
    const said = [
      { content: 'Salam', author_name: 'Ayesha' },
      { content: 'Walaikum', author_name: 'Bilal' },
    ];
    for (const person of [here.desk.student, here.desk.mentor]) expect(await readBy(person, mine.id)).toEqual(said);
    for (const person of [
      here.desk.other,
      here.desk.stranger,
      here.desk.admin,
      here.desk.superadmin,
      here.desk.manager,
    ])
      expect(await readBy(person, mine.id), person.role).toEqual([]);
  });

  test('is for those who may talk: students with their mentors, managers with their students, all with admins', async () => {
    const { student, other, mentor, stranger, manager, admin, superadmin } = here.desk;
    const allowed: [Person, Person][] = [
      [student, mentor],
      [mentor, student],
      [manager, student],
      [mentor, admin],
      [manager, superadmin],
      [admin, student],
      [admin, manager],
    ];
    const refused: [Person, Person][] = [
      [student, stranger],
      [student, other],
      [student, admin],
      [student, manager],
      [stranger, student],
      [mentor, stranger],
      [mentor, manager],
      [manager, other],
      [manager, mentor],
    ];
    for (const [one, two] of refused)
      expect(await send(one, talkTo(one, two)), `${one.role}, ${two.role}`).toEqual(['not_allowed']);
    for (const [one, two] of allowed)
      expect(await send(one, talkTo(one, two)), `${one.role}, ${two.role}`).toEqual(['ok']);
  });

  test('cannot be made for others, under another id, or with oneself', async () => {
    const foreign = talkTo(here.desk.student, here.desk.mentor);
    expect(
      await send(here.desk.stranger, { ...foreign, set: { ...foreign.set, created_by: here.desk.stranger.id } }),
    ).toEqual(['not_allowed']);
    expect(await send(here.desk.stranger, foreign)).toEqual(['not_allowed']);
    expect(await send(here.desk.student, { ...foreign, id: threadId('direct:other') })).toEqual(['invalid']);
    const alone = directKey(here.desk.admin.id, here.desk.admin.id);
    expect(
      await send(here.desk.admin, {
        type: 'message_threads',
        id: threadId(alone),
        set: { kind: 'direct', member_key: alone, created_by: here.desk.admin.id },
      }),
    ).toEqual(['not_allowed']);
  });

  test('ends for writing when the mentor no longer has the student; what was said stays', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    await send(here.desk.student, thread, write(here.desk.student, thread.id));
    await here.academy.rows('update student_mentor_assignments set ended_at = now() where student_id = $1', [
      here.desk.student.id,
    ]);
    expect(await send(here.desk.mentor, write(here.desk.mentor, thread.id))).toEqual(['not_allowed']);
    expect(await send(here.desk.student, write(here.desk.student, thread.id))).toEqual(['not_allowed']);
    expect(await readBy(here.desk.mentor, thread.id)).toHaveLength(1);
  });

  test('takes nothing from who is put out of it in that very moment: no message that nobody was told of', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    await send(here.desk.student, thread);
    const [lost, ...rest] = [1, 2, 3, 4].map(() => write(here.desk.student, thread.id));
    // As if another transaction ended it between the look whether they may write and the look at what they wrote.
    await here.academy.rows(`
      create function leave_at_once() returns trigger language plpgsql security definer as $$ begin
        update thread_members set is_deleted = true where thread_id = new.thread_id and user_id = new.user_id;
        return null;
      end $$`);
    await here.academy.rows(
      `create trigger leave_at_once after insert on messages for each row when (new.id = '${lost!.id}') execute function leave_at_once()`,
    );
    try {
      expect(await send(here.desk.student, lost!)).toEqual(['not_allowed']);
      expect(await send(here.desk.student, lost!, ...rest)).toEqual(['not_allowed', 'ok', 'ok', 'ok']);
    } finally {
      await here.academy.rows('drop function leave_at_once() cascade');
    }
    expect(await readBy(here.desk.mentor, thread.id)).toHaveLength(3);
    expect(await here.unread(here.desk.mentor, thread.id)).toBe(3);
  });

  test('that was deleted takes nothing more: what is said in it is refused, and does not wait for it', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    await send(here.desk.student, thread);
    await here.academy.rows('update message_threads set is_deleted = true where id = $1', [thread.id]);
    expect(await send(here.desk.mentor, write(here.desk.mentor, thread.id))).toEqual(['closed']);
    expect(await send(here.desk.student, write(here.desk.student, thread.id))).toEqual(['closed']);
    // Whether it was ever there is not told to other students.
    expect(await send(here.desk.other, write(here.desk.other, thread.id))).toEqual(['wait parent']);
  });

  test('a student answers an admin who wrote first', async () => {
    const thread = talkTo(here.desk.admin, here.desk.student);
    expect(await send(here.desk.admin, thread, write(here.desk.admin, thread.id))).toEqual(['ok', 'ok']);
    expect(await send(here.desk.student, write(here.desk.student, thread.id))).toEqual(['ok']);
  });

  test('nobody writes in it from outside, nor in the name of another, nor answers what was said elsewhere', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    const elsewhere = inboxOf(here.desk.student);
    const said = write(here.desk.student, elsewhere.id);
    await send(here.desk.student, thread, elsewhere, said);
    expect(await send(here.desk.other, write(here.desk.other, thread.id))).toEqual(['not_allowed']);
    expect(await send(here.desk.admin, write(here.desk.admin, thread.id))).toEqual(['not_allowed']);
    expect(await send(here.desk.student, write(here.desk.mentor, thread.id))).toEqual(['not_allowed']);
    expect(await send(here.desk.student, write(here.desk.student, thread.id, { reply_to_id: said.id }))).toEqual([
      'invalid',
    ]);
    expect(await send(here.desk.student, write(here.desk.student, thread.id, { content: '  ' }))).toEqual(['invalid']);
    expect(await send(here.desk.student, write(here.desk.student, threadId('direct:unknown')))).toEqual([
      'wait parent',
    ]);
    await here.academy.rows('update message_threads set closed_at = now() where id = $1', [thread.id]);
    expect(await send(here.desk.student, write(here.desk.student, thread.id))).toEqual(['closed']);
  });

  test('what was said is never changed, and what a device invents about it is ignored', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    const said = write(here.desk.student, thread.id, {
      author_name: 'Dua',
      sent_at: '2020-01-01T00:00:00.000Z',
      status: 'read',
    });
    expect(await send(here.desk.student, thread, said)).toEqual(['ok', 'ok']);
    expect(await send(here.desk.student, { ...said, set: { ...said.set, content: 'Something else' } })).toEqual([
      'conflict',
    ]);
    const rows = await here.academy.rows(
      'select content, author_name, status, sent_at from messages where thread_id = $1',
      [thread.id],
    );
    expect(rows).toEqual([
      { content: 'Salam', author_name: 'Ayesha', status: 'sent', sent_at: '2027-03-01T08:00:00.000Z' },
    ]);
    await expect(
      asActor(here.academy.database.people, here.desk.student, (tx) => tx.query("update messages set content = 'x'")),
    ).rejects.toThrow(/permission denied/);
  });
});
