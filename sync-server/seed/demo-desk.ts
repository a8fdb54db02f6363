import type { Catalogue } from './demo-catalogue.ts';
import { addMessages, type Mentored } from './demo-messages.ts';
import { mentors } from './demo-people.ts';
import { addSessions } from './demo-sessions.ts';
import { addTickets } from './demo-tickets.ts';
import type { DemoTime } from './demo-time.ts';
import { mainPeople } from './main-people.ts';
import { createRandom } from './random.ts';
import type { RowCollector } from './row-collector.ts';

/** Sessions, tickets, conversations and partner talk of students that were thought up before. Chance of its own, so that it changes nobody. */
export function addDesk(rows: RowCollector, time: DemoTime, catalogue: Catalogue, studentIds: readonly string[]): void {
  const random = createRandom(20_261_123);
  const students = mentoredStudents(rows, studentIds);
  addSessions({ rows, random, time, catalogue, authorId: mainPeople.dua.id });
  addTickets({ rows, random, time }, students);
  addMessages({ rows, random, time }, students);
}

/** Looked up once for all: an academy may be large. */
function mentoredStudents(rows: RowCollector, ids: readonly string[]): Mentored[] {
  const names = new Map(rows.rowsOf('users').map((row) => [row['id'], String(row['full_name'])]));
  const assigned = new Map(
    rows.rowsOf('student_mentor_assignments').map((row) => [row['student_id'], row['mentor_id']]),
  );
  return ids.map((id) => {
    const mentor = mentors.find((one) => one.id === assigned.get(id)) ?? mentors[0]!;
    return { id, full_name: names.get(id)!, mentor: { id: mentor.id, full_name: mentor.full_name } };
  });
}
