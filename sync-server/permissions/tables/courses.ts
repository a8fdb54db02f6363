import { permissions, without } from '../view.ts';
import { contentCommands, orderedContentCommands } from './content-commands.ts';

const listed = 't.is_active and t.is_published';
const courseColumns = [
  'title',
  'description',
  'thumbnail_file_id',
  'price',
  'currency',
  'is_active',
  'is_published',
  'is_default',
  'sequence_order',
  'max_installments',
  'track_id',
  'access_duration_days',
  'drip_enabled',
] as const;

export const courses = permissions('courses', {
  commands: orderedContentCommands(),
  read: [
    { scope: 'pub', when: listed, columns: courseColumns },
    { scope: 'cs', key: 't.id', columns: courseColumns },
    { scope: 'cat', columns: courseColumns },
  ],
});

const pathwayColumns = [
  'name',
  'description',
  'thumbnail_file_id',
  'price',
  'currency',
  'is_active',
  'is_published',
  'max_installments',
  'access_duration_days',
  'drip_enabled',
] as const;

export const learning_pathways = permissions('learning_pathways', {
  commands: contentCommands(),
  read: [
    { scope: 'pub', when: listed, columns: pathwayColumns },
    { scope: 'ps', key: 't.id', columns: pathwayColumns },
    { scope: 'cat', columns: pathwayColumns },
  ],
});

const stepColumns = [
  'pathway_id',
  'course_id',
  'step_number',
  'is_choice_point',
  'choice_group',
  'is_mandatory',
] as const;

export const pathway_courses = permissions('pathway_courses', {
  commands: contentCommands(),
  read: [
    { scope: 'pub', when: 'sync_pathway_is_listed(t.pathway_id)', columns: stepColumns },
    { scope: 'ps', key: 't.pathway_id', columns: stepColumns },
    { scope: 'cat', columns: stepColumns },
  ],
  dependsOn: [
    {
      on: 'learning_pathways',
      columns: ['is_active', 'is_published', 'is_deleted'],
      rows: 'select id from pathway_courses where pathway_id = any($moved)',
    },
  ],
});

const moduleColumns = ['course_id', 'title', 'description', 'sequence_order'] as const;

export const modules = permissions('modules', {
  commands: orderedContentCommands('words'),
  read: [
    { scope: 'cs', key: 't.course_id', columns: moduleColumns },
    { scope: 'cm', key: 't.course_id', columns: moduleColumns },
    { scope: 'staff', columns: moduleColumns },
  ],
});

const batchColumns = [
  'name',
  'start_date',
  'course_id',
  'pathway_id',
  'timezone',
  'default_session_time',
  'status',
  'whatsapp_group_link',
  'facebook_community_link',
] as const;

export const batches = permissions('batches', {
  commands: contentCommands(),
  read: [
    { scope: 'bs', key: 't.id', columns: batchColumns },
    { scope: 'bm', key: 't.id', columns: batchColumns },
    { scope: 'mentors', columns: [], online: batchColumns },
    { scope: 'managers', columns: batchColumns },
    { scope: 'staff', columns: batchColumns },
  ],
});

const enrollmentColumns = [
  'student_id',
  'course_id',
  'pathway_id',
  'current_course_id',
  'batch_id',
  'awaiting_choice',
  'enrollment_source',
  'status',
  'enrolled_at',
  'completed_at',
  'access_expires_at',
  'progress_percentage',
  'drip_override',
  'drip_enabled',
  'sequential_override',
  'sequential_enabled',
  'payment_status',
  'total_amount',
  'amount_paid',
] as const;
const withoutMoney = without(enrollmentColumns, 'payment_status', 'total_amount', 'amount_paid');

export const course_enrollments = permissions('course_enrollments', {
  commands: [
    { name: 'create-enhanced-student', verb: 'insert', roles: ['enrollment_manager', 'admin', 'superadmin'] },
    { name: 'bulk-create-students', verb: 'insert', roles: ['enrollment_manager', 'admin', 'superadmin'] },
    // Enrolment managers grant and move between batches only.
    { name: 'manage-enrollment', verb: 'insert', roles: ['enrollment_manager', 'admin', 'superadmin'] },
    { name: 'manage-enrollment', verb: 'update', roles: ['enrollment_manager', 'admin', 'superadmin'] },
  ],
  read: [
    { scope: 'u', key: 't.student_id', rank: 9, columns: enrollmentColumns, roles: ['student'] },
    { scope: 'sm', key: 't.student_id', columns: withoutMoney },
    { scope: 'es', key: 't.student_id', columns: withoutMoney },
    { scope: 'staff', columns: withoutMoney },
  ],
});
