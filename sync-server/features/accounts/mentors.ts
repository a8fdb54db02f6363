import { assignMentorSchema, mentorAssignmentSchema, unassignMentorSchema } from '#contract/api/accounts.ts';
import type { z } from 'zod';
import { AppError } from '../../http/errors.ts';
import { notify } from '../notifications/index.ts';
import { lockPerson, lockStudent, type Person } from './person.ts';
import { auditStaff, defineStaffCommand, type StaffCall } from './staff-command.ts';

const roles = ['admin', 'superadmin'] as const;
const columns = 'id, student_id, mentor_id, is_primary, ended_at';
type Assignment = z.infer<typeof mentorAssignmentSchema>;

export const assignMentorCommand = defineStaffCommand({
  name: 'assign-mentor',
  summary: 'Give a student a mentor',
  input: assignMentorSchema,
  output: mentorAssignmentSchema,
  roles,
  once: async (call, { student_id, mentor_id, is_primary, override_capacity }) => {
    const student = await lockStudent(call.tx, student_id);
    return assignMentor(call, student, mentor_id, { isPrimary: is_primary, override: override_capacity });
  },
});

/**
 * Gives a student a mentor, within the mentor's capacity unless overridden (workflows 3.26). A new primary mentor takes the place of
 * the one before, who stays on. Both sides are told.
 */
export async function assignMentor(
  call: StaffCall,
  student: Pick<Person, 'id' | 'full_name'>,
  mentorId: string,
  { isPrimary, override }: { isPrimary: boolean; override: boolean },
): Promise<Assignment> {
  const { tx, actor, now } = call;
  const mentor = await lockPerson(tx, mentorId);
  if (mentor.role !== 'mentor' || mentor.status !== 'active')
    throw new AppError('INVALID_INPUT', { details: [{ path: 'mentor_id', message: 'This is no active mentor.' }] });
  if (!override) await requireRoom(call, mentorId, student.id);
  const before = await tx.query<{ mentor_id: string }>(
    `update student_mentor_assignments set is_primary = false
     where $3 and student_id = $1 and mentor_id <> $2 and is_primary and ended_at is null and not is_deleted returning mentor_id`,
    [student.id, mentorId, isPrimary],
  );
  const { rows } = await tx.query<Assignment>(
    `insert into student_mentor_assignments as a (student_id, mentor_id, is_primary, assigned_by, assigned_at)
     values ($1, $2, $3, $4, $5)
     on conflict (student_id, mentor_id) do update set is_primary = excluded.is_primary, ended_at = null, is_deleted = false,
       assigned_by = excluded.assigned_by,
       assigned_at = case when a.ended_at is null and not a.is_deleted then a.assigned_at else excluded.assigned_at end
     returning ${columns}`,
    [student.id, mentorId, isPrimary, actor.id, now],
  );
  const assignment = rows[0]!;
  const data = {
    before: { primary: before.rows[0]?.mentor_id },
    after: { mentor_id: mentorId, is_primary: isPrimary },
  };
  await auditStaff(call, { entity: 'student', id: student.id, action: 'mentor_assigned', about: student.id, data });
  await tell(call, student, mentor);
  return assignment;
}

async function requireRoom({ tx }: StaffCall, mentorId: string, studentId: string): Promise<void> {
  const { rows } = await tx.query<{ full: boolean }>(
    `select m.max_students <= (
       select count(*) from student_mentor_assignments a
       where a.mentor_id = m.id and a.student_id <> $2 and a.ended_at is null and not a.is_deleted) as full
     from mentors m where m.id = $1`,
    [mentorId, studentId],
  );
  if (rows[0]?.full !== false)
    throw new AppError('CONFLICT', { message: 'The mentor has no room.', details: { reason: 'MENTOR_FULL' } });
}

async function tell(
  { tx, deps, requestId }: StaffCall,
  student: Pick<Person, 'id' | 'full_name'>,
  mentor: Pick<Person, 'id' | 'full_name'>,
): Promise<void> {
  const fields = { student: student.full_name, mentor: mentor.full_name };
  for (const [to, link] of [
    [student.id, 'mentors'],
    [mentor.id, `student/${student.id}`],
  ] as const)
    await notify(tx, deps, {
      template: 'mentor_assigned',
      to,
      fields,
      link,
      dedupe: `mentor_assigned:${requestId}:${to}`,
    });
}

/** Ends an assignment; waiting work of the student is nobody's until somebody takes it. */
export const unassignMentor = defineStaffCommand({
  name: 'unassign-mentor',
  summary: 'Take a mentor from a student',
  input: unassignMentorSchema,
  output: mentorAssignmentSchema,
  roles,
  once: async (call, { student_id, mentor_id }) => {
    const { tx, now } = call;
    await lockStudent(tx, student_id);
    const { rows } = await tx.query<Assignment>(
      `update student_mentor_assignments set ended_at = $3, is_primary = false
       where student_id = $1 and mentor_id = $2 and ended_at is null and not is_deleted returning ${columns}`,
      [student_id, mentor_id, now],
    );
    if (!rows[0]) throw new AppError('NOT_FOUND');
    await tx.query(
      `update submissions set assigned_to = null where student_id = $1 and assigned_to = $2 and status = 'pending'`,
      [student_id, mentor_id],
    );
    const data = { before: { mentor_id } };
    await auditStaff(call, { entity: 'student', id: student_id, action: 'mentor_unassigned', about: student_id, data });
    return rows[0];
  },
});
