/** A table that decides who reads what: when these columns change, memberships are worked out anew in the same transaction. */
type Reason = {
  table: string;
  columns: readonly string[];
  /** SELECT of the users whose own memberships change; `touched` holds the rows as they were and as they are. */
  people?: string;
  /** SELECT of the students whose mentors and enrolment managers may change: judged pair by pair. */
  readersOf?: string;
  /** SELECT of the batches whose mentors may change, beside those that `readersOf` are in now. */
  batches?: string;
  /** Decides many pairs at once, so it waits until nobody is judging pairs. A condition on `touched`. */
  alone?: string;
  /** SELECT of the conversations whose members change. */
  threads?: string;
  /** Where a table is a reason twice, for other people each time: a name for this one. */
  as?: string;
};

const reachingStudents = (condition: string) => `select e.student_id from course_enrollments e where ${condition}`;

export const reasons: readonly Reason[] = [
  {
    table: 'users',
    columns: ['role', 'status', 'lms_status', 'login_blocked', 'is_deleted', 'created_by'],
    people: 'select id from touched',
    readersOf: "select id from touched where role = 'student'",
    alone: "exists (select from touched where role <> 'student')",
  },
  // What opens or closes learning concerns the student alone, and comes for many at once.
  {
    table: 'users',
    as: 'users_open',
    columns: ['lms_status'],
    people: "select id from touched where role = 'student'",
  },
  { table: 'students', columns: ['is_deleted'], readersOf: 'select id from touched' },
  {
    table: 'student_mentor_assignments',
    columns: ['student_id', 'mentor_id', 'ended_at', 'is_deleted'],
    people: 'select student_id from touched',
    readersOf: 'select student_id from touched',
  },
  {
    table: 'mentor_course_assignments',
    columns: ['mentor_id', 'course_id', 'is_global', 'is_deleted'],
    people: `select mentor_id from touched
      union select id from students where exists (select from touched where is_global)
      union ${reachingStudents('exists (select from touched where not is_global)')}`,
    alone: 'true',
  },
  {
    table: 'course_enrollments',
    columns: [
      'student_id',
      'course_id',
      'pathway_id',
      'current_course_id',
      'batch_id',
      'status',
      'enrolled_at',
      'is_deleted',
    ],
    people: 'select student_id from touched',
    readersOf: 'select student_id from touched',
    batches: 'select batch_id from touched',
  },
  {
    table: 'user_unlocks',
    columns: ['user_id', 'lesson_id', 'is_unlocked', 'unlocked_at', 'offline_openable', 'is_deleted'],
    people: 'select user_id from touched',
  },
  {
    table: 'pathway_courses',
    columns: ['pathway_id', 'course_id', 'step_number', 'is_deleted'],
    people: reachingStudents('e.pathway_id in (select pathway_id from touched)'),
    readersOf: reachingStudents('e.pathway_id in (select pathway_id from touched)'),
  },
  {
    table: 'batches',
    columns: ['course_id', 'is_deleted'],
    people: reachingStudents('e.batch_id in (select id from touched)'),
    readersOf: reachingStudents('e.batch_id in (select id from touched)'),
  },
  {
    table: 'batch_courses',
    columns: ['batch_id', 'course_id', 'is_deleted'],
    people: reachingStudents('e.batch_id in (select batch_id from touched)'),
    readersOf: reachingStudents('e.batch_id in (select batch_id from touched)'),
  },
  {
    table: 'courses',
    columns: ['is_deleted'],
    people: 'select a.mentor_id from mentor_course_assignments a where a.is_global and exists (select from touched)',
  },
  {
    table: 'modules',
    columns: ['course_id', 'is_deleted'],
    people: `select u.user_id from user_unlocks u join available_lessons l on l.id = u.lesson_id
      where l.module_id in (select id from touched)`,
  },
  {
    table: 'available_lessons',
    columns: ['module_id', 'is_deleted'],
    people: 'select user_id from user_unlocks where lesson_id in (select id from touched)',
  },
  {
    table: 'resources',
    columns: ['section_id', 'is_active', 'is_deleted'],
    people: 'select sync_audience_students(array(select id from touched))',
  },
  {
    table: 'resource_sections',
    columns: ['is_active', 'is_deleted'],
    people:
      'select sync_audience_students(array(select r.id from resources r where r.section_id in (select id from touched)))',
  },
  {
    table: 'resource_audiences',
    columns: ['resource_id', 'audience_type', 'target_id', 'is_deleted'],
    people: `select s.id from students s where exists (select from touched where audience_type = 'all')
      union select r.student_id from sync_reached_courses r where r.course_id in (select target_id from touched)
      union ${reachingStudents('e.pathway_id in (select target_id from touched) or e.batch_id in (select target_id from touched)')}`,
  },
  {
    table: 'success_sessions',
    columns: ['audience', 'course_id', 'batch_ids', 'start_time', 'status', 'is_deleted'],
    // A session for all, or for a course, is read by scopes that do not know it.
    people: `select student from touched t
      cross join lateral app_session_audience(t.audience, t.course_id, t.batch_ids, t.start_time) as student
      where t.audience in ('batches', 'unbatched')`,
  },
  {
    table: 'thread_members',
    columns: ['thread_id', 'user_id', 'is_deleted'],
    threads: 'select thread_id from touched',
  },
  { table: 'message_threads', columns: ['kind', 'student_id', 'is_deleted'], threads: 'select id from touched' },
  {
    table: 'company_settings',
    columns: ['em_sees_all_students', 'is_deleted'],
    people: "select id from users where role = 'enrollment_manager' and exists (select from touched)",
    alone: 'true',
  },
];

