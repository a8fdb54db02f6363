import { randomUUID } from 'node:crypto';
import { roles } from '#contract/roles.ts';
import type { At, CommandCase, InsertCase, TableCases } from './format.ts';

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

const incident = ({ stage }: At) =>
  stage.insert('security_incidents', { user_id: stage.person('student').id, signal: 'devtools' });

/** Who is here, and what staff do about what devices reported (workflows 3.37). */
export const protectionCommands: readonly CommandCase[] = [
  {
    // The first report of a session makes its row.
    name: 'report-presence',
    input: async ({ me, stage }) => {
      await stage.rows('delete from student_sessions where user_id = $1', [me.id]);
      return { current_activity: { kind: 'other' } };
    },
  },
  {
    // The next ones change it, as long as the session is the same.
    name: 'report-presence',
    input: async ({ me, stage }) => {
      await (await stage.client(me)).call('POST', '/functions/v1/report-presence', {});
      return { current_activity: { kind: 'lesson', id: randomUUID() } };
    },
  },
  {
    name: 'dismiss-security-signal',
    input: async ({ stage }) => ({
      id: await stage.insert('security_signals', { student_id: stage.person('student').id, signal_type: 'devtools' }),
    }),
  },
  {
    name: 'warn-about-content-use',
    input: async (at) => ({ incident_id: await incident(at), note: 'Please watch the lessons in the app.' }),
  },
  {
    name: 'resolve-error',
    input: async ({ stage }) => ({
      id: await stage.insert('error_logs', { user_id: null, error_type: 'ui', error_message: 'Something broke' }),
    }),
  },
];
