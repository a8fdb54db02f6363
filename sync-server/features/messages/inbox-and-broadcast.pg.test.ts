import { describe, expect, test } from 'vitest';
import { threadId } from '#contract/rules/messages.ts';
import { asActor } from '../../db/as-actor.ts';
import { meetAtTheDesk } from '../../testing/at-the-desk.ts';
import { inboxOf, write } from '../../testing/desk.ts';
import { callCommand, codeOf } from '../../testing/office.ts';
import type { Person } from '../../testing/people.ts';
import { fanOutBroadcast } from './fan-out-broadcast.job.ts';
import { sendBroadcast } from './send-broadcast.ts';

const here = meetAtTheDesk();
const { send, readBy, unread } = here;

describe('the inbox of a student', () => {
  test('is read and answered by admins and by who looks after the student, and by nobody else', async () => {
    const inbox = inboxOf(here.desk.student);
    expect(await send(here.desk.student, inbox, write(here.desk.student, inbox.id))).toEqual(['ok', 'ok']);
    for (const person of [here.desk.admin, here.desk.superadmin, here.desk.manager]) {
      expect(await readBy(person, inbox.id), person.role).toHaveLength(1);
      expect(await unread(person, inbox.id), person.role).toBe(1);
    }
    for (const person of [here.desk.mentor, here.desk.other]) {
      expect(await readBy(person, inbox.id)).toEqual([]);
      expect(await send(person, write(person, inbox.id))).toEqual(['not_allowed']);
    }
    expect(await send(here.desk.manager, write(here.desk.manager, inbox.id))).toEqual(['ok']);
    expect(await unread(here.desk.student, inbox.id)).toBe(1);
  });

  test('leaves the manager with the student, and a former admin with the role', async () => {
    const inbox = inboxOf(here.desk.student);
    await send(here.desk.student, inbox, write(here.desk.student, inbox.id));
    await here.academy.rows('update users set created_by = null where id = $1', [here.desk.student.id]);
    expect(await readBy(here.desk.manager, inbox.id)).toEqual([]);
    await here.academy.rows("update users set role = 'mentor' where id = $1", [here.desk.admin.id]);
    expect(await readBy({ ...here.desk.admin, role: 'mentor' }, inbox.id)).toEqual([]);
  });

  test('is opened by the student or for the student, once', async () => {
    expect(await send(here.desk.other, inboxOf(here.desk.student, here.desk.other))).toEqual(['not_allowed']);
    expect(await send(here.desk.mentor, inboxOf(here.desk.student, here.desk.mentor))).toEqual(['not_allowed']);
    expect(await send(here.desk.admin, inboxOf(here.desk.student, here.desk.admin))).toEqual(['ok']);
    expect(await send(here.desk.student, inboxOf(here.desk.student))).toEqual(['ok']);
    expect(
      await here.academy.rows('select from message_threads where student_id = $1', [here.desk.student.id]),
    ).toHaveLength(1);
  });
});

describe('one to many', () => {
  const broadcast = (actor: Person, user_ids?: string[]) =>
    callCommand(here.academy, actor, sendBroadcast, {
      subject: 'Holiday',
      content: 'No sessions on Friday.',
      ...(user_ids ? { user_ids } : {}),
    });
  /** What the queue would do with it. */
  const deliver = async (thread_id: string, recipients: string[]) =>
    fanOutBroadcast.run({ thread_id, recipients }, here.academy.deps);

  test('reaches the named, who cannot answer and do not know of each other', async () => {
    const { thread_id } = await broadcast(here.desk.admin, [here.desk.student.id, here.desk.other.id]);
    await deliver(thread_id, [here.desk.student.id, here.desk.other.id]);
    await deliver(thread_id, [here.desk.student.id, here.desk.other.id]);
    expect(await readBy(here.desk.student, thread_id)).toEqual([
      { content: 'No sessions on Friday.', author_name: 'Dua' },
    ]);
    expect(await send(here.desk.student, write(here.desk.student, thread_id))).toEqual(['not_allowed']);
    const members = await asActor(here.academy.database.people, here.desk.student, (tx) =>
      tx.query('select user_id from thread_members where thread_id = $1', [thread_id]),
    );
    expect(members.rows).toEqual([{ user_id: here.desk.student.id }]);
    expect(await readBy(here.desk.mentor, thread_id)).toEqual([]);
    expect(
      await here.academy.rows('select from notifications where user_id = $1', [here.desk.student.id]),
    ).toHaveLength(1);
  });

  test('of a mentor goes to the own students only', async () => {
    expect(await broadcast(here.desk.mentor)).toMatchObject({ recipients: 1 });
    expect(await codeOf(broadcast(here.desk.mentor, [here.desk.other.id]))).toBe('PERMISSION_DENIED');
    expect(await codeOf(broadcast(here.desk.stranger))).toBe('INVALID_INPUT');
    for (const actor of [here.desk.student, here.desk.manager])
      expect(await codeOf(broadcast(actor))).toBe('PERMISSION_DENIED');
  });

  test('is sent five times an hour and no oftener, and never made by a device', async () => {
    for (let at = 0; at < 5; at++) await broadcast(here.desk.mentor);
    expect(await codeOf(broadcast(here.desk.mentor))).toBe('RATE_LIMIT_EXCEEDED');
    here.academy.clock.pass(61);
    await broadcast(here.desk.mentor);
    const member_key = `broadcast:${here.desk.admin.id}`;
    const forged = {
      type: 'message_threads' as const,
      id: threadId(member_key),
      set: { kind: 'broadcast', member_key, created_by: here.desk.admin.id },
    };
    expect(await send(here.desk.admin, forged)).toEqual(['not_allowed']);
  });
});

describe('saved replies', () => {
  const text = (owner: Person, id = '018f3c1e-0000-7000-8000-0000000000aa') => ({
    type: 'saved_replies' as const,
    id,
    set: { owner_id: owner.id, kind: 'ticket', title: 'Thanks', body: 'Thank you for asking.' },
  });

  test('are the team’s own', async () => {
    expect(await send(here.desk.admin, text(here.desk.admin))).toEqual(['ok']);
    expect(await send(here.desk.superadmin, text(here.desk.superadmin))).toEqual(['not_allowed']);
    expect(await send(here.desk.student, text(here.desk.student, here.desk.student.id))).toEqual(['not_allowed']);
    expect(await send(here.desk.manager, text(here.desk.manager, here.desk.manager.id))).toEqual(['not_allowed']);
    expect(await send(here.desk.mentor, text(here.desk.admin, here.desk.mentor.id))).toEqual(['not_allowed']);
    const [row] = await here.academy.rows<{ v: string }>('select v from saved_replies where owner_id = $1', [
      here.desk.admin.id,
    ]);
    expect(await send(here.desk.admin, { ...text(here.desk.admin), base: row!.v, set: {}, deleted: true })).toEqual([
      'ok',
    ]);
  });
});
