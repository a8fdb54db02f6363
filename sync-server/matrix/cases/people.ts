import type { CommandCase, TableCases } from './format.ts';

const everybody = ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const;

/** What people may change about themselves (data model 2.1). */
export const people: readonly TableCases[] = [
  {
    table: 'users',
    update: [
      {
        roles: everybody,
        columns: 'full_name phone avatar_file_id dream_goal_summary',
        rows: 't.id = $1',
        set: () => ({ full_name: 'A new name' }),
        refusedByGuard: { 'no name': () => ({ full_name: ' ' }) },
      },
    ],
  },
  {
    table: 'students',
    update: [
      {
        roles: ['student'],
        columns: 'onboarding_video_watched onboarding_submitted_at leaderboard_hidden recovery_opt_out',
        rows: 't.id = $1',
        set: (row) => ({ leaderboard_hidden: row['leaderboard_hidden'] !== true }),
      },
    ],
  },
  {
    table: 'mentors',
    update: [
      {
        roles: ['mentor'],
        columns: 'bio specialties accepting_students avatar_file_id',
        rows: 't.id = $1',
        set: () => ({ bio: 'Ran two stores before teaching.' }),
      },
    ],
  },
  {
    table: 'devices',
    update: [
      {
        roles: everybody,
        columns: 'label',
        rows: 't.user_id = $1',
        set: () => ({ label: 'My other laptop' }),
        refusedByGuard: { 'an empty label': () => ({ label: ' ' }) },
        given: ({ me, stage }) => stage.insert('devices', { user_id: me.id, label: 'Laptop', platform: 'linux' }),
      },
    ],
  },
];

/** Commands about the own account (workflows 3.1). */
export const peopleCommands: readonly CommandCase[] = [
  {
    name: 'revoke-device',
    input: async ({ me, stage }) => ({
      device_id: await stage.insert('devices', { user_id: me.id, label: 'Lost laptop', platform: 'linux' }),
    }),
  },
];
