import { z } from 'zod';
import { count, id, maybeId, maybeText, money, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** Courses that are sold together at one price. */
export const courseBundles = defineTable({
  name: 'course_bundles',
  family: 'courses',
  row: z.object({
    ...standard,
    name: text,
    description: maybeText,
    thumbnail_file_id: maybeId,
    price: money,
    currency: text,
    discount_percentage: z.number().min(0).max(100),
    is_active: z.boolean(),
    is_published: z.boolean(),
  }),
  device: {},
});
export type CourseBundle = Doc<typeof courseBundles>;

/** A course of a bundle. */
export const bundleCourses = defineTable({
  name: 'bundle_courses',
  family: 'courses',
  row: z.object({ ...standard, bundle_id: id, course_id: id }),
  device: {},
});
export type BundleCourse = Doc<typeof bundleCourses>;

/** A course that a batch covers. */
export const batchCourses = defineTable({
  name: 'batch_courses',
  family: 'courses',
  row: z.object({ ...standard, batch_id: id, course_id: id }),
  device: {},
});
export type BatchCourse = Doc<typeof batchCourses>;

/** A pathway that a batch covers. */
export const batchPathways = defineTable({
  name: 'batch_pathways',
  family: 'courses',
  row: z.object({ ...standard, batch_id: id, pathway_id: id }),
  device: {},
});
export type BatchPathway = Doc<typeof batchPathways>;

/** Groups courses and names a certificate (workflows 3.29). */
export const courseTracks = defineTable({
  name: 'course_tracks',
  family: 'rewards',
  row: z.object({
    ...standard,
    name: text,
    description: maybeText,
    /** What earns its certificate. */
    criteria: z.record(z.string(), z.unknown()),
    /** A mentor has to approve as well. */
    needs_mentor: z.boolean(),
  }),
  device: {},
});
export type CourseTrack = Doc<typeof courseTracks>;

/** Days a lesson waits in one context instead of its own; `pathway_id` null = however the course is reached. */
export const lessonDripOverrides = defineTable({
  name: 'lesson_drip_overrides',
  family: 'lessons',
  row: z.object({ ...standard, lesson_id: id, course_id: id, pathway_id: maybeId, drip_days: count }),
  device: {},
});
export type LessonDripOverride = Doc<typeof lessonDripOverrides>;
