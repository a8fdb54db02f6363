import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import type { Actor } from '#contract/roles.ts';
import { asServer } from '../db/as-actor.ts';
import { carryOut, type Command, type CommandContext } from '../http/commands.ts';
import { AppError } from '../http/errors.ts';
import { createSchedule } from '../features/billing/index.ts';
import { insertRow, type NewRow } from '../seed/insert-rows.ts';
import type { Academy } from './academy.ts';
import { createCourse, createLesson, createModule, createPerson, type Person } from './people.ts';

/** Calls a command as its route would, without HTTP: the role is asked, the input parsed. Answers the data or throws AppError. */
export async function callCommand<In extends z.ZodType, Out extends z.ZodType>(
  { deps, clock }: Academy,
  actor: Actor,
  command: Command<In, Out>,
  input: z.input<In>,
): Promise<z.output<Out>> {
  if (!command.roles.includes(actor.role)) throw new AppError('PERMISSION_DENIED');
  const parsed = command.input.safeParse(input);
  if (!parsed.success) throw new AppError('INVALID_INPUT', { details: parsed.error.issues });
  const session = { id: uuidv7() } as CommandContext['session'];
  const caller = { address: '127.0.0.1', userAgent: null, requestId: uuidv7() };
  const context = { actor, session, deps, now: clock.now(), ...caller };
  return command.output.parse(await carryOut(command, context, parsed.data, uuidv7)) as z.output<Out>;
}

/** What a command answers: its error code (and reason, where it names one), or `done`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { reason } = (error.details ?? {}) as { reason?: string };
    return reason ? `${error.code} ${reason}` : error.code;
  }
}

/** The people of an office, and a student of Omar's who owes 10,000.00 in three installments for a course of one lesson. */
export type Office = {
  omar: Person;
  dua: Person;
  sana: Person;
  bilal: Person;
  student: Person;
  enrolment: string;
  lesson: string;
  /** Ids of the three invoices, in order. */
  invoices: string[];
};

/** Settings of billing for a test: the row is always there. */
export async function setBilling({ database }: Academy, settings: Record<string, unknown>): Promise<void> {
  for (const [column, value] of Object.entries(settings))
    await database.server.query(`update billing_settings set ${column} = $1`, [
      typeof value === 'object' ? JSON.stringify(value) : value,
    ]);
}

export async function openOffice(academy: Academy): Promise<Office> {
  const { server } = academy.database;
  const [omar, dua, sana, bilal] = [
    await createPerson(server, 'enrollment_manager', { full_name: 'Omar' }),
    await createPerson(server, 'admin', { full_name: 'Dua' }),
    await createPerson(server, 'superadmin', { full_name: 'Sana' }),
    await createPerson(server, 'mentor', { full_name: 'Bilal' }),
  ] as const;
  const course = await createCourse(server, { title: 'Store Building', price: 1_000_000 });
  const lesson = await createLesson(server, await createModule(server, course), { recording_title: 'First' });
  const { student, enrolment, invoices } = await enrolOwing(academy, course, omar);
  return { omar, dua, sana, bilal, student, enrolment, lesson, invoices };
}

/** A new student who owes a course in installments. */
export async function enrolOwing(
  academy: Academy,
  course: string,
  createdBy: Person | null,
  { total = 1_000_000, installments = 3, ...more }: { total?: number; installments?: number } & NewRow = {},
): Promise<{ student: Person; enrolment: string; invoices: string[] }> {
  const { database, deps, clock } = academy;
  const student = await createPerson(database.server, 'student', {
    full_name: 'Ayesha',
    created_by: createdBy?.id ?? null,
    fees_cleared: false,
    lms_status: 'inactive',
  });
  const enrolment = await insertRow(database.server, 'course_enrollments', {
    student_id: student.id,
    course_id: course,
    payment_status: 'pending',
    total_amount: total,
    enrolled_at: clock.now().toISOString(),
    ...more,
  });
  const made = await asServer(database.server, (tx) =>
    createSchedule(
      tx,
      deps,
      { id: enrolment, studentId: student.id, total, currency: 'PKR', installments, batchStart: null },
      { actor: null },
    ),
  );
  await academy.settle(student);
  return { student, enrolment, invoices: made.map(({ id }) => id) };
}
