import { v7 as uuidv7 } from 'uuid';
import type { OperationVerdict } from '#contract/protocol.ts';
import { naturalId } from '#contract/natural-id.ts';
import { directKey, inboxKey, threadId } from '#contract/rules/messages.ts';
import type { Academy } from './academy.ts';
import { assignMentor, createCourse, createPerson, enrol, type Person } from './people.ts';

/** Everybody who meets at the desk: a student with a mentor and a manager, another student, and people who know neither. */
export type Desk = {
  student: Person;
  other: Person;
  mentor: Person;
  stranger: Person;
  manager: Person;
  admin: Person;
  superadmin: Person;
  course: string;
};

export async function openDesk({ database: { server }, clock }: Academy): Promise<Desk> {
  const manager = await createPerson(server, 'enrollment_manager', { full_name: 'Omar' });
  const student = await createPerson(server, 'student', { full_name: 'Ayesha', created_by: manager.id });
  const other = await createPerson(server, 'student', { full_name: 'Zain' });
  const mentor = await createPerson(server, 'mentor', { full_name: 'Bilal' });
  const stranger = await createPerson(server, 'mentor', { full_name: 'Hamid' });
  const admin = await createPerson(server, 'admin', { full_name: 'Dua' });
  const superadmin = await createPerson(server, 'superadmin', { full_name: 'Sana' });
  await assignMentor(server, mentor.id, student.id);
  const course = await createCourse(server);
  await enrol(server, student.id, { course_id: course }, { enrolled_at: clock.now().toISOString() });
  return { student, other, mentor, stranger, manager, admin, superadmin, course };
}

type Write = Parameters<Academy['push']>[1][number];
const withId = (write: Omit<Write, 'id'>, id: string = uuidv7()): Write & { id: string } => ({ ...write, id });

/** A ticket of a student, opened by this person. */
export const ask = (opener: Person, student: Person, more: Record<string, unknown> = {}, id?: string) =>
  withId(
    {
      type: 'support_tickets',
      set: {
        student_id: student.id,
        created_by: opener.id,
        title: 'It does not open',
        description: 'The second lesson stays grey.',
        ...more,
      },
    },
    id,
  );

export const answer = (writer: Person, ticket_id: string, more: Record<string, unknown> = {}, id?: string) =>
  withId(
    { type: 'support_ticket_replies', set: { ticket_id, user_id: writer.id, message: 'Please try again.', ...more } },
    id,
  );

/** The conversation of two people. */
export const talkTo = (one: Person, other: Person) => {
  const member_key = directKey(one.id, other.id);
  return withId(
    { type: 'message_threads', set: { kind: 'direct', member_key, created_by: one.id } },
    threadId(member_key),
  );
};

/** A student's inbox with the team. */
export const inboxOf = (student: Person, opener: Person = student) => {
  const member_key = inboxKey(student.id);
  return withId(
    {
      type: 'message_threads',
      set: { kind: 'staff_inbox', member_key, student_id: student.id, created_by: opener.id },
    },
    threadId(member_key),
  );
};

export const write = (writer: Person, thread_id: string, more: Record<string, unknown> = {}, id?: string) =>
  withId({ type: 'messages', set: { thread_id, user_id: writer.id, content: 'Salam', ...more } }, id);

export const join = (student: Person, session_id: string, more: Record<string, unknown> = {}) =>
  withId(
    { type: 'session_attendance', set: { student_id: student.id, session_id, method: 'join', ...more } },
    naturalId('session_attendance', student.id, session_id),
  );

/** `ok`, `wait files`, or the code of a refusal, of each write in order. */
export const outcomes = (verdicts: readonly OperationVerdict[]): string[] =>
  verdicts.map((verdict) => {
    if (verdict.s === 'refused') return verdict.code;
    return verdict.s === 'wait' ? `wait ${verdict.reason}` : verdict.s;
  });
