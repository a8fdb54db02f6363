import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { createPerson } from '../../testing/people.ts';
import { createChain, openAcademy, outcome, type Academy, type Chain } from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
let [first]: string[] = [];
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  chain = await createChain(academy, { minutes: 10 });
  [first] = chain.lessons;
});

const send = async (...writes: Parameters<Academy['push']>[1]): Promise<string[]> =>
  (await academy.push(chain.student, writes)).map(outcome);

describe('notes', () => {
  const id = () => uuidv7();
  const write = (note: string, body: string, base: string | null, client_at: string, op = uuidv7()) => ({
    type: 'lesson_notes',
    op,
    id: note,
    base,
    client_at,
    set: { user_id: chain.student.id, lesson_id: first, at_seconds: 30, body, copy_of: null },
  });
  const notes = () =>
    academy.rows(
      'select body, copy_of is not null as is_copy, is_deleted from lesson_notes where user_id = $1 order by is_copy, body',
      [chain.student.id],
    );
  const at = (minute: number) => `2027-03-01T07:${String(minute).padStart(2, '0')}:00.000Z`;

  test('an edit of what one saw replaces it', async () => {
    const note = id();
    const made = write(note, 'one', null, at(1));
    expect(await send(made, write(note, 'two', made.op, at(2)))).toEqual(['ok', 'ok']);
    expect(await notes()).toEqual([{ body: 'two', is_copy: false, is_deleted: false }]);
  });

  test.each([
    { order: 'newer last', sent: ['laptop', 'desktop'] as const },
    { order: 'older last', sent: ['desktop', 'laptop'] as const },
  ])('of two devices’ edits the newest stands and the other is kept beside it ($order)', async ({ sent }) => {
    const note = id();
    const made = write(note, 'one', null, at(1));
    const edits = {
      laptop: write(note, 'from the laptop', made.op, at(2)),
      desktop: write(note, 'from the desktop', made.op, at(3)),
    };
    expect(await send(made)).toEqual(['ok']);
    for (const device of sent) expect(await send(edits[device])).toEqual(['ok']);
    expect(await notes()).toEqual([
      { body: 'from the desktop', is_copy: false, is_deleted: false },
      { body: 'from the laptop', is_copy: true, is_deleted: false },
    ]);
  });

  test('a deletion is a tombstone; an older one does not take a newer text along', async () => {
    const note = id();
    const made = write(note, 'one', null, at(1));
    const edit = write(note, 'two', made.op, at(5));
    expect(await send(made, edit)).toEqual(['ok', 'ok']);
    const remove = (base: string, client_at: string) => ({
      ...write(note, '', base, client_at),
      set: {},
      deleted: true,
    });
    expect(await send(remove(made.op, at(3)))).toEqual(['ok']);
    expect(await notes()).toEqual([{ body: 'two', is_copy: false, is_deleted: false }]);
    expect(await send(remove(edit.op, at(6)))).toEqual(['ok']);
    expect(await notes()).toEqual([{ body: 'two', is_copy: false, is_deleted: true }]);
  });

  test('a note dated ahead of the server does not win against what is written later', async () => {
    const note = id();
    expect(await send(write(note, 'dated ahead', null, '2027-03-01T18:00:00.000Z'))).toEqual(['ok']);
    academy.clock.pass(10);
    expect(await send(write(note, 'written later', uuidv7(), '2027-03-01T08:05:00.000Z'))).toEqual(['ok']);
    expect(await notes()).toEqual([
      { body: 'written later', is_copy: false, is_deleted: false },
      { body: 'dated ahead', is_copy: true, is_deleted: false },
    ]);
  });

  test('are nobody else’s, not even the mentor’s or an admin’s', async () => {
    const note = id();
    const made = write(note, 'private', null, at(1));
    await send(made);
    for (const person of [chain.mentor, await createPerson(academy.database.server, 'admin')]) {
      const [verdict] = await academy.push(person, [{ ...write(note, 'mine now', made.op, at(2)), op: uuidv7() }]);
      expect(verdict?.s).toBe('refused');
      expect(JSON.stringify(verdict)).not.toContain('private');
    }
    expect(await notes()).toEqual([{ body: 'private', is_copy: false, is_deleted: false }]);
  });
});
