import type { Role } from '#contract/roles.ts';
import type { TableName } from '#contract/tables/index.ts';

/** Rows a person may have of one table, said once more in plain SQL; `$1` is the person. `columns`: all that a row shows. */
type Rule = { rows: string; columns: string };
type Rules = Partial<Record<TableName, readonly Rule[]>>;

const money = 'payment_status total_amount amount_paid';
const enrolment =
  'student_id course_id pathway_id current_course_id batch_id enrollment_source status enrolled_at completed_at access_expires_at progress_percentage drip_override drip_enabled sequential_override sequential_enabled';
const course =
  'title description thumbnail_file_id price currency is_active is_published is_default sequence_order access_duration_days drip_enabled';
const pathway = 'name description thumbnail_file_id price currency is_active is_published drip_enabled';
const step = 'pathway_id course_id step_number is_choice_point choice_group is_mandatory';
const module = 'course_id title description sequence_order';
const batch = 'name start_date course_id pathway_id timezone status whatsapp_group_link facebook_community_link';
const lesson = 'module_id recording_title sequence_order duration_min has_media is_published';
const attachment = 'lesson_id file_name file_id file_url uploaded_at';
const media = 'provider mime sha256 chunk_sha256 bytes duration_seconds captions allow_offline';
const task = 'lesson_id course_id mentor_id name submission_type due_days is_required is_active max_files max_file_mb';
const view =
  'user_id lesson_id watched watched_at position_seconds watched_ranges watched_seconds duration_seconds last_watched_at';
const unlock =
  'user_id lesson_id is_unlocked unlocked_at source reason available_at blocking_lesson_id offline_openable';
const rating = 'user_id lesson_id rating feedback';
const progress = 'user_id module_id is_completed progress_percentage completed_at';
const work =
  'assignment_id student_id version status content links file_ids client_submitted_at based_on withdraw_requested_at submitted_at reviewed_at is_late reviewed_by notes score';
const review =
  'submission_id submission_version reviewer_id reviewer_name decision notes score reviewed_at_client outcome';
const file = 'bucket owner_id path original_name mime bytes sha256 status linked_table linked_id';
const mentor = 'display_name bio specialties accepting_students avatar_file_id';
const known = 'full_name role status lms_status lms_status_reason avatar_file_id';
const contact = `email phone last_active_at ${known}`;
const student = 'student_number enrollment_date fees_cleared onboarding_completed goal_brief';
const switches = 'leaderboard_hidden recovery_opt_out';

/** The courses of a student: enrolled in directly, of the pathway up to the current step, of the batch; never when cancelled. */
const reached = (student: string, extra = '') => `
  select e.course_id from course_enrollments e
    where e.student_id = ${student} and e.status <> 'cancelled' and e.course_id is not null ${extra}
  union select step.course_id from course_enrollments e join pathway_courses step using (pathway_id)
    where e.student_id = ${student} and e.status <> 'cancelled' ${extra} and not step.is_deleted
      and step.step_number <= case when e.status = 'completed' then 1000 else coalesce(
        (select n.step_number from pathway_courses n
         where n.pathway_id = e.pathway_id and n.course_id = e.current_course_id and not n.is_deleted),
        (select min(n.step_number) from pathway_courses n where n.pathway_id = e.pathway_id and not n.is_deleted)) end
  union select b.course_id from course_enrollments e join batches b on b.id = e.batch_id
    where e.student_id = ${student} and e.status <> 'cancelled' and b.course_id is not null ${extra}
  union select c.course_id from course_enrollments e join batch_courses c on c.batch_id = e.batch_id
    where e.student_id = ${student} and e.status <> 'cancelled' ${extra}`;
const courseOfLesson = (id: string) =>
  `(select m.course_id from available_lessons l join modules m on m.id = l.module_id where l.id = ${id} and not l.is_deleted and not m.is_deleted)`;
const courseOfTask = (id: string) =>
  `(select case when a.lesson_id is null then a.course_id else ${courseOfLesson('a.lesson_id')} end from assignments a where a.id = ${id})`;
