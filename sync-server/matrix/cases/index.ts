import { roles, type Role } from '#contract/roles.ts';
import { accountCommands } from './accounts.ts';
import { billingCommands } from './billing.ts';
import { care, careCommands } from './care.ts';
import { company } from './company.ts';
import { contentCommands } from './content.ts';
import type { CommandCase, TableCases } from './format.ts';
import { desk } from './desk.ts';
import { deskCommands } from './desk-commands.ts';
import { identityCommands } from './identity.ts';
import { integrationCommands } from './integrations.ts';
import { learning } from './learning.ts';
import { people, peopleCommands } from './people.ts';
import { onboarding, onboardingCommands } from './onboarding.ts';
import { protection, protectionCommands } from './protection.ts';
import { rewardCommands } from './rewards.ts';
import { settingsCommands } from './settings.ts';
import { submissions } from './submissions.ts';

/** Every domain's cases; a table belongs to one of them. */
const tableCases: readonly TableCases[] = [
  ...people,
  ...learning,
  ...submissions,
  ...company,
  ...care,
  ...onboarding,
  ...desk,
  ...protection,
];
export const commandCases: readonly CommandCase[] = [
  ...peopleCommands,
  ...billingCommands,
  ...careCommands,
  ...identityCommands,
  ...accountCommands,
  ...rewardCommands,
  ...contentCommands,
  ...settingsCommands,
  ...protectionCommands,
  ...integrationCommands,
  ...onboardingCommands,
  ...deskCommands,
];

/**
 * Commands that change no table but those of messages and trails, with the roles that may call them; every other is declared by the
 * tables it changes.
 */
export const readingCommands: Readonly<Record<string, readonly Role[]>> = {
  whoami: roles,
  'open-held-work': roles,
  'list-sessions': roles,
  'verify-receipt': roles,
  'list-user-sessions': ['admin', 'superadmin'],
  'lesson-media-url': ['student', 'mentor', 'admin', 'superadmin'],
  'preview-session-visibility': ['mentor', 'admin', 'superadmin'],
  'reveal-session-host': ['mentor', 'admin', 'superadmin'],
  'read-partner-conversation': ['superadmin'],
  'request-lesson-download': ['student', 'mentor', 'admin', 'superadmin'],
  'admin-reset-password': ['admin', 'superadmin'],
  'list-audit': ['admin', 'superadmin'],
  'export-audit': ['superadmin'],
  'job-status': ['admin', 'superadmin'],
  'recommend-certificate': ['mentor'],
  'mail-status': ['admin', 'superadmin'],
  'list-mail': ['admin', 'superadmin'],
};

const byTable = new Map(tableCases.map((one) => [one.table, one]));

/** The cases of one table; none where devices write nothing. */
export const casesOf = (table: string): TableCases => byTable.get(table) ?? { table };

/** The columns that some case shows a role to write. */
export function columnsOfCases(table: string, role: Role, verb: 'insert' | 'update'): string[] {
  const { insert = [], update = [], delete: removal } = casesOf(table);
  const cases = verb === 'insert' ? insert : update;
  const columns = cases.filter((one) => one.roles.includes(role)).flatMap((one) => one.columns.split(' '));
  if (verb === 'update' && removal?.roles.includes(role)) columns.push('is_deleted');
  return [...new Set(columns)];
}
