import { hash } from '@node-rs/argon2';
import type { Actor, Role } from '#contract/roles.ts';
import type { Pool } from '../db/sql.ts';
import { insertRow, type NewRow } from '../seed/insert-rows.ts';

/** A person of a test; usable as the actor of `asActor`. */
export type Person = Actor & { email: string; full_name: string };

export type PersonOptions = {
  id?: string;
  full_name?: string;
  email?: string;
  /** Given: the person can sign in with it. */
  password?: string;
  phone?: string | null;
  /** The enrolment manager who created the student, or whoever did. */
  created_by?: string | null;
  status?: 'active' | 'inactive' | 'suspended';
  /** Default `active`, so that lessons open. */
  lms_status?: string;
  lms_status_reason?: string | null;
  /** Students only; default true. */
  fees_cleared?: boolean;
  /** More columns of `users`. */
  more?: NewRow;
};

let serial = 0;

/** Creates a person of any role with what belongs to the role: a student row with a number, a mentor's directory entry. */
export async function createPerson(server: Pool, role: Role, options: PersonOptions = {}): Promise<Person> {
  const number = ++serial;
  const full_name = options.full_name ?? `${role.replace('_', ' ')} ${number}`;
  const email = options.email ?? `${role}-${number}@example.test`;
  const id = await insertRow(server, 'users', {
    id: options.id,
    email,
    full_name,
    role,
    phone: options.phone ?? null,
    status: options.status ?? 'active',
    lms_status: options.lms_status ?? (role === 'student' ? 'active' : 'inactive'),
    lms_status_reason: options.lms_status_reason ?? null,
    is_temp_password: false,
    created_by: options.created_by ?? null,
    ...options.more,
  });
  if (role === 'student') await addStudent(server, id, options.fees_cleared ?? true);
  if (role === 'mentor') await insertRow(server, 'mentors', { id, display_name: full_name });
  if (options.password !== undefined) await setPassword(server, id, options.password);
  return { id, role, email, full_name };
}

async function addStudent(server: Pool, id: string, fees_cleared: boolean): Promise<void> {
  const { rows } = await server.query<{ number: string }>(
    `select 'STU' || lpad(app_next_number('student')::text, 6, '0') as number`,
  );
  await insertRow(server, 'students', { id, student_number: rows[0]!.number, fees_cleared });
}

/** Gives a person a password (argon2id with weak parameters: tests are about other things than its cost). */
export async function setPassword(server: Pool, userId: string, password: string): Promise<void> {
  const password_hash = await hash(password, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
  await insertRow(server, 'user_credentials', { user_id: userId, password_hash });
}

/** Registers a device of a person. */
export const createDevice = (server: Pool, userId: string, device: NewRow = {}): Promise<string> =>
  insertRow(server, 'devices', { user_id: userId, label: 'Test device', platform: 'linux', ...device });

/** The one settings row; sequence on, drip and rating gate off, room for many devices, unless said otherwise. */
export const createCompany = (server: Pool, settings: NewRow = {}): Promise<string> =>
  insertRow(server, 'company_settings', {
    company_name: 'Falcon Academy',
    address: 'Shahrah-e-Faisal, Karachi',
    contact_email: 'hello@falcon.academy',
    primary_phone: '+922135000000',
    student_device_limit: 20,
    ...settings,
  });

/** A published course. */
export const createCourse = (server: Pool, course: NewRow = {}): Promise<string> =>
  insertRow(server, 'courses', { title: `Course ${++serial}`, is_published: true, ...course });

export const createModule = (server: Pool, courseId: string, module: NewRow = {}): Promise<string> =>
  insertRow(server, 'modules', { course_id: courseId, title: `Module ${++serial}`, sequence_order: 1, ...module });

/** A published lesson; without `sequence_order` it comes after those the module has. */
export async function createLesson(server: Pool, moduleId: string, lesson: NewRow = {}): Promise<string> {
  const { rows } = await server.query<{ next: number }>(
    'select coalesce(max(sequence_order), 0) + 1 as next from available_lessons where module_id = $1',
    [moduleId],
  );
  return insertRow(server, 'available_lessons', {
    module_id: moduleId,
    recording_title: `Lesson ${++serial}`,
    description: 'What this lesson teaches.',
    sequence_order: rows[0]!.next,
    duration_min: 10,
    ...lesson,
  });
}

/** A required text assignment of a lesson. */
export const createAssignment = (server: Pool, lessonId: string, assignment: NewRow = {}): Promise<string> =>
  insertRow(server, 'assignments', {
    lesson_id: lessonId,
    name: `Assignment ${++serial}`,
    description: 'What to do.',
    submission_type: 'text',
    ...assignment,
  });

/** A published pathway over these courses, one step each. */
export async function createPathway(server: Pool, courseIds: readonly string[], pathway: NewRow = {}): Promise<string> {
  const id = await insertRow(server, 'learning_pathways', {
    name: `Pathway ${++serial}`,
    is_published: true,
    ...pathway,
  });
  for (const [index, course_id] of courseIds.entries()) {
    await insertRow(server, 'pathway_courses', { pathway_id: id, course_id, step_number: index + 1 });
  }
  return id;
}

export async function createBatch(
  server: Pool,
  batch: NewRow & { course_ids?: readonly string[] } = {},
): Promise<string> {
  const { course_ids = [], ...row } = batch;
  const id = await insertRow(server, 'batches', { name: `Batch ${++serial}`, start_date: '2026-01-01', ...row });
  for (const course_id of course_ids) await insertRow(server, 'batch_courses', { batch_id: id, course_id });
  return id;
}

/** A paid, active enrolment; `target` names exactly one of course and pathway. */
export const enrol = (
  server: Pool,
  studentId: string,
  target: { course_id: string } | { pathway_id: string; current_course_id?: string },
  enrolment: NewRow = {},
): Promise<string> =>
  insertRow(server, 'course_enrollments', {
    student_id: studentId,
    ...target,
    enrollment_source: 'course_id' in target ? 'direct' : 'pathway',
    payment_status: 'paid',
    ...enrolment,
  });

export const assignMentor = (server: Pool, mentorId: string, studentId: string, row: NewRow = {}): Promise<string> =>
  insertRow(server, 'student_mentor_assignments', { mentor_id: mentorId, student_id: studentId, ...row });

/** Lets a mentor cover a course, or every course when it is null. */
export const coverCourse = (server: Pool, mentorId: string, courseId: string | null): Promise<string> =>
  insertRow(server, 'mentor_course_assignments', {
    mentor_id: mentorId,
    course_id: courseId,
    is_global: courseId === null,
  });

/** Opens a lesson to a student as the server's recomputation would. */
export const openLesson = (server: Pool, studentId: string, lessonId: string, unlock: NewRow = {}): Promise<string> =>
  insertRow(server, 'user_unlocks', {
    user_id: studentId,
    lesson_id: lessonId,
    is_unlocked: true,
    unlocked_at: new Date().toISOString(),
    source: 'rule',
    reason: 'requirements_met',
    ...unlock,
  });

/** A pending attempt, as the server would have accepted it. */
export const createSubmission = (
  server: Pool,
  studentId: string,
  assignmentId: string,
  submission: NewRow = {},
): Promise<string> =>
  insertRow(server, 'submissions', {
    student_id: studentId,
    assignment_id: assignmentId,
    content: 'My work.',
    client_submitted_at: new Date().toISOString(),
    ...submission,
  });
