import { z } from 'zod';
import { count, id, instant, maybeId, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** One recorded lesson. A locked lesson shows its title, order and minutes only. */
export const availableLessons = defineTable({
  name: 'available_lessons',
  family: 'lessons',
  row: z.object({
    ...standard,
    module_id: id,
    recording_title: text,
    /** Only for readers to whom the lesson is open. */
    description: maybeText.optional(),
    /** Staff notes; never sent to a student. */
    notes: maybeText.optional(),
    sequence_order: count,
    duration_min: z.int().nullable(),
    drip_days: count.optional(),
    has_media: z.boolean(),
    is_published: z.boolean(),
  }),
  device: {},
});
export type AvailableLesson = Doc<typeof availableLessons>;

/** Extra file or link of a lesson. */
export const recordingAttachments = defineTable({
  name: 'recording_attachments',
  family: 'lessons',
  row: z.object({
    ...standard,
    lesson_id: id,
    file_name: text,
    file_id: maybeId,
    file_url: maybeText,
    resource_id: maybeId.optional(),
    uploaded_at: instant,
  }),
  device: {},
});
export type RecordingAttachment = Doc<typeof recordingAttachments>;

/** What plays for a lesson; its id is the lesson's. Links and keys are handed out one by one, never replicated. */
export const lessonMedia = defineTable({
  name: 'lesson_media',
  family: 'lessons',
  row: z.object({
    ...standard,
    provider: z.enum(['file', 'bunny', 'youtube', 'vimeo', 'url']),
    mime: maybeText,
    sha256: maybeText,
    /** SHA-256 of each 4 MB chunk of the stored file. */
    chunk_sha256: z.array(text),
    bytes: z.int().nullable(),
    duration_seconds: z.number().nullable(),
    /** Caption tracks by language; the text itself is fetched with the media. */
    captions: z.array(z.object({ language: text, label: text })),
    allow_offline: z.boolean(),
  }),
  device: {},
});
export type LessonMedia = Doc<typeof lessonMedia>;

export const submissionTypes = ['text', 'link', 'file'] as const;

/** Task attached to a lesson. */
export const assignments = defineTable({
  name: 'assignments',
  family: 'assignments',
  row: z.object({
    ...standard,
    lesson_id: maybeId,
    course_id: maybeId,
    mentor_id: maybeId,
    name: text,
    description: maybeText.optional(),
    instructions: maybeText.optional(),
    submission_type: z.enum(submissionTypes),
    /** Days after the lesson opened. */
    due_days: count,
    is_required: z.boolean(),
    is_active: z.boolean(),
    max_files: z.int().nullable(),
    max_file_mb: z.int().nullable(),
  }),
  device: {},
});
export type Assignment = Doc<typeof assignments>;
