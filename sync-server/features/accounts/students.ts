import type { z } from 'zod';
import {
  createdStudentSchema,
  createStudentSchema,
  updatedStudentSchema,
  updateStudentSchema,
  type CreateStudent,
} from '#contract/api/accounts.ts';
import { mayCreate, mayManage } from '#contract/rules/staff.ts';
import { AppError } from '../../http/errors.ts';
import { queueMail } from '../mail/index.ts';
import { notify } from '../notifications/index.ts';
import { settleAccess } from '../access/index.ts';
import { enrol } from './enrol.ts';
import { findTarget } from './enrolment-target.ts';
import { assignMentor } from './mentors.ts';
import { insertAccount, queueWelcome, readPhone, refuseTaken, welcomeKey } from './new-account.ts';
import { lockStudent, looksAfter, requireRevision, requireRight, type Person } from './person.ts';
import { auditStaff, defineStaffCommand, withMail, type StaffCall } from './staff-command.ts';

const roles = ['enrollment_manager', 'admin', 'superadmin'] as const;

/** A student with an account, a number, one enrolment and its invoices, all or nothing (workflows 3.4, data model R6). */
export const createStudent = defineStaffCommand({
  name: 'create-enhanced-student',
  summary: 'Create a student and enrol them',
  input: createStudentSchema,
  output: createdStudentSchema,
  roles,
  once: (call, input) => {
    requireRight(mayCreate(call.actor.role, 'student'));
    return createAndEnrol(call, input, call.actor.id);
  },
  after: (call, _input, done) => withMail(call, done, welcomeKey(done.user_id, null)),
});

/** The same for a draft that somebody else wrote: `createdBy` looks after the student, the caller's right counts. */
export async function createAndEnrol(
  call: StaffCall,
  input: CreateStudent,
  createdBy: string,
): Promise<z.output<typeof createdStudentSchema>> {
  const { tx, deps, actor, requestId } = call;
  const target = await findTarget(tx, input);
  const phone = await readPhone(tx, input.phone);
  const account = {
    email: input.email,
    full_name: input.full_name,
    role: 'student',
    phone,
    createdBy,
  } as const;
  const id = await insertAccount(tx, account);
  const data = { after: { email: input.email, full_name: input.full_name } };
  await auditStaff(call, { entity: 'user', id, action: 'student_created', about: id, data });
  await keepConsent(call, id, input);
  const enrolment = await enrol(call, id, target, input);
  if (input.mentor_id !== undefined) {
    const terms = { isPrimary: true, override: false };
    await assignMentor(call, { id, full_name: input.full_name }, input.mentor_id, terms);
  }
  // What opens with the enrolment is no news to somebody who has just arrived.
  await settleAccess(tx, deps, id, { actor: actor.id, requestId, announce: false });
  await tellStaff(call, id, input.full_name, target.name);
  const number = await readNumber(call, id);
  const person = { id, email: input.email, full_name: input.full_name };
  const facts = { student_number: number, installments: enrolment.invoices.length };
  const email_status = input.send_email
    ? await queueWelcome(call, 'student_welcome', person, facts)
    : { status: 'not_asked' as const };
  return { user_id: id, student_number: number, enrolment, email_status };
}

/** Settings every student has, with what was said about WhatsApp when the account was made. */
async function keepConsent({ tx, now }: StaffCall, id: string, { whatsapp_opt_in }: CreateStudent): Promise<void> {
  await tx.query(
    `insert into notification_settings (user_id, whatsapp_opt_in, whatsapp_opt_in_at, whatsapp_opt_in_source)
     values ($1, $2, case when $2 then $3::timestamptz end, case when $2 then 'enrolment' end)`,
    [id, whatsapp_opt_in, now],
  );
}

async function readNumber({ tx }: StaffCall, id: string): Promise<string> {
  const { rows } = await tx.query<{ number: string }>('select student_number as number from students where id = $1', [
    id,
  ]);
  return rows[0]!.number;
}

async function tellStaff({ tx, deps, actor }: StaffCall, id: string, name: string, program: string): Promise<void> {
  const staff = await tx.query<{ id: string; actor: string }>(
    `select s.id, (select full_name from users where id = $2) as actor from server_staff($1) as s(id) where s.id <> $2`,
    [deps.serverKey, actor.id],
  );
  for (const { id: to, actor: added_by_name } of staff.rows)
    await notify(tx, deps, {
      template: 'student_added',
      to,
      fields: { added_by_name, student_name: name, program_name: program },
      link: `student/${id}`,
      dedupe: `student_added:${id}:${to}`,
    });
}

/** Name, address and number of a student (workflows 3.7). Enrolment managers: name, number and the link, of students they look after. */
export const updateStudentDetails = defineStaffCommand({
  name: 'update-student-details',
  summary: "Change a student's name, address or number",
  input: updateStudentSchema,
  output: updatedStudentSchema,
  roles,
  once: async (call, { user_id, resend_credentials, expected_revision, email, full_name, phone }) => {
    const { tx, actor } = call;
    const before = await lockStudent(tx, user_id);
    if (actor.role === 'enrollment_manager') {
      if (!(await looksAfter(tx, actor.id, before))) throw new AppError('NOT_FOUND');
      requireRight(email === undefined);
    } else requireRight(mayManage(actor, before));
    requireRevision(before, expected_revision);
    const changes = {
      ...(email === undefined ? {} : { email }),
      ...(full_name === undefined ? {} : { full_name }),
      ...(phone === undefined ? {} : { phone: phone === null ? null : await readPhone(tx, phone) }),
    };
    const after = { ...before, ...changes };
    const { rows } = await refuseTaken(() =>
      tx.query<{ v: string }>('update users set email = $2, full_name = $3, phone = $4 where id = $1 returning v', [
        user_id,
        after.email,
        after.full_name,
        after.phone,
      ]),
    );
    if (Object.keys(changes).length > 0) {
      const old = Object.fromEntries(Object.keys(changes).map((key) => [key, before[key as keyof Person]]));
      const data = { before: old, after: changes };
      await auditStaff(call, { entity: 'user', id: user_id, action: 'user_updated', about: user_id, data });
    }
    if (after.email !== before.email) await tellBothAddresses(call, before, after);
    const email_status = resend_credentials
      ? await queueWelcome(call, 'student_welcome', after, { student_number: await readNumber(call, user_id) }, true)
      : { status: 'not_asked' as const };
    return { user_id, v: rows[0]!.v, email_status };
  },
  after: (call, _input, done) => withMail(call, done, welcomeKey(done.user_id, call.requestId)),
});

/** The old address hears of it too, so that nobody's account is moved away unnoticed. A new address may be reachable. */
async function tellBothAddresses({ tx, requestId }: StaffCall, before: Person, after: Person): Promise<void> {
  await tx.query('update users set email_undeliverable = false where id = $1', [after.id]);
  for (const [which, address] of [
    ['old', before.email],
    ['new', after.email],
  ] as const)
    await queueMail(tx, {
      userId: after.id,
      email: address,
      name: after.full_name,
      template: 'email_changed',
      payload: { old: before.email, new: after.email },
      dedupe: `email_changed:${requestId}:${which}`,
    });
}
