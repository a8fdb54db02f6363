import { permissions } from '../view.ts';
import { contentCommands, linkCommands } from './content-commands.ts';

const listed = 't.is_active and t.is_published';
const bundleColumns = [
  'name',
  'description',
  'thumbnail_file_id',
  'price',
  'currency',
  'discount_percentage',
  'is_active',
  'is_published',
] as const;

export const course_bundles = permissions('course_bundles', {
  commands: contentCommands(),
  read: [
    { scope: 'pub', when: listed, columns: bundleColumns },
    { scope: 'cat', columns: bundleColumns },
  ],
});

const pairColumns = ['bundle_id', 'course_id'] as const;

export const bundle_courses = permissions('bundle_courses', {
  commands: linkCommands,
  read: [
    { scope: 'pub', when: 'sync_bundle_is_listed(t.bundle_id)', columns: pairColumns },
    { scope: 'cat', columns: pairColumns },
  ],
  dependsOn: [
    {
      on: 'course_bundles',
      columns: ['is_active', 'is_published', 'is_deleted'],
      rows: 'select id from bundle_courses where bundle_id = any($moved)',
    },
  ],
});

export const batch_courses = permissions('batch_courses', {
  commands: linkCommands,
  read: [
    { scope: 'bs', key: 't.batch_id', columns: ['batch_id', 'course_id'] },
    { scope: 'bm', key: 't.batch_id', columns: ['batch_id', 'course_id'] },
    { scope: 'mentors', columns: [], online: ['batch_id', 'course_id'] },
    { scope: 'managers', columns: ['batch_id', 'course_id'] },
    { scope: 'staff', columns: ['batch_id', 'course_id'] },
  ],
});

export const batch_pathways = permissions('batch_pathways', {
  commands: linkCommands,
  read: [
    { scope: 'bs', key: 't.batch_id', columns: ['batch_id', 'pathway_id'] },
    { scope: 'bm', key: 't.batch_id', columns: ['batch_id', 'pathway_id'] },
    { scope: 'mentors', columns: [], online: ['batch_id', 'pathway_id'] },
    { scope: 'managers', columns: ['batch_id', 'pathway_id'] },
    { scope: 'staff', columns: ['batch_id', 'pathway_id'] },
  ],
});

const trackColumns = ['name', 'description', 'criteria', 'needs_mentor'] as const;

/** Everyone may read it; an enrolment manager's device holds none. */
export const course_tracks = permissions('course_tracks', {
  commands: contentCommands(),
  read: [
    { scope: 'pub', columns: trackColumns },
    { scope: 'mentors', columns: trackColumns },
    { scope: 'managers', columns: [], online: trackColumns },
    { scope: 'staff', columns: trackColumns },
  ],
});

const dripColumns = ['lesson_id', 'course_id', 'pathway_id', 'drip_days'] as const;

/** A student never reads it: the server works the date out (`user_unlocks.available_at`). */
export const lesson_drip_overrides = permissions('lesson_drip_overrides', {
  commands: contentCommands(),
  read: [
    { scope: 'cm', key: 't.course_id', columns: dripColumns },
    { scope: 'staff', columns: dripColumns },
  ],
});
