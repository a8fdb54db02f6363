import { z } from 'zod';
import { submissionTypes } from '../tables/lessons.ts';
import { audienceTypes, resourceContentTypes } from '../tables/resources.ts';
import { timelineTypes } from '../tables/timeline.ts';

const title = z.string().trim().min(1).max(200);
const longText = z.string().max(20_000).nullable();
const maybeId = z.uuid().nullable();
const order = z.int().min(0).max(100_000);
const money = z.int().min(0).max(1_000_000_000_000);
const currency = z.string().regex(/^[A-Z]{3}$/);
/** An address people may open: https, without the blanks that come along when it is pasted. */
const link = z
  .string()
  .trim()
  .max(2000)
  .regex(/^https:\/\/[^\s/]+\S*$/, 'Only https addresses.');
const maybeLink = link.nullable();
const instalments = z.int().min(1).max(12).nullable();
const days = z.int().min(0).max(3650);

/** One resource's audience; `target_id` is null exactly for all. */
const audience = z
  .strictObject({ audience_type: z.enum(audienceTypes), target_id: maybeId })
  .refine(({ audience_type, target_id }) => (audience_type === 'all') === (target_id === null));

/** The fields of each kind of content that can be saved, under SQL's names; lists of ids replace what was there. */
export const contentFields = {
  courses: z.strictObject({
    title,
    description: longText,
    thumbnail_file_id: maybeId,
    track_id: maybeId,
    price: money,
    currency,
    is_active: z.boolean(),
    is_published: z.boolean(),
    is_default: z.boolean(),
    sequence_order: order,
    max_installments: instalments,
    access_duration_days: z.int().min(1).nullable(),
    drip_enabled: z.boolean().nullable(),
  }),
  course_bundles: z.strictObject({
    name: title,
    description: longText,
    thumbnail_file_id: maybeId,
    price: money,
    currency,
    discount_percentage: z.number().min(0).max(100),
    is_active: z.boolean(),
    is_published: z.boolean(),
    course_ids: z.array(z.uuid()).max(100),
  }),
  learning_pathways: z.strictObject({
    name: title,
    description: longText,
    thumbnail_file_id: maybeId,
    price: money,
    currency,
    is_active: z.boolean(),
    is_published: z.boolean(),
    max_installments: instalments,
    access_duration_days: z.int().min(1).nullable(),
    drip_enabled: z.boolean().nullable(),
  }),
  /** Courses of one `choice_group` stand at one step, and the student picks one of them. */
  pathway_courses: z.strictObject({
    pathway_id: z.uuid(),
    course_id: z.uuid(),
    step_number: z.int().min(1).max(1000),
    choice_group: z.int().min(1).nullable(),
    is_mandatory: z.boolean(),
  }),
  modules: z.strictObject({ course_id: z.uuid(), title, description: longText, sequence_order: order }),
  available_lessons: z.strictObject({
    module_id: z.uuid(),
    recording_title: title,
    description: longText,
    notes: longText,
    sequence_order: z.int().min(1).max(100_000),
    duration_min: z.int().min(1).max(6000).nullable(),
    drip_days: days,
    is_published: z.boolean(),
  }),
  assignments: z.strictObject({
    lesson_id: maybeId,
    course_id: maybeId,
    mentor_id: maybeId,
    name: title,
    description: longText,
    instructions: longText,
    submission_type: z.enum(submissionTypes),
    due_days: days,
    is_required: z.boolean(),
    is_active: z.boolean(),
    max_files: z.int().min(1).max(20).nullable(),
    max_file_mb: z.int().min(1).max(50).nullable(),
  }),
  /** Exactly one of file, address and resource. */
  recording_attachments: z.strictObject({
    lesson_id: z.uuid(),
    file_name: title,
    file_id: maybeId,
    file_url: maybeLink,
    resource_id: maybeId,
  }),
  lesson_drip_overrides: z.strictObject({
    lesson_id: z.uuid(),
    course_id: z.uuid(),
    pathway_id: maybeId,
    drip_days: days,
  }),
  course_tracks: z.strictObject({
    name: title,
    description: longText,
    criteria: z.record(z.string().max(60), z.unknown()),
    needs_mentor: z.boolean(),
  }),
  batches: z.strictObject({
    name: title,
    start_date: z.iso.date(),
    course_id: maybeId,
    pathway_id: maybeId,
    /** IANA name. */
    timezone: z.string().max(60),
    default_session_time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:00)?$/),
    status: z.enum(['draft', 'active', 'completed']),
    whatsapp_group_link: maybeLink,
    facebook_community_link: maybeLink,
    course_ids: z.array(z.uuid()).max(100),
    pathway_ids: z.array(z.uuid()).max(100),
  }),
  batch_timeline_items: z.strictObject({
    batch_id: z.uuid(),
    course_id: maybeId,
    type: z.enum(timelineTypes),
    title,
    description: longText,
    drip_offset_days: days,
    sequence_order: order,
    lesson_id: maybeId,
    assignment_id: maybeId,
    session_id: maybeId,
    start_datetime: z.iso.datetime().nullable(),
    end_datetime: z.iso.datetime().nullable(),
    meeting_link: maybeLink,
    recording_url: maybeLink,
    session_status: z.enum(['scheduled', 'live', 'completed', 'cancelled']),
  }),
  resource_sections: z.strictObject({
    name: z.string().trim().min(1).max(120),
    description: longText,
    icon: z.string().max(60).nullable(),
    display_order: order,
    is_active: z.boolean(),
  }),
  resources: z.strictObject({
    section_id: z.uuid(),
    title,
    description: longText,
    content_type: z.enum(resourceContentTypes),
    content: z.record(z.string(), z.unknown()),
    display_order: order,
    is_active: z.boolean(),
    audiences: z.array(audience).max(200),
  }),
} as const;
export type ContentTable = keyof typeof contentFields;
export const contentTables = Object.keys(contentFields) as ContentTable[];

