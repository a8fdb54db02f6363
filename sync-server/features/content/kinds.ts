import type { ContentTable } from '#contract/api/content.ts';
import { batch_timeline_items, batches } from './batches.ts';
import type { ContentKind } from './content-kind.ts';
import { course_bundles, course_tracks, courses, learning_pathways, modules, pathway_courses } from './courses.ts';
import { assignments, available_lessons, lesson_drip_overrides, recording_attachments } from './lessons.ts';
import { resource_sections, resources } from './resources.ts';

/** Everything that is content, with the rules of each. */
export const kinds: { readonly [T in ContentTable]: ContentKind } = {
  courses,
  course_bundles,
  learning_pathways,
  pathway_courses,
  modules,
  available_lessons,
  assignments,
  recording_attachments,
  lesson_drip_overrides,
  course_tracks,
  batches,
  batch_timeline_items,
  resource_sections,
  resources,
};