const published = (id: string) =>
  `(select l.is_published and not l.is_deleted from available_lessons l where l.id = ${id})`;
const opened = 'u.is_unlocked or u.unlocked_at is not null';
const lessonsOfMine = (when: string) =>
  `select u.lesson_id from user_unlocks u where u.user_id = $1 and (${when}) and ${courseOfLesson('u.lesson_id')} in (${reached('$1')})`;
const lessonOfFile = `coalesce((select a.lesson_id from recording_attachments a where t.linked_table = 'recording_attachments' and a.id = t.linked_id),
  (select a.lesson_id from recording_attachments a where a.file_id = t.id order by a.id limit 1))`;
const workOfFile = `(select s.id from submissions s where t.linked_table = 'submissions' and s.id = t.linked_id and s.student_id = t.owner_id)`;
const portrait = "t.linked_table in ('users', 'mentors')";

/** Everyone's own, whatever the role. */
const own: Rules = {
  company_settings: [
    {
      rows: 'true',
      columns:
        'company_name contact_email primary_phone branding timezone lms_sequential_unlock drip_enabled_default watch_complete_percent offline_lease_days lookahead_lessons submission_max_files submission_max_file_mb recovery_inactivity_days rating_gate_from announcement_banner help_url',
    },
  ],
  users: [{ rows: 't.id = $1', columns: `${contact} is_temp_password dream_goal_summary` }],
  devices: [
    {
      rows: 't.user_id = $1',
      columns: 'user_id label platform app_version registered_at last_sync_at lease_until revoked_at',
    },
  ],
  recording_views: [{ rows: 't.user_id = $1', columns: view }],
  user_unlocks: [{ rows: 't.user_id = $1', columns: unlock }],
  recording_ratings: [{ rows: 't.user_id = $1', columns: rating }],
  lesson_notes: [{ rows: 't.user_id = $1', columns: 'user_id lesson_id at_seconds body copy_of client_at' }],
  user_module_progress: [{ rows: 't.user_id = $1', columns: progress }],
  notifications: [
    {
      rows: "t.user_id = $1 and t.channel = 'in_app'",
      columns: 'user_id template_key title body payload sent_at read_at dismissed_at',
    },
  ],
  notification_settings: [{ rows: 't.user_id = $1', columns: 'user_id mutes email_digest quiet_hours' }],
  sync_rejections: [
    { rows: 't.user_id = $1', columns: 'user_id device_id collection doc_id code message pushed_doc acknowledged_at' },
  ],
  submission_reviews: [{ rows: 't.reviewer_id = $1', columns: review }],
  files: [{ rows: "t.bucket <> 'lesson-media' and t.owner_id = $1 or t.bucket = 'company-logos'", columns: file }],
};

const listedPathway = '(select p.is_active and p.is_published from learning_pathways p where p.id = t.pathway_id)';
const myPathways =
  "(select e.pathway_id from course_enrollments e where e.student_id = $1 and e.status <> 'cancelled')";
const myMentors = `(select a.mentor_id from student_mentor_assignments a where a.student_id = $1 and a.ended_at is null
  union select a.mentor_id from mentor_course_assignments a where not a.is_deleted and (a.is_global or a.course_id in (${reached('$1')})))`;