/** What a resource holds, by its content_type. */
export const resourceContents = {
  link: z.strictObject({ url: link }),
  file: z.strictObject({
    file_id: z.uuid(),
    file_name: title,
    mime: z.string().max(120),
    bytes: z.int().min(0),
  }),
  rich_text: z.strictObject({ markdown: z.string().max(100_000) }),
  table: z.strictObject({
    columns: z.array(z.string().max(200)).min(1).max(30),
    rows: z.array(z.array(z.string().max(2000)).max(30)).max(1000),
  }),
} as const;

const saveOf = <T extends ContentTable>(table: T) =>
  z.strictObject({
    table: z.literal(table),
    /** Made by the caller, so that asking twice makes one row. */
    id: z.uuid(),
    /** The version token the writer has seen; null makes the row. Another one is a CONFLICT that carries the row as it is. */
    expected_revision: z.uuid().nullable(),
    fields: contentFields[table].partial(),
  });

/** One row of content, made or changed. Fields that are left out stay as they are. */
export const saveContentRequest = z.discriminatedUnion('table', [
  saveOf('courses'),
  saveOf('course_bundles'),
  saveOf('learning_pathways'),
  saveOf('pathway_courses'),
  saveOf('modules'),
  saveOf('available_lessons'),
  saveOf('assignments'),
  saveOf('recording_attachments'),
  saveOf('lesson_drip_overrides'),
  saveOf('course_tracks'),
  saveOf('batches'),
  saveOf('batch_timeline_items'),
  saveOf('resource_sections'),
  saveOf('resources'),
]);
export const saveContentResponse = z.object({ id: z.uuid(), v: z.uuid() });

export const deleteContentRequest = z.strictObject({
  table: z.enum(contentTables),
  id: z.uuid(),
  expected_revision: z.uuid(),
});
/** `archived`: people have worked with it, so it was withdrawn instead. */
export const deleteContentResponse = z.object({ outcome: z.enum(['deleted', 'archived']) });

export const reorderContentRequest = z.strictObject({
  table: z.enum(['courses', 'modules', 'available_lessons', 'batch_timeline_items', 'resource_sections', 'resources']),
  /** Course, module, batch or section; null for courses and sections. */
  parent_id: maybeId,
  /** All of them, in the order wanted. */
  ids: z.array(z.uuid()).min(1).max(1000),
});
export const reorderContentResponse = z.object({ count: z.int() });
