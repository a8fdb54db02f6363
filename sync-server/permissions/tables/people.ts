import { roles } from '#contract/roles.ts';
import { permissions, without, type Command } from '../view.ts';

const staff = ['admin', 'superadmin'] as const;
const managers = ['enrollment_manager', 'admin', 'superadmin'] as const;
const byStaff = (name: string, verb: Command['verb']): Command => ({ name, verb, roles: staff });

const own = [
  'email',
  'full_name',
  'role',
  'phone',
  'status',
  'lms_status',
  'lms_status_reason',
  'last_active_at',
  'is_temp_password',
  'dream_goal_summary',
  'avatar_file_id',
] as const;
const contact = without(own, 'is_temp_password', 'dream_goal_summary');
const directory = ['full_name', 'role', 'status', 'lms_status', 'lms_status_reason', 'avatar_file_id'] as const;

export const users = permissions('users', {
  commands: [
    byStaff('create-enhanced-team-member', 'insert'),
    { name: 'create-enhanced-student', verb: 'insert', roles: managers },
    { name: 'bulk-create-students', verb: 'insert', roles: managers },
    { name: 'update-student-details', verb: 'update', roles: managers },
    { name: 'change-role', verb: 'update', roles: ['superadmin'] },
    byStaff('set-login-blocked', 'update'),
    byStaff('suspend-student', 'update'),
    byStaff('lift-suspension', 'update'),
    // Deactivates or erases: the row itself stays.
    byStaff('delete-user', 'update'),
    byStaff('reactivate-user', 'update'),
  ],
  read: [
    { scope: 'u', key: 't.id', rank: 9, columns: own },
    { scope: 'sm', key: 't.id', when: "t.role = 'student'", rank: 5, columns: [...contact, 'dream_goal_summary'] },
    { scope: 'es', key: 't.id', when: "t.role = 'student'", rank: 5, columns: contact },
    {
      scope: 'staff',
      when: "t.role <> 'superadmin'",
      columns: directory,
      online: ['email', 'phone', 'last_active_at'],
    },
    { scope: 'super', when: "t.role = 'superadmin'", columns: directory, online: ['email', 'phone', 'last_active_at'] },
  ],
  write: [
    // Role, status and e-mail move only by commands.
    {
      verb: 'update',
      roles,
      columns: ['full_name', 'phone', 'avatar_file_id', 'dream_goal_summary'],
      rows: 't.id = auth.uid() and not t.is_deleted',
      result: 't.id = auth.uid()',
    },
  ],
});

const studentColumns = [
  'student_number',
  'enrollment_date',
  'fees_cleared',
  'onboarding_completed',
  'goal_brief',
  'onboarding_video_watched',
  'onboarding_submitted_at',
  'leaderboard_hidden',
  'recovery_opt_out',
] as const;
const studentOfMentor = without(studentColumns, 'leaderboard_hidden', 'recovery_opt_out');

export const students = permissions('students', {
  commands: [
    { name: 'create-enhanced-student', verb: 'insert', roles: managers },
    { name: 'bulk-create-students', verb: 'insert', roles: managers },
    byStaff('set-student-outcome', 'update'),
  ],
  read: [
    { scope: 'u', key: 't.id', rank: 9, columns: [...studentColumns, 'answers_json'], roles: ['student'] },
    { scope: 'sm', key: 't.id', rank: 5, columns: [...studentOfMentor, 'answers_json'] },
    { scope: 'es', key: 't.id', rank: 5, columns: studentOfMentor },
    { scope: 'staff', columns: studentColumns, online: ['answers_json'] },
  ],
  write: [
    // Fees and numbers are the server's.
    {
      verb: 'update',
      roles: ['student'],
      columns: ['onboarding_video_watched', 'onboarding_submitted_at', 'leaderboard_hidden', 'recovery_opt_out'],
      rows: 't.id = auth.uid() and not t.is_deleted',
      result: 't.id = auth.uid()',
    },
  ],
});

const mentorColumns = [
  'display_name',
  'bio',
  'specialties',
  'max_students',
  'accepting_students',
  'avatar_file_id',
] as const;

export const mentors = permissions('mentors', {
  commands: [
    byStaff('create-enhanced-team-member', 'insert'),
    { name: 'change-role', verb: 'delete', roles: ['superadmin'] },
  ],
  read: [
    { scope: 'mentors', columns: mentorColumns },
    { scope: 'md', key: 't.id', columns: without(mentorColumns, 'max_students') },
    { scope: 'staff', columns: mentorColumns },
  ],
  write: [
    // The name follows users.full_name, the capacity is the staff's.
    {
      verb: 'update',
      roles: ['mentor'],
      columns: ['bio', 'specialties', 'accepting_students', 'avatar_file_id'],
      rows: 't.id = auth.uid() and not t.is_deleted',
      result: 't.id = auth.uid()',
    },
  ],
});

const assignmentColumns = ['student_id', 'mentor_id', 'is_primary', 'assigned_at', 'ended_at'] as const;

export const student_mentor_assignments = permissions('student_mentor_assignments', {
  commands: [
    byStaff('assign-mentor', 'insert'),
    byStaff('assign-mentor', 'update'),
    byStaff('unassign-mentor', 'update'),
  ],
  read: [
    { scope: 'u', key: 't.student_id', columns: assignmentColumns, roles: ['student'] },
    { scope: 'u', key: 't.mentor_id', columns: assignmentColumns, roles: ['mentor'] },
    { scope: 'staff', columns: assignmentColumns },
  ],
});

const coverColumns = ['mentor_id', 'course_id', 'is_global', 'is_primary'] as const;

export const mentor_course_assignments = permissions('mentor_course_assignments', {
  commands: [{ name: 'change-role', verb: 'delete', roles: ['superadmin'] }],
  read: [
    { scope: 'u', key: 't.mentor_id', columns: coverColumns, roles: ['mentor'] },
    { scope: 'staff', columns: coverColumns },
  ],
});

export const devices = permissions('devices', {
  read: [
    {
      scope: 'u',
      key: 't.user_id',
      columns: [
        'user_id',
        'label',
        'platform',
        'app_version',
        'registered_at',
        'last_sync_at',
        'lease_until',
        'revoked_at',
      ],
    },
  ],
  commands: [{ name: 'revoke-device', verb: 'update', roles }, byStaff('revoke-user-device', 'update')],
  write: [
    // Registering and revoking are commands.
    {
      verb: 'update',
      roles,
      columns: ['label'],
      rows: 't.user_id = auth.uid() and not t.is_deleted',
      result: 't.user_id = auth.uid()',
    },
  ],
});