const asStudent: Rules = {
  students: [{ rows: 't.id = $1', columns: `${student} ${switches}` }],
  mentors: [{ rows: `t.id in ${myMentors}`, columns: mentor }],
  student_mentor_assignments: [
    { rows: 't.student_id = $1', columns: 'student_id mentor_id is_primary assigned_at ended_at' },
  ],
  courses: [{ rows: `t.is_active and t.is_published or t.id in (${reached('$1')})`, columns: course }],
  learning_pathways: [{ rows: `t.is_active and t.is_published or t.id in ${myPathways}`, columns: pathway }],
  pathway_courses: [{ rows: `${listedPathway} or t.pathway_id in ${myPathways}`, columns: step }],
  modules: [{ rows: `t.course_id in (${reached('$1')})`, columns: module }],
  batches: [
    {
      rows: "t.id in (select e.batch_id from course_enrollments e where e.student_id = $1 and e.status <> 'cancelled')",
      columns: batch,
    },
  ],
  course_enrollments: [{ rows: 't.student_id = $1', columns: `${enrolment} ${money}` }],
  available_lessons: [
    { rows: `t.is_published and ${courseOfLesson('t.id')} in (${reached('$1')})`, columns: lesson },
    {
      rows: `t.is_published and t.id in (${lessonsOfMine(`${opened} or u.offline_openable`)})`,
      columns: `${lesson} description`,
    },
  ],
  recording_attachments: [
    { rows: `${published('t.lesson_id')} and t.lesson_id in (${lessonsOfMine(opened)})`, columns: attachment },
  ],
  lesson_media: [
    { rows: `${published('t.id')} and t.id in (${lessonsOfMine(`${opened} or u.offline_openable`)})`, columns: media },
  ],
  assignments: [
    { rows: `${published('t.lesson_id')} and ${courseOfLesson('t.lesson_id')} in (${reached('$1')})`, columns: task },
    {
      rows: `${published('t.lesson_id')} and t.lesson_id in (${lessonsOfMine(`${opened} or u.offline_openable`)})`,
      columns: `${task} description instructions`,
    },
    { rows: `t.lesson_id is null and t.course_id in (${reached('$1')})`, columns: `${task} description instructions` },
  ],
  submissions: [{ rows: 't.student_id = $1', columns: work }],
  submission_reviews: [
    {
      rows: "t.outcome = 'applied' and t.submission_id in (select s.id from submissions s where s.student_id = $1)",
      columns: review,
    },
  ],
  files: [
    {
      rows: `t.bucket <> 'lesson-media' and ${published(lessonOfFile)} and ${lessonOfFile} in (${lessonsOfMine(opened)})`,
      columns: file,
    },
    { rows: `t.bucket <> 'lesson-media' and ${portrait} and t.linked_id in ${myMentors}`, columns: file },
  ],
  invoices: [
    {
      rows: 't.student_id = $1',
      columns:
        'student_id enrollment_id invoice_number installment_number amount penalty_amount amount_paid currency issue_date due_date extended_due_date status paid_at',
    },
  ],
};

const covered = `(select c.id from courses c join mentor_course_assignments a on a.is_global or a.course_id = c.id
  where a.mentor_id = $1 and not a.is_deleted and not c.is_deleted)`;
const assigned =
  '(select a.student_id from student_mentor_assignments a where a.mentor_id = $1 and a.ended_at is null)';
/** Assigned in person, or active in a course the mentor covers, or anybody where the mentor covers all. */
const inScope = `(select s.id from students s where s.id in ${assigned}
  or exists (select from mentor_course_assignments a where a.mentor_id = $1 and a.is_global and not a.is_deleted)
  or exists (select from mentor_course_assignments a where a.mentor_id = $1 and not a.is_deleted
             and a.course_id in (${reached('s.id', "and e.status = 'active'")})))`;
const mayReview = `(t.student_id in ${assigned} or ${courseOfTask('t.assignment_id')} in ${covered} or t.assigned_to = $1)`;

const catalogue: Rules = {
  courses: [{ rows: 'true', columns: course }],
  learning_pathways: [{ rows: 'true', columns: pathway }],
  pathway_courses: [{ rows: 'true', columns: step }],
  batches: [{ rows: 'true', columns: batch }],
};

