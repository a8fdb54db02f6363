import {
  changedRoleSchema,
  changeRoleSchema,
  createdTeamMemberSchema,
  createTeamMemberSchema,
} from '#contract/api/accounts.ts';
import { mayCreate } from '#contract/rules/staff.ts';
import { AppError } from '../../http/errors.ts';
import { addRoleRow } from '../people/index.ts';
import { insertAccount, queueWelcome, readPhone, welcomeKey } from './new-account.ts';
import { endAccess, keepLastSuperadmin, lockPerson, requireRight } from './person.ts';
import { auditStaff, defineStaffCommand, withMail } from './staff-command.ts';

/** An account of somebody who works here (workflows 3.6). A student's is made with an enrolment, by its own command. */
export const createTeamMember = defineStaffCommand({
  name: 'create-enhanced-team-member',
  summary: 'Create the account of a member of the team',
  input: createTeamMemberSchema,
  output: createdTeamMemberSchema,
  roles: ['admin', 'superadmin'],
  once: async (call, { email, full_name, role, phone }) => {
    const { tx, actor } = call;
    requireRight(mayCreate(actor.role, role));
    if (role === 'student')
      throw new AppError('INVALID_INPUT', {
        details: [{ path: 'role', message: 'Students are enrolled, not hired.' }],
      });
    const number = await readPhone(tx, phone);
    const id = await insertAccount(tx, { email, full_name, role, phone: number, createdBy: actor.id });
    const data = { after: { email, full_name, role } };
    await auditStaff(call, { entity: 'user', id, action: 'user_created', about: id, data });
    const welcome = await queueWelcome(call, 'team_welcome', { id, email, full_name }, { role });
    return { user_id: id, role, email_status: welcome };
  },
  after: (call, _input, done) => withMail(call, done, welcomeKey(done.user_id, null)),
});

/**
 * Moves an account to another role. It is signed out everywhere and its devices wipe, for they hold what the old role saw; what the
 * old role was trusted with (students, courses) ends with it. A student's record stays, so that nothing is lost by a mistake.
 */
export const changeRole = defineStaffCommand({
  name: 'change-role',
  summary: 'Give an account another role',
  input: changeRoleSchema,
  output: changedRoleSchema,
  roles: ['superadmin'],
  once: async (call, { user_id, role, reason }) => {
    const { tx, deps, actor, now } = call;
    const person = await lockPerson(tx, user_id);
    if (person.id === actor.id) throw new AppError('PERMISSION_DENIED', { message: 'Nobody changes the own role.' });
    if (person.role === role) return { user_id, before: role, after: role };
    await keepLastSuperadmin(tx, person);
    await tx.query('update users set role = $2 where id = $1', [user_id, role]);
    await addRoleRow(tx, user_id, role);
    if (person.role === 'mentor') {
      await tx.query('update student_mentor_assignments set ended_at = $2 where mentor_id = $1 and ended_at is null', [
        user_id,
        now,
      ]);
      await tx.query('update mentor_course_assignments set is_deleted = true where mentor_id = $1 and not is_deleted', [
        user_id,
      ]);
      await tx.query('update submissions set assigned_to = null where assigned_to = $1 and status = $2', [
        user_id,
        'pending',
      ]);
      // A directory entry exists for mentors only.
      await tx.query('update mentors set is_deleted = true, accepting_students = false where id = $1', [user_id]);
    }
    await endAccess(tx, deps.serverKey, user_id, { wipe: true });
    const data = { before: { role: person.role }, after: { role }, reason };
    await auditStaff(call, { entity: 'user', id: user_id, action: 'role_changed', about: user_id, data });
    return { user_id, before: person.role, after: role };
  },
});
