import { batchOfScope, covered, inScope, myPathways, reached } from './fragments.ts';
import type { Oracle, Rules } from './rule.ts';

const bundle = 'name description thumbnail_file_id price currency discount_percentage is_active is_published';
const track = 'name description criteria needs_mentor';
const title = 'batch_id course_id item_type title drip_offset_days sequence_order stage';
const item = `${title} description lesson_id assignment_id session_id start_datetime end_datetime session_status`;
const links = 'meeting_link recording_url';
const section = 'name description icon display_order is_active';
const resource = 'section_id title description content_type content display_order is_active';
const audience = 'resource_id audience_type target_id';
const questionnaire = 'title version is_active questions';
const answer = 'user_id questionnaire_id questionnaire_version question_id answer answer_type file_id';
const path = 'student_id version items created_by status';
const choice = 'student_id pathway_id choice_group selected_course_id';
const drip = 'lesson_id course_id pathway_id drip_days';

const myBatches = "(select e.batch_id from course_enrollments e where e.student_id = $1 and e.status <> 'cancelled')";
const listedBundle =
  '(select b.is_active and b.is_published and not b.is_deleted from course_bundles b where b.id = t.bundle_id)';

/** Days until the item's day comes in its batch's zone; null while the batch is a draft. */
const daysAhead = `(select b.start_date + t.drip_offset_days - (now() at time zone b.timezone)::date
  from batches b where b.id = t.batch_id and b.status <> 'draft' and not b.is_deleted)`;

const myStatus = '(select u.lms_status from users u where u.id = $1)';
const forMe = `(select a.resource_id from resource_audiences a where not a.is_deleted and (
    a.audience_type = 'all'
    or a.audience_type = 'course' and a.target_id in (${reached('$1')})
    or a.audience_type = 'pathway' and a.target_id in ${myPathways}
    or a.audience_type = 'batch' and a.target_id in ${myBatches}))`;
/** Active, in an active section, for an audience the student is in; not for those who have not begun or have left. */
export const shownResources = `select r.id, r.section_id from resources r join resource_sections s on s.id = r.section_id
  where r.is_active and not r.is_deleted and s.is_active and not s.is_deleted and r.id in ${forMe}
    and ${myStatus} in ('active', 'complete', 'suspended')`;

const asStudent: Rules = {
  course_bundles: [{ rows: 't.is_active and t.is_published', columns: bundle }],
  bundle_courses: [{ rows: listedBundle, columns: 'bundle_id course_id' }],
  batch_courses: [{ rows: `t.batch_id in ${myBatches}`, columns: 'batch_id course_id' }],
  batch_pathways: [{ rows: `t.batch_id in ${myBatches}`, columns: 'batch_id pathway_id' }],
  course_tracks: [{ rows: 'true', columns: track }],
  batch_timeline_items: [
    { rows: `t.batch_id in ${myBatches} and ${daysAhead} between 1 and 7`, columns: title },
    { rows: `t.batch_id in ${myBatches} and ${daysAhead} <= 0`, columns: item },
    {
      rows: `t.batch_id in ${myBatches} and ${daysAhead} <= 0 and t.type = 'LIVE_SESSION' and ${myStatus} in ('active', 'complete')`,
      columns: links,
    },
  ],
  resources: [{ rows: `t.id in (select shown.id from (${shownResources}) shown)`, columns: resource }],
  resource_sections: [{ rows: `t.id in (select shown.section_id from (${shownResources}) shown)`, columns: section }],
  questionnaires: [{ rows: 't.is_active', columns: questionnaire }],
  onboarding_responses: [{ rows: 't.user_id = $1', columns: answer }],
  learning_paths: [{ rows: 't.student_id = $1', columns: path }],
  pathway_choice_selections: [{ rows: 't.student_id = $1', columns: choice }],
};

const catalogue: Rules = {
  course_bundles: [{ rows: 'true', columns: bundle }],
  bundle_courses: [{ rows: 'true', columns: 'bundle_id course_id' }],
};

const asMentor: Rules = {
  ...catalogue,
  batch_courses: [
    { rows: batchOfScope('t.batch_id'), columns: 'batch_id course_id' },
    { rows: 'true', online: 'batch_id course_id' },
  ],
  batch_pathways: [
    { rows: batchOfScope('t.batch_id'), columns: 'batch_id pathway_id' },
    { rows: 'true', online: 'batch_id pathway_id' },
  ],
  course_tracks: [{ rows: 'true', columns: track }],
  lesson_drip_overrides: [{ rows: `t.course_id in ${covered}`, columns: drip }],
  batch_timeline_items: [
    { rows: batchOfScope('t.batch_id'), columns: `${item} ${links}` },
    { rows: 'true', online: `${item} ${links}` },
  ],
  resource_sections: [{ rows: 'true', columns: section }],
  resources: [{ rows: 'true', columns: resource }],
  resource_audiences: [{ rows: 'true', columns: audience }],
  questionnaires: [{ rows: 't.is_active', columns: questionnaire }],
  onboarding_responses: [{ rows: `t.user_id in ${inScope}`, online: answer }],
  learning_paths: [{ rows: `t.student_id in ${inScope}`, columns: path }],
  pathway_choice_selections: [{ rows: `t.student_id in ${inScope}`, columns: choice }],
};

const asEnrolmentManager: Rules = {
  ...catalogue,
  batch_courses: [{ rows: 'true', columns: 'batch_id course_id' }],
  batch_pathways: [{ rows: 'true', columns: 'batch_id pathway_id' }],
  course_tracks: [{ rows: 'true', online: track }],
  batch_timeline_items: [{ rows: 'true', online: `${item} ${links}` }],
  questionnaires: [{ rows: 't.is_active', online: questionnaire }],
};

const asStaff: Rules = {
  ...catalogue,
  batch_courses: [{ rows: 'true', columns: 'batch_id course_id' }],
  batch_pathways: [{ rows: 'true', columns: 'batch_id pathway_id' }],
  course_tracks: [{ rows: 'true', columns: track }],
  lesson_drip_overrides: [{ rows: 'true', columns: drip }],
  batch_timeline_items: [{ rows: 'true', columns: `${item} ${links}` }],
  resource_sections: [{ rows: 'true', columns: section }],
  resources: [{ rows: 'true', columns: resource }],
  resource_audiences: [{ rows: 'true', columns: audience }],
  questionnaires: [{ rows: 'true', columns: questionnaire }],
  onboarding_responses: [{ rows: 'true', online: answer }],
  learning_paths: [{ rows: 'true', online: path }],
  pathway_choice_selections: [{ rows: 'true', online: choice }],
};

/** What surrounds the lessons: bundles, batches' schedules, resources, onboarding. */
export const content: Oracle = {
  student: asStudent,
  mentor: asMentor,
  enrollment_manager: asEnrolmentManager,
  admin: asStaff,
  superadmin: asStaff,
};
