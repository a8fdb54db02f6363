import type { TableName } from '#contract/tables/index.ts';
import type { TablePermissions } from '../view.ts';
import * as accounts from './accounts.ts';
import * as billing from './billing.ts';
import * as care from './care.ts';
import * as catalogue from './catalogue.ts';
import * as company from './company.ts';
import * as courses from './courses.ts';
import * as identity from './identity.ts';
import * as learning from './learning.ts';
import * as lessons from './lessons.ts';
import * as messages from './messages.ts';
import * as money from './money.ts';
import * as onboarding from './onboarding.ts';
import * as people from './people.ts';
import * as resources from './resources.ts';
import * as operations from './operations.ts';
import * as protection from './protection.ts';
import * as rewards from './rewards.ts';
import * as submissions from './submissions.ts';
import * as timeline from './timeline.ts';
import * as partner from './partner.ts';
import * as partnerLedger from './partner-ledger.ts';
import * as sessions from './sessions.ts';
import * as tickets from './tickets.ts';

/**
 * The permission matrix: per table, who reads which rows and columns, who writes them and which commands move them. Published rows,
 * row policies and column grants are made from this (`generate.ts`); what is not named reaches nobody and is refused.
 */
export const permissionsOf = {
  ...billing,
  ...care,
  ...company,
  ...courses,
  ...learning,
  ...lessons,
  ...catalogue,
  ...timeline,
  ...resources,
  ...onboarding,
  ...messages,
  ...partner,
  ...people,
  ...protection,
  ...rewards,
  ...sessions,
  ...submissions,
  ...tickets,
} satisfies {
  [T in TableName]: TablePermissions<T>;
};

/** Tables that no device holds. */
const onServerOnly: readonly TablePermissions[] = [
  ...Object.values(identity),
  ...Object.values(accounts),
  ...Object.values(money),
  ...Object.values(operations),
  ...Object.values(partnerLedger),
];

export const everyTable: readonly TablePermissions[] = [...Object.values(permissionsOf), ...onServerOnly];
