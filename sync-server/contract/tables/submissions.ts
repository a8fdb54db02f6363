import { z } from 'zod';
import { id, instant, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

export const submissionStatuses = ['pending', 'approved', 'declined', 'withdrawn'] as const;

/** One attempt of a student at an assignment. The device proposes the work; version, status and times are the server's. */
export const submissions = defineTable({
  name: 'submissions',
  family: 'submissions',
  row: z.object({
    ...standard,
    assignment_id: id,
    student_id: id,
    /** Attempt number, given by the server. */
    version: z.int().min(1),
    status: z.enum(submissionStatuses),
    content: z.string().max(20_000).nullable(),
    links: z.array(z.url({ protocol: /^https$/ }).max(2000)).max(10),
    file_ids: z.array(z.uuid()).max(20),
    /** Device time of the submit click; bounded by workflows 3.17. */
    client_submitted_at: instant,
    /** The latest attempt the student had seen when submitting; null for the first. */
    based_on: z.object({ version: z.int(), status: z.enum(submissionStatuses) }).nullable(),
    /** The student's wish to withdraw a pending attempt; the server answers in `status`. */
    withdraw_requested_at: maybeInstant,
    submitted_at: instant,
    reviewed_at: maybeInstant,
    is_late: z.boolean(),
    assigned_to: maybeId.optional(),
    reviewed_by: maybeId,
    notes: maybeText,
    score: z.number().min(0).max(100).nullable(),
    /** Signed by the server when it accepted the attempt (`receiptSchema`, a JWS); null for attempts from before there were receipts. */
    receipt: maybeText.optional(),
  }),
  device: {
    dated: true,
    insert: ['id', 'assignment_id', 'student_id', 'content', 'links', 'file_ids', 'client_submitted_at', 'based_on'],
    update: { withdraw_requested_at: 'intent' },
  },
});
export type Submission = Doc<typeof submissions>;

export const reviewDecisions = ['approved', 'declined', 'reopened', 'comment'] as const;
export const reviewOutcomes = ['applied', 'superseded', 'rejected'] as const;

/** A reviewer's verdict on one attempt: append-only; the first valid one wins, later ones are kept as superseded. */
export const submissionReviews = defineTable({
  name: 'submission_reviews',
  family: 'submissions',
  row: z.object({
    ...standard,
    submission_id: id,
    submission_version: z.int().min(1),
    reviewer_id: id,
    reviewer_name: text,
    decision: z.enum(reviewDecisions),
    notes: z.string().max(5000).nullable(),
    score: z.number().min(0).max(100).nullable(),
    reviewed_at_client: instant,
    outcome: z.enum(reviewOutcomes),
  }),
  device: {
    insert: [
      'id',
      'submission_id',
      'submission_version',
      'reviewer_id',
      'decision',
      'notes',
      'score',
      'reviewed_at_client',
    ],
  },
});
export type SubmissionReview = Doc<typeof submissionReviews>;

export const fileStatuses = ['local', 'uploading', 'ready', 'quarantined', 'deleted'] as const;

/** A stored file; its bytes travel by /storage/v1, this row says what it is and whether it is whole. */
export const files = defineTable({
  name: 'files',
  family: 'submissions',
  row: z.object({
    ...standard,
    bucket: z.enum(['student-documents', 'company-logos', 'attachments', 'assignment-submissions', 'lesson-media']),
    owner_id: maybeId,
    path: text.max(400),
    original_name: text.min(1).max(200),
    mime: text.max(120),
    bytes: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    status: z.enum(fileStatuses),
    linked_table: maybeText,
    linked_id: maybeId,
  }),
  device: {
    insert: [
      'id',
      'bucket',
      'owner_id',
      'path',
      'original_name',
      'mime',
      'bytes',
      'sha256',
      'linked_table',
      'linked_id',
    ],
  },
});
export type FileRow = Doc<typeof files>;
