import { randomUUID } from 'node:crypto';
import type { NewRow } from '../../seed/insert-rows.ts';
import { createCourse, createPerson, enrol, type Person, type PersonOptions } from '../../testing/people.ts';
import type { At, CommandCase } from './format.ts';
import { closedLessonOf } from './rows.ts';

const reason = 'The matrix asks for it';
const address = () => `${randomUUID()}@example.test`;

/** A new student whom the caller looks after. */
const student = ({ me, stage }: At, options: PersonOptions = {}): Promise<Person> =>
  createPerson(stage.database.server, 'student', {
    created_by: me.role === 'enrollment_manager' ? me.id : null,
    ...options,
  });
const idOf = async (at: At): Promise<string> => (await student(at)).id;

/** A new student with one row of their own. */
async function withRow(at: At, table: string, row: NewRow): Promise<{ user_id: string; id: string }> {
  const user_id = await idOf(at);
  return { user_id, id: await at.stage.insert(table, { user_id, ...row }) };
}

async function enrolled(at: At): Promise<{ student_id: string; enrollment_id: string }> {
  const student_id = await idOf(at);
  const course_id = await createCourse(at.stage.database.server);
  return { student_id, enrollment_id: await enrol(at.stage.database.server, student_id, { course_id }) };
}

/** A student who reaches a lesson that is closed. */
async function withLesson(at: At): Promise<{ user_id: string; lesson_id: string }> {
  const someone = await student(at);
  return { user_id: someone.id, lesson_id: await closedLessonOf(at.stage, someone) };
}

/** Commands of staff on people and accounts (workflows 3.4 to 3.10). */
export const accountCommands: readonly CommandCase[] = [
  {
    name: 'create-enhanced-team-member',
    input: () => ({ email: address(), full_name: 'A new mentor', role: 'mentor' }),
  },
  {
    name: 'create-enhanced-student',
    input: async ({ stage }) => ({
      email: address(),
      full_name: 'A new student',
      course_id: await createCourse(stage.database.server),
      send_email: false,
    }),
  },
  {
    name: 'bulk-create-students',
    input: async ({ stage }) => ({
      batch_id: randomUUID(),
      text: `A new student,${address()}`,
      terms: { course_id: await createCourse(stage.database.server), send_email: false },
    }),
  },
  { name: 'update-student-details', input: async (at) => ({ user_id: await idOf(at), full_name: 'Another name' }) },
  {
    name: 'change-role',
    input: async ({ stage }) => {
      const { id } = await createPerson(stage.database.server, 'mentor');
      await stage.insert('mentor_course_assignments', { mentor_id: id, is_global: true });
      return { user_id: id, role: 'admin', reason };
    },
  },
  {
    // Admins block mentors and enrolment managers, not students.
    name: 'set-login-blocked',
    input: async ({ stage }) => ({
      user_id: (await createPerson(stage.database.server, 'mentor')).id,
      blocked: true,
      reason,
    }),
  },
  {
    name: 'delete-user',
    input: async (at) => {
      const { id, email } = await student(at);
      return { user_id: id, mode: 'deactivate', reason, confirm_email: email };
    },
  },
  {
    name: 'reactivate-user',
    input: async (at) => ({ user_id: (await student(at, { status: 'inactive' })).id, reason }),
  },
  { name: 'suspend-student', input: async (at) => ({ user_id: await idOf(at), cause: 'manual', reason }) },
  {
    name: 'lift-suspension',
    input: async (at) => {
      const { id } = await student(at, { status: 'suspended', lms_status: 'suspended', lms_status_reason: 'manual' });
      const suspension_id = await at.stage.insert('suspensions', { user_id: id, cause: 'manual', reason });
      return { user_id: id, suspension_id, reason };
    },
  },
  {
    name: 'schedule-suspension',
    input: async (at) => ({ user_id: await idOf(at), starts_at: '2100-01-01T00:00:00Z', reason }),
  },
  {
    // One that was planned before is cancelled.
    name: 'schedule-suspension',
    input: async (at) => {
      const student_id = await idOf(at);
      await at.stage.insert('scheduled_suspensions', {
        student_id,
        schedule_suspend_date: '2099-01-01T00:00:00Z',
        reason,
      });
      return { user_id: student_id, starts_at: '2100-01-01T00:00:00Z', reason };
    },
  },
  {
    name: 'cancel-scheduled-suspension',
    input: async (at) => {
      const student_id = await idOf(at);
      const planned = { student_id, schedule_suspend_date: '2100-01-01T00:00:00Z', reason };
      const scheduled_suspension_id = await at.stage.insert('scheduled_suspensions', planned);
      return { user_id: student_id, scheduled_suspension_id };
    },
  },
  { name: 'set-student-outcome', input: async (at) => ({ user_id: await idOf(at), outcome: 'dropout', reason }) },
  {
    name: 'assign-mentor',
    input: async (at) => ({
      student_id: await idOf(at),
      mentor_id: (await createPerson(at.stage.database.server, 'mentor')).id,
    }),
  },
  {
    // A second one in person: the first is no longer the primary one.
    name: 'assign-mentor',
    input: async (at) => {
      const db = at.stage.database.server;
      const student_id = await idOf(at);
      const [first, second] = [await createPerson(db, 'mentor'), await createPerson(db, 'mentor')];
      await at.stage.insert('student_mentor_assignments', { student_id, mentor_id: first.id, is_primary: true });
      return { student_id, mentor_id: second.id };
    },
  },
  {
    name: 'unassign-mentor',
    input: async (at) => {
      const student_id = await idOf(at);
      const mentor = await createPerson(at.stage.database.server, 'mentor');
      await at.stage.insert('student_mentor_assignments', { student_id, mentor_id: mentor.id });
      return { student_id, mentor_id: mentor.id };
    },
  },
  { name: 'unlock-lesson', input: async (at) => ({ ...(await withLesson(at)), reason }) },
  {
    name: 'unlock-lesson',
    input: async (at) => {
      const known = await withLesson(at);
      await at.stage.insert('user_unlocks', { ...known, is_unlocked: false, source: 'rule', reason: 'no_access' });
      return { ...known, reason };
    },
  },
  {
    name: 'remove-manual-unlock',
    input: async (at) => {
      const known = await withLesson(at);
      await at.stage.insert('user_unlocks', {
        ...known,
        is_unlocked: true,
        source: 'manual',
        unlocked_at: '2026-01-01T00:00:00Z',
      });
      return { ...known, reason };
    },
  },
  {
    name: 'revoke-user-device',
    input: async (at) => {
      const { user_id, id } = await withRow(at, 'devices', { label: 'Lost laptop', platform: 'linux' });
      return { user_id, device_id: id, reason };
    },
  },
  {
    name: 'manage-enrollment',
    input: async (at) => ({
      action: 'grant',
      student_id: await idOf(at),
      course_id: await createCourse(at.stage.database.server),
    }),
  },
  {
    name: 'manage-enrollment',
    input: async (at) => {
      const { enrollment_id } = await enrolled(at);
      const batch_id = await at.stage.insert('batches', { name: randomUUID(), start_date: '2030-01-01' });
      return { action: 'move_batch', enrollment_id, batch_id };
    },
  },
];
