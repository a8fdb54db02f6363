import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { ask, openDesk, outcomes, type Desk } from '../../testing/desk.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Person } from '../../testing/people.ts';

export let academy: Academy;
export let desk: Desk;
export const send = async (person: Person, ...writes: Parameters<Academy['push']>[1]) =>
  outcomes(await academy.push(person, writes));
export const stored = async (id: string) =>
  (
    await academy.rows<{
      status: string;
      ticket_number: string;
      assigned_to: string | null;
      first_response_at: string | null;
      resolved_at: string | null;
      response_due_at: string;
      v: string;
    }>('select * from support_tickets where id = $1', [id])
  )[0]!;
export const readBy = async (person: Person, statement: string): Promise<unknown[]> =>
  asActor(academy.database.people, person, async (tx) => (await tx.query(statement)).rows);
/** A ticket of the student's that the server has taken. */
export async function opened(more: Record<string, unknown> = {}): Promise<string> {
  const ticket = ask(desk.student, desk.student, more);
  expect(await send(desk.student, ticket)).toEqual(['ok']);
  return ticket.id;
}

/** Opens all this before the tests of a file, and closes it after them. */
export function openDeskForTests(): void {
  beforeAll(async () => {
    academy = await openAcademy();
  });
  afterAll(() => academy.database.drop());
  beforeEach(async () => {
    academy.clock.set('2027-03-01T08:00:00.000Z');
    desk = await openDesk(academy);
  });
}
