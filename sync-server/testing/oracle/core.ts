import type { Oracle, Rules } from './rule.ts';
import {
  batchOfScope,
  reached,
  courseOfLesson,
  courseOfTask,
  published,
  opened,
  lessonsOfMine,
  lessonOfFile,
  workOfFile,
  portrait,
  listedPathway,
  myPathways,
  myMentors,
  covered,
  inScope,
  mayReview,
  looksAfter,
} from './fragments.ts';

const money = 'payment_status total_amount amount_paid';
const enrolment =
  'student_id course_id pathway_id current_course_id batch_id awaiting_choice enrollment_source status enrolled_at completed_at access_expires_at progress_percentage drip_override drip_enabled sequential_override sequential_enabled';
const course =
  'title description thumbnail_file_id price currency is_active is_published is_default sequence_order max_installments track_id access_duration_days drip_enabled';
const pathway =
  'name description thumbnail_file_id price currency is_active is_published max_installments access_duration_days drip_enabled';
const step = 'pathway_id course_id step_number is_choice_point choice_group is_mandatory';
const module = 'course_id title description sequence_order';
const batch =
  'name start_date course_id pathway_id timezone default_session_time status whatsapp_group_link facebook_community_link';
const lesson = 'module_id recording_title sequence_order duration_min has_media is_published';
const attachment = 'lesson_id file_name file_id file_url resource_id uploaded_at';
const media = 'provider mime sha256 chunk_sha256 bytes duration_seconds captions allow_offline';
const task = 'lesson_id course_id mentor_id name submission_type due_days is_required is_active max_files max_file_mb';
const view =
  'user_id lesson_id watched watched_at position_seconds watched_ranges watched_seconds duration_seconds last_watched_at';
const unlock =
  'user_id lesson_id is_unlocked unlocked_at source reason available_at blocking_lesson_id offline_openable';
const rating = 'user_id lesson_id rating feedback';
const progress = 'user_id module_id is_completed progress_percentage completed_at';
const work =
  'assignment_id student_id version status content links file_ids client_submitted_at based_on withdraw_requested_at submitted_at reviewed_at is_late reviewed_by notes score receipt';
const review =
  'submission_id submission_version reviewer_id reviewer_name decision notes score reviewed_at_client outcome';
const file = 'bucket owner_id path original_name mime bytes sha256 status linked_table linked_id';
const mentor = 'display_name bio specialties accepting_students avatar_file_id';
const known = 'full_name role status lms_status lms_status_reason avatar_file_id';
const contact = `email phone last_active_at ${known}`;
const student =
  'student_number enrollment_date fees_cleared onboarding_completed onboarding_video_watched onboarding_submitted_at goal_brief';
const switches = 'leaderboard_hidden recovery_opt_out';

/** Everyone's own, whatever the role. */
const own: Rules = {
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
  sync_rejections: [
    { rows: 't.user_id = $1', columns: 'user_id device_id collection doc_id code message pushed_doc acknowledged_at' },
  ],
  submission_reviews: [{ rows: 't.reviewer_id = $1', columns: review }],
  files: [{ rows: "t.bucket <> 'lesson-media' and t.owner_id = $1 or t.bucket = 'company-logos'", columns: file }],
};

const asStudent: Rules = {
  students: [{ rows: 't.id = $1', columns: `${student} ${switches} answers_json` }],
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
};

const catalogue: Rules = {
  courses: [{ rows: 'true', columns: course }],
  learning_pathways: [{ rows: 'true', columns: pathway }],
  pathway_courses: [{ rows: 'true', columns: step }],
};

const asMentor: Rules = {
  ...catalogue,
  batches: [
    { rows: batchOfScope('t.id'), columns: batch },
    { rows: 'true', online: batch },
  ],
  users: [{ rows: `t.id in ${inScope}`, columns: `${contact} dream_goal_summary` }],
  students: [{ rows: `t.id in ${inScope}`, columns: `${student} answers_json` }],
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

const asEnrolmentManager: Rules = {
  ...catalogue,
  batches: [{ rows: 'true', columns: batch }],
  users: [{ rows: `t.id in ${looksAfter}`, columns: contact }],
  students: [{ rows: `t.id in ${looksAfter}`, columns: student }],
  course_enrollments: [{ rows: `t.student_id in ${looksAfter}`, columns: enrolment }],
  files: [{ rows: `t.bucket <> 'lesson-media' and ${portrait} and t.linked_id in ${looksAfter}`, columns: file }],
};

const asAdmin: Rules = {
  ...catalogue,
  batches: [{ rows: 'true', columns: batch }],
  users: [{ rows: "t.role <> 'superadmin'", columns: known, online: 'email phone last_active_at' }],
  students: [{ rows: 'true', columns: `${student} ${switches}`, online: 'answers_json' }],
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

const asSuperadmin: Rules = {
  ...asAdmin,
  users: [{ rows: 'true', columns: known, online: 'email phone last_active_at' }],
};

/** The tables a lesson's journey needs: people, courses, lessons, learning, work, own money and messages. */
export const core: Oracle = {
  everyone: own,
  student: asStudent,
  mentor: asMentor,
  enrollment_manager: asEnrolmentManager,
  admin: asAdmin,
  superadmin: asSuperadmin,
};