/** Statement triggers that keep `sync_members` equal to `sync_desired_scopes`, in the transaction that changed the reason. */
export const membershipSql = (): string => reasons.map(triggersOf).join('\n');

function triggersOf({ table, columns, people, readersOf, batches, threads, alone, as = table }: Reason): string {
  const values = (row: string) => columns.map((column) => `${row}.${column}`).join(', ');
  const moved = `(${values('o')}) is distinct from (${values('n')})`;
  const touched = {
    insert: 'select * from changed',
    delete: 'select * from before',
    update: `select o.* from before o join changed n using (id) where ${moved}
      union all select n.* from before o join changed n using (id) where ${moved}`,
  };
  const transition = {
    insert: 'new table as changed',
    delete: 'old table as before',
    update: 'old table as before new table as changed',
  };
  return (['insert', 'update', 'delete'] as const)
    .map(
      (event) => `
create or replace function sync_members_${as}_${event}() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ids uuid[];
begin
${alone ? `  if (with touched as materialized (${touched[event]}) select ${alone}) then perform sync_pairs_change(true); end if;\n` : ''}${[
        people && refresh('sync_refresh_members', touched[event], people),
        readersOf && refresh('sync_refresh_readers_of', touched[event], readersOf),
        readersOf && refresh('sync_refresh_mentors_of_batches', touched[event], batchesOf(readersOf, batches)),
        threads && refresh('sync_refresh_threads', touched[event], threads),
      ]
        .filter(Boolean)
        .join('\n')}
  return null;
end $$;
create trigger sync_members_${as}_${event} after ${event} on ${table}
  referencing ${transition[event]} for each statement execute function sync_members_${as}_${event}();`,
    )
    .join('\n');
}

const batchesOf = (students: string, others?: string): string =>
  `select e.batch_id from course_enrollments e where e.student_id in (${students})${others ? ` union ${others}` : ''}`;

const refresh = (worker: string, touched: string, people: string): string => `
  ids := array(
    with touched as materialized (${touched})
    select distinct one.person from (${people}) as one(person) where one.person is not null);
  perform ${worker}(ids);`;
