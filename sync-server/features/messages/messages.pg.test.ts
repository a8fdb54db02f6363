import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { directKey, threadId } from '#contract/rules/messages.ts';
import { asActor } from '../../db/as-actor.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { inboxOf, openDesk, outcomes, talkTo, write, type Desk } from '../../testing/desk.ts';
import { callCommand, codeOf } from '../../testing/office.ts';
import type { Person } from '../../testing/people.ts';
import { fanOutBroadcast } from './fan-out-broadcast.job.ts';
import { sendBroadcast } from './send-broadcast.ts';

let academy: Academy;
let desk: Desk;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  desk = await openDesk(academy);
});

const send = async (person: Person, ...writes: Parameters<Academy['push']>[1]) =>
  outcomes(await academy.push(person, writes));
const readBy = async (person: Person, thread: string): Promise<unknown[]> =>
  asActor(academy.database.people, person, async (tx) => {
    const { rows } = await tx.query('select content, author_name from messages where thread_id = $1 order by sent_at', [
      thread,
    ]);
    return rows;
  });
const unread = async (person: Person, thread: string) =>
  (
    await academy.rows<{ unread_count: number }>(
      'select unread_count from thread_members where user_id = $1 and thread_id = $2',
      [person.id, thread],
    )
  )[0]?.unread_count;

