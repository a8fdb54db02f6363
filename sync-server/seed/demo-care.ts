import { calendarDay, type DemoTime } from './demo-time.ts';
import { mainPeople } from './main-people.ts';
import { createRandom, type Random } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

const { bilal, dua, omar } = mainPeople;

const notes = [
  { kind: 'note', body: 'Works nights, so sessions before noon do not suit.' },
  { kind: 'contact', body: 'Called: exams until Friday, starts again on Saturday.' },
  { kind: 'note', body: 'Has a supplier in Sialkot already; ask about samples in the next session.' },
  { kind: 'risk', body: 'Second week without a lesson, and the last work was late.' },
  { kind: 'contact', body: 'Wrote on WhatsApp, answered within the hour. Needed help with the upload.' },
  { kind: 'note', body: 'Wants to move to the evening batch.' },
] as const;

type Student = { id: string; lms_status: string; last_active_at: string };

/** What the team knows about students: notes, who is at risk, and who was written to. Chance of its own, so that it changes nobody. */
export function addCare(rows: RowCollector, time: DemoTime): void {
  const random = createRandom(20_261_124);
  const students = rows.rowsOf('users').filter((row) => row['role'] === 'student') as unknown as Student[];
  const mentors = new Map(
    rows.rowsOf('student_mentor_assignments').map((row) => [row['student_id'], String(row['mentor_id'])]),
  );
  for (const student of students) if (random.chance(0.4)) addNote(rows, time, random, student, mentors.get(student.id));
  const learning = students.filter(({ lms_status }) => lms_status === 'active');
  for (const [at, student] of learning.filter(() => random.chance(0.2)).entries()) addFlag(rows, time, student, at);
  const silent = students
    .filter(({ lms_status }) => lms_status === 'dropout' || lms_status === 'active')
    .filter(() => random.chance(0.15));
  for (const [at, student] of silent.entries()) addCycle(rows, time, student, at);
  addChecks(rows, time, students.length);
}

function addNote(rows: RowCollector, time: DemoTime, random: Random, { id }: Student, mentor = bilal.id): void {
  const { kind, body } = random.pick(notes);
  rows.add('student_notes', {
    id: seedId('note', id),
    student_id: id,
    author_id: random.pick([mentor, mentor, dua.id, omar.id]),
    kind,
    body,
    created_at: time.daysAgo(1 + random.next() * 20),
  });
}

function addFlag(rows: RowCollector, time: DemoTime, { id }: Student, at: number): void {
  const closed = at % 3 === 2;
  const since = time.daysAgo(3 + at);
  const reasons = [{ code: at % 2 === 0 ? 'stuck_recording' : 'stuck_assignment', since }];
  if (at % 4 === 1) reasons.push({ code: 'missed_sessions', since: time.daysAgo(2) });
  rows.add('at_risk_flags', {
    id: seedId('flag', id),
    student_id: id,
    opened_at: since,
    reasons,
    is_critical: reasons.length > 1 || at > 4,
    last_contact_at: closed ? time.daysAgo(1) : null,
    closed_at: closed ? time.daysAgo(1) : null,
    closed_as: closed ? (at % 2 === 0 ? 'resolved_by_team' : 'resolved_by_student') : null,
    created_at: since,
  });
}

/** Somebody who came back after the first message, or who is still silent. */
function addCycle(rows: RowCollector, time: DemoTime, student: Student, at: number): void {
  const lost = student.lms_status === 'dropout';
  const attempts = lost ? 3 : 1;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const sent = time.daysAgo((lost ? 20 : 6 + at) - (attempt - 1) * 5);
    rows.add('student_recovery_messages', {
      id: seedId('recovery', student.id, String(attempt)),
      student_id: student.id,
      attempt,
      days_inactive: 3 + (attempt - 1) * 5,
      message_type: 'email_reminder',
      channel: 'email',
      message_status: lost ? 'cancelled' : 'recovered',
      message_content: 'We have not seen you for a few days. Your next lesson is waiting.',
      message_sent_at: sent,
      last_check_date: calendarDay(sent),
      recovery_successful: lost ? null : true,
      recovered_at: lost ? null : time.daysAgo(4 + at),
      close_cause: lost ? null : 'activity',
      created_at: sent,
    });
  }
}

/** One line for each of the last two weeks' mornings. */
function addChecks(rows: RowCollector, time: DemoTime, students: number): void {
  for (let day = 14; day >= 1; day--)
    rows.add('student_recovery_checks', {
      id: seedId('recovery check', String(day)),
      check_date: calendarDay(time.daysAgo(day)),
      students_checked: students,
      newly_inactive: day % 3,
      sent: (day % 3) + (day % 2),
      failed: day === 9 ? 1 : 0,
      recovered: day % 4 === 0 ? 1 : 0,
      still_inactive: 2 + (day % 2),
      check_completed_at: time.daysAgo(day),
    });
}