const asMentor: Rules = {
  ...catalogue,
  users: [{ rows: `t.id in ${inScope}`, columns: `${contact} dream_goal_summary` }],
  students: [{ rows: `t.id in ${inScope}`, columns: student }],
  mentors: [{ rows: 'true', columns: `${mentor} max_students` }],
  student_mentor_assignments: [
    { rows: 't.mentor_id = $1', columns: 'student_id mentor_id is_primary assigned_at ended_at' },
  ],
  mentor_course_assignments: [{ rows: 't.mentor_id = $1', columns: 'mentor_id course_id is_global is_primary' }],
  modules: [{ rows: `t.course_id in ${covered}`, columns: module }],
  course_enrollments: [{ rows: `t.student_id in ${inScope}`, columns: enrolment }],
  available_lessons: [
    { rows: `${courseOfLesson('t.id')} in ${covered}`, columns: `${lesson} description notes drip_days` },
  ],
  recording_attachments: [{ rows: `${courseOfLesson('t.lesson_id')} in ${covered}`, columns: attachment }],
  lesson_media: [{ rows: `${courseOfLesson('t.id')} in ${covered}`, columns: media }],
  recording_views: [{ rows: `t.user_id in ${inScope}`, columns: view }],
  user_unlocks: [{ rows: `t.user_id in ${inScope}`, columns: unlock }],
  user_module_progress: [{ rows: `t.user_id in ${inScope}`, columns: progress }],
  recording_ratings: [{ rows: `${courseOfLesson('t.lesson_id')} in ${covered}`, columns: rating }],
  assignments: [{ rows: `${courseOfTask('t.id')} in ${covered}`, columns: `${task} description instructions` }],
  submissions: [{ rows: mayReview, columns: `${work} assigned_to` }],
  files: [
    {
      rows: `t.bucket <> 'lesson-media' and ${workOfFile} in (select w.id from (select * from submissions) w where ${mayReview.replaceAll('t.', 'w.')})`,
      columns: file,
    },
    { rows: `t.bucket <> 'lesson-media' and ${courseOfLesson(lessonOfFile)} in ${covered}`, columns: file },
    {
      rows: `t.bucket <> 'lesson-media' and ${portrait} and (t.linked_id in ${inScope} or t.linked_id in (select m.id from mentors m))`,
      columns: file,
    },
  ],
};

const looksAfter = `(select s.id from users s where s.role = 'student'
  and (s.created_by = $1 or (select c.em_sees_all_students from company_settings c)))`;

const asEnrolmentManager: Rules = {
  ...catalogue,
  users: [{ rows: `t.id in ${looksAfter}`, columns: contact }],
  students: [{ rows: `t.id in ${looksAfter}`, columns: student }],
  course_enrollments: [{ rows: `t.student_id in ${looksAfter}`, columns: enrolment }],
  files: [{ rows: `t.bucket <> 'lesson-media' and ${portrait} and t.linked_id in ${looksAfter}`, columns: file }],
};

const asAdmin: Rules = {
  ...catalogue,
  users: [{ rows: "t.role <> 'superadmin'", columns: known }],
  students: [{ rows: 'true', columns: `${student} ${switches}` }],
  mentors: [{ rows: 'true', columns: `${mentor} max_students` }],
  student_mentor_assignments: [{ rows: 'true', columns: 'student_id mentor_id is_primary assigned_at ended_at' }],
  mentor_course_assignments: [{ rows: 'true', columns: 'mentor_id course_id is_global is_primary' }],
  modules: [{ rows: 'true', columns: module }],
  course_enrollments: [{ rows: 'true', columns: enrolment }],
  available_lessons: [{ rows: 'true', columns: `${lesson} description notes drip_days` }],
  recording_attachments: [{ rows: 'true', columns: attachment }],
  lesson_media: [{ rows: 'true', columns: media }],
  assignments: [{ rows: 'true', columns: `${task} description instructions` }],
  submissions: [{ rows: 'true', columns: `${work} assigned_to` }],
  files: [
    {
      rows: `t.bucket <> 'lesson-media' and (${workOfFile} is not null or ${lessonOfFile} is not null or ${portrait})`,
      columns: file,
    },
  ],
};

const asSuperadmin: Rules = { ...asAdmin, users: [{ rows: 'true', columns: known }] };

const byRole: Record<Role, Rules> = {
  student: asStudent,
  mentor: asMentor,
  enrollment_manager: asEnrolmentManager,
  admin: asAdmin,
  superadmin: asSuperadmin,
};

/** The business rule of one table for people of a role, written without a look at the declaration it is compared with. */
export const ruleOf = (role: Role, table: TableName): readonly Rule[] => [
  ...(own[table] ?? []),
  ...(byRole[role][table] ?? []),
];
