import { randomUUID } from 'node:crypto';
import { roles } from '#contract/roles.ts';
import type { InsertCase, TableCases } from './format.ts';

const ofSomebodyElse = (column: string): InsertCase['refused'] => ({
  'of somebody else': (row, { me, stage }) => ({ ...row, [column]: stage.somebodyElse(me).id }),
});

/** What devices report and never see again (data model 2.12). */
export const protection: readonly TableCases[] = [
  {
    table: 'security_signals',
    insert: [
      {
        roles: ['student'],
        columns: 'id student_id signal_type video_id session_id page_url device_label details',
        row: ({ me }) => ({ id: randomUUID(), student_id: me.id, signal_type: 'devtools', details: {} }),
        refused: ofSomebodyElse('student_id'),
      },
    ],
  },
  {
    table: 'video_access_events',
    insert: [
      {
        roles: ['student', 'mentor', 'admin', 'superadmin'],
        columns: 'id user_id lesson_id event_type session_id device_label metadata',
        row: ({ me }) => ({ id: randomUUID(), user_id: me.id, event_type: 'heartbeat', metadata: {} }),
        refused: ofSomebodyElse('user_id'),
      },
    ],
  },
  {
    table: 'error_logs',
    insert: [
      {
        roles,
        columns:
          'id user_id error_type error_code error_message error_details stack_trace url user_agent severity app_version',
        row: ({ me }) => ({
          id: randomUUID(),
          user_id: me.id,
          error_type: 'ui',
          error_message: 'It broke.',
          severity: 'error',
        }),
        refused: ofSomebodyElse('user_id'),
      },
    ],
  },
];
