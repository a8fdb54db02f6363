import type { Role } from '#contract/roles.ts';
import { permissions, without } from '../view.ts';

const planColumns = [
  'title',
  'description',
  'start_time',
  'end_time',
  'timezone',
  'status',
  'link',
  'recording_url',
  'notes',
  'cancel_reason',
  'mentor_id',
  'mentor_name',
  'course_id',
  'pathway_id',
  'audience',
  'batch_ids',
  'drip_days',
  'zoom_meeting_id',
  'zoom_passcode',
] as const;
/** Whom else it is for, and how the room is run, is the team's business. */
const forStudents = without(
  planColumns,
  'notes',
  'audience',
  'batch_ids',
  'drip_days',
  'zoom_meeting_id',
  'zoom_passcode',
);
/** A student whose account is limited sees what takes place, and no way in. */
const announced = without(forStudents, 'link', 'recording_url');

const forAll = "t.status <> 'draft' and t.audience = 'all'";
const ofCourse = "t.status <> 'draft' and t.audience = 'course' and t.course_id is not null";
const ofSome = "t.status <> 'draft' and t.audience in ('batches', 'unbatched')";

/** Mentors for courses they cover, as their own hosts; the command asks. */
const planners: Role[] = ['mentor', 'admin', 'superadmin'];

/** The host's own sign-in is in no view: `reveal-session-host` shows it, once and on record. */
export const success_sessions = permissions('success_sessions', {
  read: [
    { scope: 'learners', when: forAll, columns: announced },
    { scope: 'cs', key: 't.course_id', when: ofCourse, columns: announced },
    { scope: 'se', key: 't.id', when: ofSome, columns: announced },
    { scope: 'open', when: forAll, rank: 5, columns: forStudents },
    { scope: 'co', key: 't.course_id', when: ofCourse, rank: 5, columns: forStudents },
    { scope: 'so', key: 't.id', when: ofSome, rank: 5, columns: forStudents },
    { scope: 'u', key: 't.mentor_id', columns: planColumns, roles: ['mentor'] },
    { scope: 'cm', key: 't.course_id', when: "t.status <> 'draft'", columns: planColumns },
    { scope: 'staff', columns: planColumns },
  ],
  commands: [
    { name: 'create-session', verb: 'insert', roles: planners },
    { name: 'update-session', verb: 'update', roles: planners },
    { name: 'publish-session', verb: 'update', roles: planners },
    { name: 'cancel-session', verb: 'update', roles: planners },
    { name: 'delete-session', verb: 'delete', roles: planners },
  ],
});

const attendanceColumns = [
  'student_id',
  'session_id',
  'attended_at',
  'client_attended_at',
  'method',
  'is_flagged',
] as const;
const given = ['id', 'student_id', 'session_id', 'client_attended_at', 'method'] as const;

export const session_attendance = permissions('session_attendance', {
  read: [
    { scope: 'u', key: 't.student_id', columns: attendanceColumns, roles: ['student'] },
    { scope: 'u', key: 'sync_host_of_session(t.session_id)', columns: attendanceColumns, roles: ['mentor'] },
    { scope: 'staff', columns: attendanceColumns },
  ],
  dependsOn: [
    {
      on: 'success_sessions',
      columns: ['mentor_id', 'is_deleted'],
      rows: 'select id from session_attendance where session_id = any($moved)',
    },
  ],
  write: [
    // When it counts, and from when, the server says.
    {
      verb: 'insert',
      roles: ['student'],
      columns: given,
      result: `t.student_id = auth.uid() and t.method = 'join' and not t.is_flagged
    and t.session_id in (select s.id from success_sessions s)`,
    },
    {
      verb: 'insert',
      roles: ['mentor'],
      columns: given,
      result: "t.method = 'manual' and not t.is_flagged and sync_host_of_session(t.session_id) = auth.uid()",
    },
    {
      verb: 'insert',
      roles: ['admin', 'superadmin'],
      columns: given,
      result: "t.method = 'manual' and not t.is_flagged",
    },
  ],
});