describe('a conversation of two', () => {
  test('is begun offline by both and is one; each reads what the other wrote', async () => {
    const mine = talkTo(desk.student, desk.mentor);
    const theirs = talkTo(desk.mentor, desk.student);
    expect(mine.id).toBe(theirs.id);
    expect(await send(desk.student, mine, write(desk.student, mine.id))).toEqual(['ok', 'ok']);
    academy.clock.pass(1);
    expect(await send(desk.mentor, theirs, write(desk.mentor, mine.id, { content: 'Walaikum' }))).toEqual(['ok', 'ok']);
    const said = [
      { content: 'Salam', author_name: 'Ayesha' },
      { content: 'Walaikum', author_name: 'Bilal' },
    ];
    for (const person of [desk.student, desk.mentor]) expect(await readBy(person, mine.id)).toEqual(said);
    for (const person of [desk.other, desk.stranger, desk.admin, desk.superadmin, desk.manager])
      expect(await readBy(person, mine.id), person.role).toEqual([]);
  });

  test('is for those who may talk: students with their mentors, managers with their students, all with admins', async () => {
    const { student, other, mentor, stranger, manager, admin, superadmin } = desk;
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
    const foreign = talkTo(desk.student, desk.mentor);
    expect(await send(desk.stranger, { ...foreign, set: { ...foreign.set, created_by: desk.stranger.id } })).toEqual([
      'not_allowed',
    ]);
    expect(await send(desk.stranger, foreign)).toEqual(['not_allowed']);
    expect(await send(desk.student, { ...foreign, id: threadId('direct:other') })).toEqual(['invalid']);
    const alone = directKey(desk.admin.id, desk.admin.id);
    expect(
      await send(desk.admin, {
        type: 'message_threads',
        id: threadId(alone),
        set: { kind: 'direct', member_key: alone, created_by: desk.admin.id },
      }),
    ).toEqual(['not_allowed']);
  });

  test('ends for writing when the mentor no longer has the student; what was said stays', async () => {
    const thread = talkTo(desk.student, desk.mentor);
    await send(desk.student, thread, write(desk.student, thread.id));
    await academy.rows('update student_mentor_assignments set ended_at = now() where student_id = $1', [
      desk.student.id,
    ]);
    expect(await send(desk.mentor, write(desk.mentor, thread.id))).toEqual(['not_allowed']);
    expect(await send(desk.student, write(desk.student, thread.id))).toEqual(['not_allowed']);
    expect(await readBy(desk.mentor, thread.id)).toHaveLength(1);
  });

  test('that was deleted takes nothing more: what is said in it is refused, and does not wait for it', async () => {
    const thread = talkTo(desk.student, desk.mentor);
    await send(desk.student, thread);
    await academy.rows('update message_threads set is_deleted = true where id = $1', [thread.id]);
    expect(await send(desk.mentor, write(desk.mentor, thread.id))).toEqual(['closed']);
    expect(await send(desk.student, write(desk.student, thread.id))).toEqual(['closed']);
    // Whether it was ever there is not told to other students.
    expect(await send(desk.other, write(desk.other, thread.id))).toEqual(['wait parent']);
  });

  test('a student answers an admin who wrote first', async () => {
    const thread = talkTo(desk.admin, desk.student);
    expect(await send(desk.admin, thread, write(desk.admin, thread.id))).toEqual(['ok', 'ok']);
    expect(await send(desk.student, write(desk.student, thread.id))).toEqual(['ok']);
  });

  test('nobody writes in it from outside, nor in the name of another, nor answers what was said elsewhere', async () => {
    const thread = talkTo(desk.student, desk.mentor);
    const elsewhere = inboxOf(desk.student);
    const said = write(desk.student, elsewhere.id);
    await send(desk.student, thread, elsewhere, said);
    expect(await send(desk.other, write(desk.other, thread.id))).toEqual(['not_allowed']);
    expect(await send(desk.admin, write(desk.admin, thread.id))).toEqual(['not_allowed']);
    expect(await send(desk.student, write(desk.mentor, thread.id))).toEqual(['not_allowed']);
    expect(await send(desk.student, write(desk.student, thread.id, { reply_to_id: said.id }))).toEqual(['invalid']);
    expect(await send(desk.student, write(desk.student, thread.id, { content: '  ' }))).toEqual(['invalid']);
    expect(await send(desk.student, write(desk.student, threadId('direct:unknown')))).toEqual(['wait parent']);
    await academy.rows('update message_threads set closed_at = now() where id = $1', [thread.id]);
    expect(await send(desk.student, write(desk.student, thread.id))).toEqual(['closed']);
  });

  test('what was said is never changed, and what a device invents about it is ignored', async () => {
    const thread = talkTo(desk.student, desk.mentor);
    const said = write(desk.student, thread.id, {
      author_name: 'Dua',
      sent_at: '2020-01-01T00:00:00.000Z',
      status: 'read',
    });
    expect(await send(desk.student, thread, said)).toEqual(['ok', 'ok']);
    expect(await send(desk.student, { ...said, set: { ...said.set, content: 'Something else' } })).toEqual([
      'conflict',
    ]);
    const rows = await academy.rows('select content, author_name, status, sent_at from messages where thread_id = $1', [
      thread.id,
    ]);
    expect(rows).toEqual([
      { content: 'Salam', author_name: 'Ayesha', status: 'sent', sent_at: '2027-03-01T08:00:00.000Z' },
    ]);
    await expect(
      asActor(academy.database.people, desk.student, (tx) => tx.query("update messages set content = 'x'")),
    ).rejects.toThrow(/permission denied/);
  });
});

