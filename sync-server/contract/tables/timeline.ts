import { z } from 'zod';
import { count, id, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

export const timelineTypes = ['RECORDING', 'LIVE_SESSION'] as const;
/** `announced`: its day comes within a week, so students know its title. `deployed`: its day is here. */
export const timelineStages = ['hidden', 'announced', 'deployed'] as const;

/** One entry of a batch's schedule. Before its day a student sees its title only. */
export const batchTimelineItems = defineTable({
  name: 'batch_timeline_items',
  family: 'lessons',
  row: z.object({
    ...standard,
    batch_id: id,
    course_id: maybeId,
    /** SQL's `type`; a document's own `type` is its table. */
    item_type: z.enum(timelineTypes),
    title: text,
    description: maybeText.optional(),
    /** Calendar days after the batch's first day. */
    drip_offset_days: count,
    sequence_order: count,
    lesson_id: maybeId.optional(),
    assignment_id: maybeId.optional(),
    session_id: maybeId.optional(),
    start_datetime: maybeInstant.optional(),
    end_datetime: maybeInstant.optional(),
    /** Of a live session; withheld while the account is restricted. */
    meeting_link: maybeText.optional(),
    recording_url: maybeText.optional(),
    session_status: z.enum(['scheduled', 'live', 'completed', 'cancelled']).optional(),
    stage: z.enum(timelineStages),
  }),
  device: {},
});
export type BatchTimelineItem = Doc<typeof batchTimelineItems>;
