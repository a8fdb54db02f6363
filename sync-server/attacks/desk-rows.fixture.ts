import { randomUUID } from 'node:crypto';
import type { NewRow } from '../seed/insert-rows.ts';
import { e2eIds } from './stage.fixture.ts';

type Insert = (table: string, row: NewRow) => Promise<string>;
/** Two students who do not know each other, and somebody of the team besides. */
type Strangers = { students: readonly string[]; mentor: string };

/** Sessions, tickets, conversations and partner talk of several people, each with what the others must not meet. */
export async function fillDesk(insert: Insert, { students, mentor }: Strangers): Promise<void> {
  await fillSessions(insert, students);
  for (const student of students) {
    await fillTickets(insert, student);
    await fillConversations(insert, student, mentor);
    await fillPartner(insert, student);
  }
  for (const owner_id of [mentor, e2eIds.bilal, e2eIds.dua])
    await insert('saved_replies', { owner_id, kind: 'ticket', title: 'x', body: 'x' });
}

async function fillSessions(insert: Insert, students: readonly string[]): Promise<void> {
  for (const [index, status] of ['draft', 'upcoming', 'completed', 'cancelled'].entries()) {
    const session_id = await insert('success_sessions', {
      title: 'Session',
      start_time: `2027-01-0${index + 1}T15:00:00Z`,
      link: `https://meet.example/${index}`,
      recording_url: 'https://video.example/1',
      status,
      audience: index % 2 === 0 ? 'all' : 'course',
      course_id: e2eIds.c1,
      mentor_id: e2eIds.bilal,
      host_login_email: 'host@example.test',
      host_login_secret: '\\x00',
    });
    for (const student_id of students) await insert('session_attendance', { student_id, session_id });
  }
}

async function fillTickets(insert: Insert, student: string): Promise<void> {
  const ticket_id = await insert('support_tickets', {
    student_id: student,
    created_by: student,
    title: 'Help',
    description: 'x',
    assigned_to: e2eIds.dua,
  });
  for (const is_internal of [true, false]) {
    const id = randomUUID();
    const file = await insert('files', {
      bucket: 'attachments',
      owner_id: e2eIds.dua,
      path: `tickets/${ticket_id}/${id}`,
      original_name: 'x',
      mime: 'image/png',
      bytes: 1,
      sha256: 'b'.repeat(64),
      status: 'ready',
      linked_table: 'support_ticket_replies',
      linked_id: id,
    });
    await insert('support_ticket_replies', {
      id,
      ticket_id,
      user_id: e2eIds.dua,
      message: 'x',
      is_internal,
      file_ids: [file],
    });
  }
}

async function fillConversations(insert: Insert, student: string, mentor: string): Promise<void> {
  const [lower, higher] = [student, mentor].toSorted();
  const threads: NewRow[] = [
    { kind: 'direct', member_key: `direct:${lower}:${higher}` },
    { kind: 'staff_inbox', member_key: `staff_inbox:${student}`, student_id: student },
    { kind: 'broadcast', member_key: `broadcast:${randomUUID()}` },
  ];
  for (const thread of threads) {
    const thread_id = await insert('message_threads', { ...thread, subject: 'x', created_by: mentor });
    for (const user_id of thread['kind'] === 'staff_inbox' ? [student] : [student, mentor])
      await insert('thread_members', { thread_id, user_id });
    await insert('messages', { thread_id, user_id: student, content: 'x', author_name: 'x' });
  }
}

async function fillPartner(insert: Insert, student_id: string): Promise<void> {
  const message_id = await insert('success_partner_messages', {
    student_id,
    role: 'user',
    content: 'x',
    conversation_id: randomUUID(),
  });
  await insert('success_partner_credits', { student_id, date: '2026-11-22' });
  await insert('success_partner_ledger', { student_id, message_id, kind: 'spend', date: '2026-11-22', delta: 1 });
}