describe('unread', () => {
  const own = (person: Person, thread: string, set: Record<string, unknown>, base: string | null = null) => ({
    type: 'thread_members' as const,
    id: naturalId('thread_members', thread, person.id),
    base,
    set: { thread_id: thread, user_id: person.id, ...set },
  });

  test('is counted by the server and told once until it is read', async () => {
    const thread = talkTo(desk.student, desk.mentor);
    await send(
      desk.student,
      thread,
      write(desk.student, thread.id),
      write(desk.student, thread.id, { content: 'Again' }),
    );
    expect([await unread(desk.mentor, thread.id), await unread(desk.student, thread.id)]).toEqual([2, 0]);
    const told = () => academy.rows('select title from notifications where user_id = $1', [desk.mentor.id]);
    expect(await told()).toEqual([{ title: 'Ayesha wrote to you' }]);
    academy.clock.pass(5);
    const read = own(desk.mentor, thread.id, { last_read_at: academy.clock.now().toISOString(), unread_count: 7 });
    expect(await send(desk.mentor, read)).toEqual(['ok']);
    expect(await unread(desk.mentor, thread.id)).toBe(0);
    expect(await academy.rows('select distinct status from messages where thread_id = $1', [thread.id])).toEqual([
      { status: 'read' },
    ]);
    academy.clock.pass(5);
    await send(desk.student, write(desk.student, thread.id, { content: 'Are you there?' }));
    expect(await told()).toHaveLength(2);
  });

  test('and hiding are one’s own: the other sees neither, and reads on', async () => {
    const thread = talkTo(desk.student, desk.mentor);
    const said = write(desk.student, thread.id);
    await send(desk.student, thread, said);
    expect(await send(desk.mentor, own(desk.mentor, thread.id, { hidden_ids: [said.id], muted: true }))).toEqual([
      'ok',
    ]);
    expect(await unread(desk.mentor, thread.id)).toBe(0);
    const members = await asActor(academy.database.people, desk.student, async (tx) => {
      const { rows } = await tx.query('select * from seen_thread_members where thread_id = $1', [thread.id]);
      return rows as Record<string, unknown>[];
    });
    const theirs = members.find(({ user_id }) => user_id === desk.mentor.id)!;
    expect([theirs['hidden_ids'], theirs['muted'], theirs['last_read_at']]).toEqual([null, null, null]);
    expect(await readBy(desk.student, thread.id)).toHaveLength(1);
    await send(desk.student, write(desk.student, thread.id));
    expect(await academy.rows('select from notifications where user_id = $1', [desk.mentor.id])).toHaveLength(1);
  });

  test('nobody touches the state of another, enters a conversation, or reads ahead', async () => {
    const thread = talkTo(desk.student, desk.mentor);
    await send(desk.student, thread);
    expect(await send(desk.student, own(desk.mentor, thread.id, { muted: true }))).toEqual(['not_allowed']);
    expect(await send(desk.admin, own(desk.admin, thread.id, {}))).toEqual(['not_allowed']);
    expect(await send(desk.admin, own(desk.other, thread.id, {}))).toEqual(['not_allowed']);
    const ahead = own(desk.mentor, thread.id, { last_read_at: '2028-01-01T00:00:00.000Z' });
    expect(await send(desk.mentor, ahead)).toEqual(['invalid']);
    expect(await academy.rows('select from thread_members where thread_id = $1', [thread.id])).toHaveLength(2);
  });
});

describe('the inbox of a student', () => {
  test('is read and answered by admins and by who looks after the student, and by nobody else', async () => {
    const inbox = inboxOf(desk.student);
    expect(await send(desk.student, inbox, write(desk.student, inbox.id))).toEqual(['ok', 'ok']);
    for (const person of [desk.admin, desk.superadmin, desk.manager]) {
      expect(await readBy(person, inbox.id), person.role).toHaveLength(1);
      expect(await unread(person, inbox.id), person.role).toBe(1);
    }
    for (const person of [desk.mentor, desk.other]) {
      expect(await readBy(person, inbox.id)).toEqual([]);
      expect(await send(person, write(person, inbox.id))).toEqual(['not_allowed']);
    }
    expect(await send(desk.manager, write(desk.manager, inbox.id))).toEqual(['ok']);
    expect(await unread(desk.student, inbox.id)).toBe(1);
  });

  test('leaves the manager with the student, and a former admin with the role', async () => {
    const inbox = inboxOf(desk.student);
    await send(desk.student, inbox, write(desk.student, inbox.id));
    await academy.rows('update users set created_by = null where id = $1', [desk.student.id]);
    expect(await readBy(desk.manager, inbox.id)).toEqual([]);
    await academy.rows("update users set role = 'mentor' where id = $1", [desk.admin.id]);
    expect(await readBy({ ...desk.admin, role: 'mentor' }, inbox.id)).toEqual([]);
  });

  test('is opened by the student or for the student, once', async () => {
    expect(await send(desk.other, inboxOf(desk.student, desk.other))).toEqual(['not_allowed']);
    expect(await send(desk.mentor, inboxOf(desk.student, desk.mentor))).toEqual(['not_allowed']);
    expect(await send(desk.admin, inboxOf(desk.student, desk.admin))).toEqual(['ok']);
    expect(await send(desk.student, inboxOf(desk.student))).toEqual(['ok']);
    expect(await academy.rows('select from message_threads where student_id = $1', [desk.student.id])).toHaveLength(1);
  });
});

