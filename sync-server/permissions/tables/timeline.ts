import { permissions, without } from '../view.ts';
import { orderedContentCommands } from './content-commands.ts';

const itemColumns = [
  'batch_id',
  'course_id',
  'item_type',
  'title',
  'description',
  'drip_offset_days',
  'sequence_order',
  'lesson_id',
  'assignment_id',
  'session_id',
  'start_datetime',
  'end_datetime',
  'meeting_link',
  'recording_url',
  'session_status',
  'stage',
] as const;
const announced = [
  'batch_id',
  'course_id',
  'item_type',
  'title',
  'drip_offset_days',
  'sequence_order',
  'stage',
] as const;
/** A recording plays through lesson_media alone; a link to it would open what the unlock keeps shut. */
const withoutLinks = without(itemColumns, 'meeting_link', 'recording_url');

export const batch_timeline_items = permissions('batch_timeline_items', {
  commands: orderedContentCommands(),
  read: [
    { scope: 'bs', key: 't.batch_id', when: "t.stage = 'announced'", columns: announced },
    { scope: 'bs', key: 't.batch_id', when: "t.stage = 'deployed'", rank: 5, columns: withoutLinks },
    {
      scope: 'ba',
      key: 't.batch_id',
      when: "t.stage = 'deployed' and t.type = 'LIVE_SESSION'",
      rank: 7,
      columns: itemColumns,
    },
    { scope: 'bm', key: 't.batch_id', rank: 5, columns: itemColumns },
    { scope: 'mentors', columns: [], online: itemColumns },
    { scope: 'managers', columns: [], online: itemColumns },
    { scope: 'staff', rank: 5, columns: itemColumns },
  ],
});
