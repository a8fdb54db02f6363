import type { SeedRow } from './fake-server.ts';
import { testUserId } from './test-device.ts';

/** A numbered id that reads well in a failed test. */
export const idOf = (kind: number, n: number): string =>
  `0192f000-0000-7000-${(0x8000 + kind).toString(16)}-${n.toString(16).padStart(12, '0')}`;

export const lessonRow = (n: number, title = `Lesson ${n}`): SeedRow => ({
  type: 'available_lessons',
  id: idOf(1, n),
  v: idOf(9, n),
  module_id: idOf(2, 1),
  recording_title: title,
  sequence_order: n,
  duration_min: 10,
  has_media: true,
  is_published: true,
});

export const lessonRows = (count: number): SeedRow[] => Array.from({ length: count }, (_, n) => lessonRow(n + 1));

export const assignmentId = idOf(3, 1);

export const submissionRow = (n: number, columns: Record<string, unknown>): SeedRow => ({
  type: 'submissions',
  id: idOf(4, n),
  assignment_id: assignmentId,
  version: n,
  status: 'pending',
  content: `text of attempt ${n}`,
  links: [],
  file_ids: [],
  client_submitted_at: '2026-11-22T09:00:00.000Z',
  based_on: null,
  withdraw_requested_at: null,
  submitted_at: '2026-11-22T09:00:00.000Z',
  reviewed_at: null,
  is_late: false,
  reviewed_by: null,
  notes: null,
  score: null,
  ...columns,
});

/** A note as a screen writes it. */
export const note = (n: number, body: string) => ({
  id: idOf(5, n),
  user_id: testUserId,
  lesson_id: idOf(1, 1),
  at_seconds: null,
  body,
  copy_of: null,
});
/** The same as the server holds it. */
export const noteRow = (n: number, body: string): SeedRow => ({
  type: 'lesson_notes',
  v: idOf(8, n),
  ...note(n, body),
});
