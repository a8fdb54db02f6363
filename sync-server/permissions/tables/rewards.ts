import { tables, type TableName } from '#contract/tables/index.ts';
import { permissions, without, type ColumnOf, type Command, type View } from '../view.ts';

/** Every column of the contract that a view may name. */
const everyColumn = <T extends TableName>(table: T): ColumnOf<T>[] =>
  (Object.keys(tables[table].row.shape) as (ColumnOf<T> | 'id' | 'created_at' | 'updated_at')[]).filter(
    (column): column is ColumnOf<T> => !['id', 'created_at', 'updated_at'].includes(column),
  );

/** What students, mentors and staff hold whole; enrolment managers hold no part of it and may ask online. */
const catalogue = <C extends string>(columns: readonly C[], ofLearners?: string): View<C>[] => [
  { scope: 'pub', columns, ...(ofLearners && { when: ofLearners }) },
  { scope: 'mentors', columns, ...(ofLearners && { when: ofLearners }) },
  { scope: 'staff', columns },
  {
    scope: 'all',
    roles: ['enrollment_manager'],
    columns: [],
    online: columns,
    ...(ofLearners && { when: ofLearners }),
  },
];

/** The person's own, for their mentors too; staff ask online. */
const ofPerson = <C extends string>(columns: readonly C[], person: string, own: readonly C[] = columns): View<C>[] => [
  { scope: 'u', key: person, roles: ['student'], rank: 9, columns: own },
  { scope: 'sm', key: person, rank: 5, columns },
  { scope: 'staff', columns: [], online: own },
];

const staff = ['admin', 'superadmin'] as const;
const catalogueCommands = (save: string, remove: string): Command[] => [
  { name: save, verb: 'insert', roles: staff },
  { name: save, verb: 'update', roles: staff },
  { name: remove, verb: 'delete', roles: staff },
];

export const badges = permissions('badges', {
  read: catalogue(everyColumn('badges')),
  commands: catalogueCommands('save-badge', 'delete-badge'),
});

export const milestone_categories = permissions('milestone_categories', {
  read: catalogue(everyColumn('milestone_categories')),
  commands: catalogueCommands('save-milestone-category', 'delete-milestone-category'),
});

/** What is switched off is staff's business. */
export const milestones = permissions('milestones', {
  read: catalogue(everyColumn('milestones'), 't.is_active'),
  commands: catalogueCommands('save-milestone', 'delete-milestone'),
});

/** Awards are the server's; by hand they are staff's, and a mentor's for the own students. */
const awardCommands = (award: string, takeBack: string): Command[] => [
  { name: award, verb: 'insert', roles: ['mentor', ...staff] },
  { name: takeBack, verb: 'delete', roles: staff },
];

export const user_badges = permissions('user_badges', {
  read: ofPerson(everyColumn('user_badges'), 't.user_id'),
  commands: [
    ...awardCommands('award-badge', 'revoke-badge'),
    { name: 'award-milestone', verb: 'insert', roles: ['mentor', ...staff] },
    { name: 'revoke-milestone', verb: 'delete', roles: staff },
  ],
});

export const user_milestones = permissions('user_milestones', {
  read: ofPerson(everyColumn('user_milestones'), 't.user_id'),
  commands: awardCommands('award-milestone', 'revoke-milestone'),
});

export const certificates = permissions('certificates', {
  read: ofPerson(everyColumn('certificates'), 't.student_id'),
  commands: [
    { name: 'issue-certificate', verb: 'insert', roles: staff },
    { name: 'revoke-certificate', verb: 'update', roles: staff },
    { name: 'correct-certificate-name', verb: 'update', roles: staff },
  ],
});

const ranked = without(everyColumn('leaderboard_snapshots'), 'user_id', 'is_hidden');
const nameless = without(ranked, 'batch_id', 'course_ids');
const top = 't.rank <= 50';

/**
 * The first fifty and the own batch, without saying whose rows they are; of those who hide their name also not where they
 * learn. The person themselves, their mentors and staff know whom a row is about.
 */
export const leaderboard_snapshots = permissions('leaderboard_snapshots', {
  read: [
    { scope: 'u', key: 't.user_id', roles: ['student'], rank: 9, columns: [...ranked, 'user_id', 'is_hidden'] },
    { scope: 'sm', key: 't.user_id', rank: 5, columns: [...ranked, 'user_id', 'is_hidden'] },
    { scope: 'pub', when: `${top} and not t.is_hidden`, columns: ranked },
    { scope: 'pub', when: `${top} and t.is_hidden`, columns: nameless },
    { scope: 'bs', key: 't.batch_id', when: 't.batch_id is not null and not t.is_hidden', columns: ranked },
    { scope: 'bs', key: 't.batch_id', when: 't.batch_id is not null and t.is_hidden', columns: nameless },
    { scope: 'mentors', when: `${top} and not t.is_hidden`, columns: ranked },
    { scope: 'mentors', when: `${top} and t.is_hidden`, columns: nameless },
    { scope: 'staff', columns: [...ranked, 'user_id', 'is_hidden'] },
  ],
  commands: [{ name: 'exclude-from-leaderboard', verb: 'delete', roles: staff }],
});

const owner = ['student'] as const;

/** Tokens are in no view: they never leave the server. Staff see that an account is connected, and whether it works. */
export const integrations = permissions('integrations', {
  read: [
    { scope: 'u', key: 't.user_id', roles: ['student'], rank: 9, columns: everyColumn('integrations') },
    { scope: 'staff', columns: [], online: everyColumn('integrations') },
  ],
  commands: [
    { name: 'connect-shopify', verb: 'insert', roles: owner },
    { name: 'connect-meta', verb: 'insert', roles: owner },
    { name: 'disconnect-integration', verb: 'update', roles: owner },
  ],
});

export const user_metrics = permissions('user_metrics', {
  read: ofPerson(everyColumn('user_metrics'), 't.user_id'),
});
