import { afterAll, beforeAll, beforeEach } from 'vitest';
import { asActor } from '../db/as-actor.ts';
import { openAcademy, type Academy } from './academy.ts';
import { openDesk, outcomes, type Desk } from './desk.ts';
import type { Person } from './people.ts';

/** People who talk to each other, new ones for each test, in an academy of this file's own; `academy` and `desk` are there inside tests. */
export type AtTheDesk = {
  readonly academy: Academy;
  readonly desk: Desk;
  /** Pushes as this person's device and tells what became of each write. */
  send(person: Person, ...writes: Parameters<Academy['push']>[1]): Promise<string[]>;
  /** What somebody may read of a conversation, in its order. */
  readBy(person: Person, thread: string): Promise<unknown[]>;
  unread(person: Person, thread: string): Promise<number | undefined>;
};

/** Call it once, at the top of a test file. */
export function meetAtTheDesk(): AtTheDesk {
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
  return {
    get academy() {
      return academy;
    },
    get desk() {
      return desk;
    },
    send: async (person, ...writes) => outcomes(await academy.push(person, writes)),
    readBy: (person, thread) =>
      asActor(academy.database.people, person, async (tx) => {
        const { rows } = await tx.query(
          'select content, author_name from messages where thread_id = $1 order by sent_at',
          [thread],
        );
        return rows;
      }),
    async unread(person, thread) {
      const rows = await academy.rows<{ unread_count: number }>(
        'select unread_count from thread_members where user_id = $1 and thread_id = $2',
        [person.id, thread],
      );
      return rows[0]?.unread_count;
    },
  };
}