describe('one to many', () => {
  const broadcast = (actor: Person, user_ids?: string[]) =>
    callCommand(academy, actor, sendBroadcast, {
      subject: 'Holiday',
      content: 'No sessions on Friday.',
      ...(user_ids ? { user_ids } : {}),
    });
  /** What the queue would do with it. */
  const deliver = async (thread_id: string, recipients: string[]) =>
    fanOutBroadcast.run({ thread_id, recipients }, academy.deps);

  test('reaches the named, who cannot answer and do not know of each other', async () => {
    const { thread_id } = await broadcast(desk.admin, [desk.student.id, desk.other.id]);
    await deliver(thread_id, [desk.student.id, desk.other.id]);
    await deliver(thread_id, [desk.student.id, desk.other.id]);
    expect(await readBy(desk.student, thread_id)).toEqual([{ content: 'No sessions on Friday.', author_name: 'Dua' }]);
    expect(await send(desk.student, write(desk.student, thread_id))).toEqual(['not_allowed']);
    const members = await asActor(academy.database.people, desk.student, (tx) =>
      tx.query('select user_id from thread_members where thread_id = $1', [thread_id]),
    );
    expect(members.rows).toEqual([{ user_id: desk.student.id }]);
    expect(await readBy(desk.mentor, thread_id)).toEqual([]);
    expect(await academy.rows('select from notifications where user_id = $1', [desk.student.id])).toHaveLength(1);
  });

  test('of a mentor goes to the own students only', async () => {
    expect(await broadcast(desk.mentor)).toMatchObject({ recipients: 1 });
    expect(await codeOf(broadcast(desk.mentor, [desk.other.id]))).toBe('PERMISSION_DENIED');
    expect(await codeOf(broadcast(desk.stranger))).toBe('INVALID_INPUT');
    for (const actor of [desk.student, desk.manager]) expect(await codeOf(broadcast(actor))).toBe('PERMISSION_DENIED');
  });

  test('is sent five times an hour and no oftener, and never made by a device', async () => {
    for (let at = 0; at < 5; at++) await broadcast(desk.mentor);
    expect(await codeOf(broadcast(desk.mentor))).toBe('RATE_LIMIT_EXCEEDED');
    academy.clock.pass(61);
    await broadcast(desk.mentor);
    const member_key = `broadcast:${desk.admin.id}`;
    const forged = {
      type: 'message_threads' as const,
      id: threadId(member_key),
      set: { kind: 'broadcast', member_key, created_by: desk.admin.id },
    };
    expect(await send(desk.admin, forged)).toEqual(['not_allowed']);
  });
});

describe('saved replies', () => {
  const text = (owner: Person, id = '018f3c1e-0000-7000-8000-0000000000aa') => ({
    type: 'saved_replies' as const,
    id,
    set: { owner_id: owner.id, kind: 'ticket', title: 'Thanks', body: 'Thank you for asking.' },
  });

  test('are the team’s own', async () => {
    expect(await send(desk.admin, text(desk.admin))).toEqual(['ok']);
    expect(await send(desk.superadmin, text(desk.superadmin))).toEqual(['not_allowed']);
    expect(await send(desk.student, text(desk.student, desk.student.id))).toEqual(['not_allowed']);
    expect(await send(desk.manager, text(desk.manager, desk.manager.id))).toEqual(['not_allowed']);
    expect(await send(desk.mentor, text(desk.admin, desk.mentor.id))).toEqual(['not_allowed']);
    const [row] = await academy.rows<{ v: string }>('select v from saved_replies where owner_id = $1', [desk.admin.id]);
    expect(await send(desk.admin, { ...text(desk.admin), base: row!.v, set: {}, deleted: true })).toEqual(['ok']);
  });
});
