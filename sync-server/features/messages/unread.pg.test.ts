import { describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { asActor } from '../../db/as-actor.ts';
import { meetAtTheDesk } from '../../testing/at-the-desk.ts';
import { talkTo, write } from '../../testing/desk.ts';
import type { Person } from '../../testing/people.ts';

const here = meetAtTheDesk();
const { send, readBy, unread } = here;

describe('unread', () => {
  const own = (person: Person, thread: string, set: Record<string, unknown>, base: string | null = null) => ({
    type: 'thread_members' as const,
    id: naturalId('thread_members', thread, person.id),
    base,
    set: { thread_id: thread, user_id: person.id, ...set },
  });

  test('is counted by the server and told once until it is read', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    await send(
      here.desk.student,
      thread,
      write(here.desk.student, thread.id),
      write(here.desk.student, thread.id, { content: 'Again' }),
    );
    expect([await unread(here.desk.mentor, thread.id), await unread(here.desk.student, thread.id)]).toEqual([2, 0]);
    const told = () => here.academy.rows('select title from notifications where user_id = $1', [here.desk.mentor.id]);
    expect(await told()).toEqual([{ title: 'Ayesha wrote to you' }]);
    here.academy.clock.pass(5);
    const read = own(here.desk.mentor, thread.id, {
      last_read_at: here.academy.clock.now().toISOString(),
      unread_count: 7,
    });
    expect(await send(here.desk.mentor, read)).toEqual(['ok']);
    expect(await unread(here.desk.mentor, thread.id)).toBe(0);
    expect(await here.academy.rows('select distinct status from messages where thread_id = $1', [thread.id])).toEqual([
      { status: 'read' },
    ]);
    here.academy.clock.pass(5);
    await send(here.desk.student, write(here.desk.student, thread.id, { content: 'Are you there?' }));
    expect(await told()).toHaveLength(2);
  });

  test('and hiding are one’s own: the other sees neither, and reads on', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    const said = write(here.desk.student, thread.id);
    await send(here.desk.student, thread, said);
    expect(
      await send(here.desk.mentor, own(here.desk.mentor, thread.id, { hidden_ids: [said.id], muted: true })),
    ).toEqual(['ok']);
    expect(await unread(here.desk.mentor, thread.id)).toBe(0);
    const members = await asActor(here.academy.database.people, here.desk.student, async (tx) => {
      const { rows } = await tx.query('select * from seen_thread_members where thread_id = $1', [thread.id]);
      return rows as Record<string, unknown>[];
    });
    const theirs = members.find(({ user_id }) => user_id === here.desk.mentor.id)!;
    expect([theirs['hidden_ids'], theirs['muted'], theirs['last_read_at']]).toEqual([null, null, null]);
    expect(await readBy(here.desk.student, thread.id)).toHaveLength(1);
    await send(here.desk.student, write(here.desk.student, thread.id));
    expect(await here.academy.rows('select from notifications where user_id = $1', [here.desk.mentor.id])).toHaveLength(
      1,
    );
  });

  test('nobody touches the state of another or enters a conversation', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    await send(here.desk.student, thread);
    expect(await send(here.desk.student, own(here.desk.mentor, thread.id, { muted: true }))).toEqual(['not_allowed']);
    expect(await send(here.desk.admin, own(here.desk.admin, thread.id, {}))).toEqual(['not_allowed']);
    expect(await send(here.desk.admin, own(here.desk.other, thread.id, {}))).toEqual(['not_allowed']);
    expect(await here.academy.rows('select from thread_members where thread_id = $1', [thread.id])).toHaveLength(2);
  });

  test('nobody reads ahead, whatever the clock of their computer says', async () => {
    const thread = talkTo(here.desk.student, here.desk.mentor);
    await send(here.desk.student, thread);
    const ahead = own(here.desk.mentor, thread.id, { last_read_at: '2028-01-01T00:00:00.000Z' });
    expect(await send(here.desk.mentor, ahead)).toEqual(['ok']);
    expect(
      await here.academy.rows(
        'select last_read_at, unread_count from thread_members where thread_id = $1 and user_id = $2',
        [thread.id, here.desk.mentor.id],
      ),
    ).toEqual([{ last_read_at: here.academy.clock.now().toISOString(), unread_count: 0 }]);
    here.academy.clock.pass(5);
    await send(here.desk.student, write(here.desk.student, thread.id));
    const [mine] = await here.academy.rows(
      'select unread_count from thread_members where thread_id = $1 and user_id = $2',
      [thread.id, here.desk.mentor.id],
    );
    expect(mine).toEqual({ unread_count: 1 });
  });
});
